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
            pipeline::three_programs_take_payments,
            SERVING,
            [
                removed::<LambdaFunction>().within("function"),
                weakened(A::<LambdaFunction>::handler()).within("function"),
            ]
        ))
        .tested(PIPELINE, "test_malformed_payment_is_rejected_before_any_call"),
        Requirement::new("004-FUN-2", "A function looks for fraud.")
            .same_as("004-FUN-1")
            .tested(PIPELINE, "test_fraudulent_payment_is_declined_and_stored_without_explanation")
            .tested(
                "tests/lambda/payments/test_fraud_rules.py",
                "test_score_of_all_reasons_is_below_one",
            ),
        Requirement::new(
            "004-FUN-3",
            "A function processes transactions: into the table, the database and the audit bucket.",
        )
        .verified_by(query!(
            pipeline::bookings_reach_all_that_they_write,
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
            "The three are one pipeline: validation calls the others, and a payment that is repeated or killed half-way ends once.",
        )
        .verified_by(query!(
            pipeline::validation_calls_the_others_by_color,
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
            "Functions have reserved concurrency, so that nothing else takes what payments need.",
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
            pipeline::programs_are_warm,
            SERVING,
            [
                removed::<AppautoscalingTarget>(),
                weakened(A::<AppautoscalingTarget>::min_capacity()),
                weakened(A::<AppautoscalingTarget>::max_capacity()),
                removed::<AppautoscalingPolicy>(),
            ]
        ))
        .deviates("reserved concurrency keeps nothing warm: provisioned concurrency, which does, stands beside it")
        .tested("tests/terraform/pipeline.rs", "provisioned_concurrency_of_a_version_is_on_one_alias"),
        Requirement::new(
            "004-FUN-8",
            "Functions run Python 3.9 or later.",
        )
        .verified_by(shared::functions::functions_run_what_the_document_brings()),
        Requirement::new(
            "004-FUN-9",
            "Errors are handled and logged: told to callers without what is inside, counted, and traced.",
        )
        .verified_by(shared::functions::functions_are_sealed_and_traced())
        .tested(PIPELINE, "test_failed_booking_returns_503_and_is_counted_once")
        .tested(PIPELINE, "test_unknown_message_raises_invalid_event")
        .tested(
            PIPELINE,
            "test_card_number_in_any_field_is_rejected_and_neither_logged_nor_returned",
        )
        .same_as("004-API-5"),
    ]
}
