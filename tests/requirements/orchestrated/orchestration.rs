use paymig::aws::{
    CloudwatchEventRule, CloudwatchEventTarget, CloudwatchLogGroup, CloudwatchMetricAlarm, IamRole,
    LambdaFunction, S3BucketPolicy, SfnStateMachine, VpcSecurityGroupEgressRule,
    VpcSecurityGroupIngressRule,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, query};
use crate::queries::{buckets, workflow};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "000-ORC-1",
            "A state machine orchestrates the migration: initialize, replicate, validate, cut over and roll back.",
        )
        .verified_by(query!(
            workflow::state_machine_orchestrates_every_phase,
            MIGRATING,
            [
                removed::<SfnStateMachine>().within("workflow/migration/migration"),
                removed::<LambdaFunction>().within("workflow/migration"),
                weakened_in(A::<SfnStateMachine>::definition(), "States")
                    .within("workflow/migration/migration"),
                weakened_in(A::<SfnStateMachine>::definition(), "StartAt")
                    .within("workflow/migration/migration"),
            ]
        ))
        .tested(
            "tests/terraform/systems.rs",
            "orchestrated_migration_moves_through_its_phases",
        )
        .verified_by(query!(
            workflow::state_machines_are_logged_and_traced,
            [
                dropped(A::<SfnStateMachine>::logging_configuration()),
                weakened_in(A::<SfnStateMachine>::logging_configuration(), "level"),
                weakened_in(
                    A::<SfnStateMachine>::logging_configuration(),
                    "include_execution_data"
                ),
                weakened_in(A::<SfnStateMachine>::tracing_configuration(), "enabled"),
                weakened(A::<SfnStateMachine>::r#type()),
                removed::<CloudwatchLogGroup>().within("workflow/migration/rollback"),
                removed::<CloudwatchLogGroup>().within("workflow/migration/migration"),
                removed::<IamRole>().within("workflow/migration/rollback"),
                removed::<IamRole>().within("workflow/migration/migration"),
            ]
        )),
        Requirement::new(
            "000-ORC-7",
            "The state machine handles every outcome: success, differing rows, an alarm, a rejected approval, a failed fence.",
        )
        .tested(
            "tests/state_machines/machines.rs",
            "state_machines_run_every_path",
        )
        .tested("tests/state_machines/definitions.rs", "execution_history_fits"),
        Requirement::new(
            "000-ORC-2",
            "Functions compare the rows of both databases, and can log in to both.",
        )
        .verified_by(query!(
            workflow::databases_are_compared,
            MIGRATING,
            [
                removed::<LambdaFunction>().within("workflow/migration/validation"),
                removed::<SfnStateMachine>().within("workflow/migration/migration"),
                weakened(A::<LambdaFunction>::handler()).within("workflow/migration/validation"),
                weakened_in(A::<LambdaFunction>::environment(), "variables")
                    .within("workflow/migration/validation"),
            ]
        ))
        .verified_by(query!(
            workflow::programs_reach_both_databases,
            MIGRATING,
            [
                removed::<VpcSecurityGroupEgressRule>()
                    .within("workflow/migration/validation/egress"),
                removed::<VpcSecurityGroupEgressRule>().within("workflow/migration/cutover/egress"),
                removed::<VpcSecurityGroupEgressRule>().within("function/payments/egress"),
            ]
        ))
        .verified_by(query!(
            workflow::databases_allow_migration_programs,
            [removed::<VpcSecurityGroupIngressRule>().within("database/payments/ingress")]
        )),
        Requirement::new(
            "000-ORC-6",
            "A migration that fails, times out or is stopped is rolled back automatically.",
        )
        .verified_by(query!(
            workflow::failed_migrations_roll_back_automatically,
            MIGRATING,
            [
                removed::<SfnStateMachine>(),
                removed::<CloudwatchEventRule>().within("workflow"),
                removed::<CloudwatchEventTarget>().within("workflow"),
                weakened_in(A::<CloudwatchEventRule>::event_pattern(), "status").within("workflow"),
                dropped(A::<CloudwatchEventTarget>::role_arn()).within("workflow"),
                removed::<IamRole>().within("workflow/migration/trigger"),
            ]
        ))
        .verified_by(query!(
            workflow::state_machines_have_alarms,
            MIGRATING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/workflow/migration/migration"),
                removed::<CloudwatchMetricAlarm>().within("alarms/workflow/migration/rollback"),
                removed::<CloudwatchMetricAlarm>().within("workflow/migration/trigger"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions())
                    .within("alarms/workflow/migration/migration"),
            ]
        )),
        Requirement::new(
            "000-ORC-3",
            "Checkpoints of the migration, with the data that a rollback needs, are in a versioned bucket.",
        )
        .verified_by(shared::buckets::checkpoint_bucket_exists())
        .verified_by(shared::buckets::buckets_keep_versions())
        .same_as("000-ORC-5"),
        Requirement::new(
            "000-ORC-4",
            "Records are kept for a year, and move to cheaper storage classes.",
        )
        .verified_by(shared::buckets::records_are_kept_for_a_year()),
        Requirement::new(
            "000-ORC-5",
            "Buckets are encrypted, block public access, and deny connections without TLS.",
        )
        .verified_by(shared::buckets::buckets_are_encrypted())
        .verified_by(shared::buckets::buckets_block_public_access())
        .verified_by(query!(
            buckets::buckets_deny_connections_without_tls,
            [
                removed::<S3BucketPolicy>(),
                weakened_in(A::<S3BucketPolicy>::policy(), "aws:SecureTransport"),
                weakened_in(A::<S3BucketPolicy>::policy(), "Effect"),
                weakened_in(A::<S3BucketPolicy>::policy(), "Principal"),
            ]
        )),
    ]
}
