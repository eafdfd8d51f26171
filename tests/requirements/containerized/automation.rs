use paymig::aws::{CloudformationStack, KmsKey, LambdaFunction};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, query};
use crate::queries::validation_runs;
use crate::shared;

const CHECKS: &str = "tests/lambda/custom_resource/test_custom_resource.py";
const FORWARD: &str = "tests/lambda/cutover/test_cutover_forward.py";
const BACK: &str = "tests/lambda/cutover/test_cutover_rollback.py";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "001-AUT-1",
            "A CloudFormation custom resource validates the migration, before it and after it.",
        )
        .verified_by(query!(
            validation_runs::custom_resource_validates_the_migration,
            MIGRATING,
            [
                removed::<CloudformationStack>(),
                weakened(A::<CloudformationStack>::parameters()),
                weakened_in(A::<CloudformationStack>::parameters(), "Function"),
                weakened_in(A::<CloudformationStack>::parameters(), "RunValidation"),
                weakened_in(A::<CloudformationStack>::template_body(), "Resources"),
                weakened_in(A::<CloudformationStack>::template_body(), "ServiceToken"),
                weakened_in(A::<CloudformationStack>::template_body(), "AllowedValues"),
                removed::<LambdaFunction>().within("runbook/migration/custom-resource"),
            ]
        ))
        .verified_by(query!(
            validation_runs::validations_use_both_sides,
            MIGRATING,
            [
                removed::<LambdaFunction>().within("runbook/migration/cutover"),
                removed::<LambdaFunction>().within("runbook/migration/validation"),
                weakened_in(A::<LambdaFunction>::environment(), "CUTOVER_FUNCTION_ARN")
                    .within("runbook/migration/custom-resource"),
                weakened_in(A::<LambdaFunction>::environment(), "VALIDATION_FUNCTION_ARN")
                    .within("runbook/migration/custom-resource"),
                weakened_in(A::<LambdaFunction>::environment(), "REPLICATIONS")
                    .within("runbook/migration/validation"),
                weakened(A::<LambdaFunction>::handler()).within("runbook/migration/cutover"),
                weakened(A::<LambdaFunction>::handler()).within("runbook/migration/validation"),
                redirected(
                    A::<CloudformationStack>::parameters(),
                    "runbook/migration/validation/function"
                ),
            ]
        ))
        .tested(CHECKS, "test_pre_validation_of_initialized_sides_succeeds")
        .tested(CHECKS, "test_pre_validation_reports_each_missing_prerequisite")
        .tested(CHECKS, "test_post_validation_of_equal_sides_succeeds")
        .tested(CHECKS, "test_post_validation_reports_a_different_row_without_its_value")
        .tested(
            "tests/terraform/systems.rs",
            "containers_behind_one_load_balancer_move_through_their_phases",
        ),
        Requirement::new(
            "001-AUT-2",
            "Both databases are compared row by row. No value appears in a result.",
        )
        .verified_by(query!(
            validation_runs::comparisons_use_keyed_hashes,
            MIGRATING,
            [
                removed::<KmsKey>().within("runbook"),
                weakened(A::<KmsKey>::customer_master_key_spec()).within("runbook"),
                weakened_in(A::<KmsKey>::policy(), "aws:PrincipalArn").within("runbook"),
                weakened_in(A::<LambdaFunction>::environment(), "HASH_KEY_ARN")
                    .within("runbook/migration/validation"),
                weakened(A::<LambdaFunction>::runtime()).within("runbook/migration/validation"),
            ]
        ))
        .tested(
            "tests/lambda/validation/test_validation.py",
            "test_every_kind_of_difference_is_counted_and_named",
        ),
        Requirement::new(
            "001-AUT-3",
            "Each environment has a Terraform state of its own, versioned in a bucket: environments do not affect each other, and earlier states can be restored.",
        )
        .deviates("docs/deviations.md#workspaces","environments are states under different keys in one bucket instead of workspaces, which share one configuration; a plan over the state of another environment fails")
        .verified_by(shared::destroy::state_belongs_to_one_environment())
        .tested("tests/terraform/configurations.rs", "configuration_of_another_environment_fails_at_plan")
        .verified_by(shared::state::state_bucket_keeps_versions_and_is_closed())
        .tested(
            shared::state::FILE,
            "environments_use_the_bucket_and_the_locks_of_bootstrap",
        ),
        Requirement::new(
            "001-AUT-4",
            "A rollback of traffic takes five minutes at most: the configuration of the step before changes records only. Payments since the cutover are replicated back.",
        )
        .same_as("001-TRA-4")
        .tested(shared::traffic::FILE, "traffic_step_of_every_stack_changes_weights_only")
        .tested("tests/terraform/dns.rs", "traffic_step_changes_weights_and_monitoring_and_reverts_without_a_plan")
        .tested("tests/terraform/systems.rs", "containers_behind_one_load_balancer_move_through_their_phases")
        .tested(BACK, "test_rollback_returns_payments_of_the_target_to_the_source")
        .tested(BACK, "test_fence_can_be_lifted_until_the_promotion"),
        Requirement::new(
            "001-AUT-5",
            "The steps of the migration are operations that an operator calls in order. A call out of order is rejected.",
        )
        .tested(FORWARD, "test_steps_out_of_order_are_rejected")
        .tested(FORWARD, "test_cutover_under_load_keeps_every_payment")
        .tested(FORWARD, "test_forward_and_reverse_tasks_never_run_together")
        .tested(
            "tests/stacks.rs",
            "functions_of_a_migration_exist_in_phase_migration_only",
        )
        .same_as("001-MON-1"),
        Requirement::new(
            "001-AUT-6",
            "A runbook in Markdown describes each step of the migration.",
        )
        .documented("docs/runbook.md#the-operations-in-order")
        .open("the command `runbook`, which generates it for one environment, does not exist yet"),
    ]
}
