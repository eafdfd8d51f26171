use paymig::aws::{
    CloudwatchEventRule, CloudwatchEventTarget, CloudwatchLogGroup, CloudwatchMetricAlarm, IamRole,
    LambdaFunction, S3BucketPolicy, SfnStateMachine, VpcSecurityGroupEgressRule,
    VpcSecurityGroupIngressRule,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, weakened, weakened_in};
use crate::framework::requirement::{Requirement, query};
use crate::queries::{buckets, workflow};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "000-ORC-1",
            "A state machine leads the migration through initialize, replicate, validate, cut over and roll back.",
        )
        .verified_by(query!(
            workflow::a_machine_leads_through_every_phase,
            [
                removed::<SfnStateMachine>().within("workflow/migration/migration"),
                removed::<LambdaFunction>().within("workflow/migration"),
                weakened_in(A::<SfnStateMachine>::definition(), "States")
                    .within("workflow/migration/migration"),
                weakened_in(A::<SfnStateMachine>::definition(), "StartAt")
                    .within("workflow/migration/migration"),
            ]
        ))
        .verified_by(query!(
            workflow::machines_tell_what_they_did,
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
            "The machine goes every way: success, rows that differ, an alarm, an approval refused, a fence that fails.",
        )
        .tested(
            "tests/state_machines/machines.rs",
            "state_machines_run_every_path",
        )
        .tested("tests/state_machines/definitions.rs", "execution_history_fits"),
        Requirement::new(
            "000-ORC-2",
            "Functions compare what the two databases hold, and log in to both.",
        )
        .verified_by(query!(
            workflow::databases_are_compared,
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
            [
                removed::<VpcSecurityGroupEgressRule>()
                    .within("workflow/migration/validation/egress"),
                removed::<VpcSecurityGroupEgressRule>().within("workflow/migration/cutover/egress"),
                removed::<VpcSecurityGroupEgressRule>().within("function/payments/egress"),
            ]
        ))
        .verified_by(query!(
            workflow::databases_let_programs_in,
            [removed::<VpcSecurityGroupIngressRule>().within("database/payments/ingress")]
        )),
        Requirement::new(
            "000-ORC-6",
            "A migration that fails, runs out of time or is stopped is rolled back without anybody.",
        )
        .verified_by(query!(
            workflow::failures_roll_back_by_themselves,
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
            workflow::machines_are_watched,
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
            "What the migration reached, and what it takes to go back, is kept in a bucket with every version.",
        )
        .verified_by(shared::buckets::checkpoints_have_a_bucket())
        .verified_by(shared::buckets::buckets_keep_versions())
        .same_as("000-ORC-5"),
        Requirement::new(
            "000-ORC-4",
            "What is of record is kept for a year, and ages into cheaper storage.",
        )
        .verified_by(shared::buckets::what_is_of_record_is_kept_for_a_year()),
        Requirement::new(
            "000-ORC-5",
            "Buckets are encrypted, closed to the public, and refuse connections in clear.",
        )
        .verified_by(shared::buckets::buckets_are_encrypted())
        .verified_by(shared::buckets::buckets_are_closed())
        .verified_by(query!(
            buckets::buckets_take_tls_only,
            [
                removed::<S3BucketPolicy>(),
                weakened_in(A::<S3BucketPolicy>::policy(), "aws:SecureTransport"),
                weakened_in(A::<S3BucketPolicy>::policy(), "Effect"),
                weakened_in(A::<S3BucketPolicy>::policy(), "Principal"),
            ]
        )),
    ]
}
