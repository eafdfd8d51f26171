use paymig::aws::{
    CloudformationStack, LambdaFunction, SecretsmanagerSecret, SecretsmanagerSecretVersion,
};
use paymig::terraform::tree::Argument as A;

use super::SYSTEMS;
use crate::framework::mutation::{redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{Requirement, query};
use crate::queries::checks;
use crate::shared;

const CHECKS: &str = "tests/lambda/custom_resource/test_custom_resource.py";
const FORWARD: &str = "tests/lambda/cutover/test_cutover_forward.py";
const BACK: &str = "tests/lambda/cutover/test_cutover_rollback.py";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "001-AUT-1",
            "A custom resource of CloudFormation has the migration validated, before it and after it.",
        )
        .verified_by(query!(
            checks::a_custom_resource_asks_for_the_checks,
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
            checks::checks_look_at_both_sides,
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
        .tested(CHECKS, "test_post_validation_reports_a_different_row_without_its_value"),
        Requirement::new(
            "001-AUT-2",
            "The two databases are compared row by row, and no value leaves them.",
        )
        .verified_by(query!(
            checks::comparisons_hash_by_a_secret,
            [
                removed::<SecretsmanagerSecret>().within("runbook"),
                removed::<SecretsmanagerSecretVersion>().within("runbook"),
                weakened_in(A::<LambdaFunction>::environment(), "HASH_KEY_SECRET")
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
            "An environment is a state of its own, with every version of it in a bucket: what one of them does, another does not feel, and what was can be had again.",
        )
        .deviates("environments are states with keys of their own in one bucket, where workspaces share one configuration; a state that is another's is refused at plan")
        .verified_by(shared::destroy::a_state_knows_whose_it_is())
        .tested("tests/terraform/configurations.rs", "configuration_of_another_environment_fails_at_plan")
        .tested(
            "tests/terraform/harness.rs",
            "state_backend_applies_replans_empty_and_is_destroyed",
        )
        .tested(SYSTEMS, "bootstrap_environment_applies_and_is_destroyed"),
        Requirement::new(
            "001-AUT-4",
            "The way back takes five minutes at most: the document of the step before moves the records alone, and payments taken meanwhile go back.",
        )
        .same_as("001-TRA-4")
        .tested("tests/terraform/dns.rs", "traffic_step_changes_weights_only_and_reverts_without_a_plan")
        .tested("tests/terraform/configurations.rs", "phase_change_replaces_no_stateful_resource")
        .tested(BACK, "test_rollback_returns_payments_of_the_target_to_the_source")
        .tested(BACK, "test_fence_can_be_lifted_until_the_promotion"),
        Requirement::new(
            "001-AUT-5",
            "The steps of the migration are programs that a person calls in their order; out of it they refuse.",
        )
        .tested(FORWARD, "test_steps_out_of_order_are_rejected")
        .tested(FORWARD, "test_cutover_under_load_keeps_every_payment")
        .tested(FORWARD, "test_forward_and_reverse_tasks_never_run_together")
        .same_as("001-MON-1"),
        Requirement::new(
            "001-AUT-6",
            "A runbook in Markdown says each step of the migration.",
        )
        .open("there is no command `runbook` yet"),
    ]
}
