use paymig::aws::{
    AppautoscalingPolicy, AppautoscalingTarget, IamRolePolicy, LambdaAlias, LambdaFunction,
    VpcSecurityGroupIngressRule,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in, widened_in};
use crate::framework::requirement::{Requirement, SERVING, query};
use crate::queries::pipeline;
use crate::shared;

const PIPELINE: &str = "tests/lambda/payments/test_pipeline.py";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "004-FUN-1",
            "A function validates payments.",
        )
        .verified_by(query!(
            pipeline::pipeline_has_three_functions,
            SERVING,
            [
                removed::<LambdaFunction>().within("function"),
                weakened(A::<LambdaFunction>::handler()).within("function"),
            ]
        ))
        .tested(PIPELINE, "test_malformed_payment_is_rejected_before_any_call"),
        Requirement::new("004-FUN-2", "A function detects fraud.")
            .same_as("004-FUN-1")
            .tested(PIPELINE, "test_fraudulent_payment_is_declined_and_stored_without_explanation")
            .tested(
                "tests/lambda/payments/test_fraud_rules.py",
                "test_score_of_all_reasons_is_below_one",
            ),
        Requirement::new(
            "004-FUN-3",
            "A function processes transactions: it writes to the table, the database and the audit bucket.",
        )
        .verified_by(query!(
            pipeline::booking_reaches_table_database_and_bucket,
            SERVING,
            [
                weakened_in(A::<LambdaFunction>::environment(), "TABLE_TRANSACTIONS")
                    .within("function/transaction"),
                weakened_in(A::<LambdaFunction>::environment(), "BUCKET_AUDIT"),
                weakened_in(A::<LambdaFunction>::environment(), "TARGET_SECRET"),
                removed::<VpcSecurityGroupIngressRule>().within("function/transaction"),
            ]
        ))
        .tested(PIPELINE, "test_payment_is_in_the_table_the_database_and_the_audit_bucket"),
        Requirement::new(
            "004-FUN-4",
            "The three functions are one pipeline: validation calls the others. A repeated or interrupted payment is booked exactly once.",
        )
        .verified_by(query!(
            pipeline::validation_invokes_functions_of_its_version,
            SERVING,
            [
                removed::<LambdaAlias>().within("function/fraud"),
                removed::<LambdaAlias>().within("function/transaction"),
                weakened_in(A::<IamRolePolicy>::policy(), "Statement")
                    .within("function/validation"),
                widened_in(A::<IamRolePolicy>::policy(), "Resource").within("function/validation"),
                weakened_in(A::<LambdaFunction>::environment(), "FUNCTION_FRAUD_DETECTION"),
                redirected(A::<LambdaAlias>::function_name(), "function/fraud/function")
                    .within("function/transaction"),
            ]
        ))
        .tested(PIPELINE, "test_booking_killed_at_any_step_and_repeated_has_the_same_result")
        .tested(PIPELINE, "test_repeated_request_has_the_same_response_and_changes_nothing"),
        Requirement::new("004-FUN-5", "Functions are connected to the VPC.").same_as("004-NET-5"),
        Requirement::new(
            "004-FUN-6",
            "Functions have reserved concurrency, so that other functions cannot use the capacity of payments.",
        )
        .verified_by(query!(
            pipeline::concurrency_is_reserved,
            SERVING,
            [
                weakened(A::<LambdaFunction>::reserved_concurrent_executions()).within("function"),
                dropped(A::<LambdaFunction>::reserved_concurrent_executions()).within("function"),
            ]
        )),
        Requirement::new(
            "004-FUN-7",
            "No payment waits for a cold start.",
        )
        .verified_by(query!(
            pipeline::pipeline_functions_have_provisioned_concurrency,
            SERVING,
            [
                removed::<AppautoscalingTarget>(),
                weakened(A::<AppautoscalingTarget>::min_capacity()),
                weakened(A::<AppautoscalingTarget>::max_capacity()),
                removed::<AppautoscalingPolicy>(),
            ]
        ))
        .deviates("docs/deviations.md#cold-starts","reserved concurrency does not prevent cold starts, so the functions have provisioned concurrency in addition")
        .tested("tests/terraform/pipeline.rs", "provisioned_concurrency_of_a_version_is_on_one_alias"),
        Requirement::new(
            "004-FUN-8",
            "Functions run Python 3.9 or later.",
        )
        .verified_by(shared::functions::functions_run_the_code_of_the_configuration()),
        Requirement::new(
            "004-FUN-9",
            "Errors are handled, logged, counted and traced. Callers receive no internal details.",
        )
        .verified_by(shared::functions::functions_are_encrypted_and_traced())
        .tested(PIPELINE, "test_failed_booking_returns_503_and_is_counted_once")
        .tested(PIPELINE, "test_unknown_message_raises_invalid_event")
        .tested(
            PIPELINE,
            "test_card_number_in_any_field_is_rejected_and_neither_logged_nor_returned",
        )
        .same_as("004-API-5"),
    ]
}
