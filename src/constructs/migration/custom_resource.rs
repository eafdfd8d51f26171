//! Validation during an apply: a CloudFormation stack with one custom resource that a function serves.
//!
//! Terraform changes the parameters of the stack. CloudFormation then invokes the function, waits for its
//! response, and fails the apply with the findings.

use crate::aws;
use crate::aws::cloudformation_stack::Timeouts;
use crate::config::RunValidation;
use crate::constructs::compute::function::Function;
use crate::constructs::core::Context;
use crate::terraform::tree::{Any, Map, Object, Scope, Term, Value};

/// Configuration of a custom resource.
#[derive(Clone, Copy, Debug)]
pub struct CustomResourceProps<'a> {
    /// The key in physical names.
    pub key: &'a str,
    /// The function that serves the custom resource.
    pub function: Function,
    /// The checks to run.
    pub validation: RunValidation,
    /// The number of the validation run; an increase repeats the same checks.
    pub validation_run: u32,
}

/// Adds the stack with the custom resource.
///
/// Terraform destroys it before the function: without a response CloudFormation would delete the stack only
/// after the time-out.
pub fn add_custom_resource(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    props: CustomResourceProps<'_>,
) {
    let parameters: Value<Map<String>> = [
        ("Function".to_owned(), props.function.arn()),
        (
            "ValidationRun".to_owned(),
            props.validation_run.to_string().into(),
        ),
        ("RunValidation".to_owned(), props.validation.as_str().into()),
        (
            "Seconds".to_owned(),
            service_timeout_seconds(props.validation).to_string().into(),
        ),
    ]
    .into_iter()
    .collect();
    let stack = aws::CloudformationStack::new(context.names.keyed("validation", [props.key]))
        .template_body(template())
        .parameters(parameters)
        // A stack whose creation failed can only be deleted; the next apply creates it again.
        .on_failure("DELETE")
        .timeout_in_minutes(STACK_TIMEOUT_MINUTES)
        .timeouts(
            Timeouts::new()
                .create(format!("{}m", STACK_TIMEOUT_MINUTES + 5))
                .update(format!("{}m", STACK_TIMEOUT_MINUTES + 5))
                .delete(format!("{}m", STACK_TIMEOUT_MINUTES + 5)),
        )
        .depends_on(props.function.handle());
    scope.add("stack", stack);
}

/// Exceeds the time-out of the custom resource, so that the error names that one.
const STACK_TIMEOUT_MINUTES: u8 = 65;

/// The time-out of the function's response; the limit is one hour. With `skip` the stack can be deleted within
/// a minute even if the function does not exist any more.
///
/// Source: CloudFormation template reference, `AWS::CloudFormation::CustomResource`, `ServiceTimeout`.
fn service_timeout_seconds(validation: RunValidation) -> u16 {
    match validation {
        RunValidation::Skip => 60,
        RunValidation::Pre => 900,
        RunValidation::Post => 3600,
    }
}

fn template() -> Value<String> {
    let parameter = |kind: &'static str, more: Vec<(&'static str, Term)>| {
        let kind = ("Type", text(kind));
        Term::Object(std::iter::once(kind).chain(more).collect())
    };
    let reference = |name: &'static str| object([("Ref", text(name))]);
    let allowed_values = [RunValidation::Skip, RunValidation::Pre, RunValidation::Post];
    let allowed_values = Term::List(allowed_values.map(|word| text(word.as_str())).into());
    let validation = object([
        ("Type", text("Custom::MigrationValidation")),
        (
            "Properties",
            object([
                ("ServiceToken", reference("Function")),
                ("ServiceTimeout", reference("Seconds")),
                ("RunValidation", reference("RunValidation")),
                ("ValidationRun", reference("ValidationRun")),
            ]),
        ),
    ]);
    let result = object([
        ("Description", text("Findings of the last validation")),
        (
            "Value",
            object([(
                "Fn::GetAtt",
                Term::List(vec![text("Validation"), text("Result")]),
            )]),
        ),
    ]);
    let template = Object::from_iter([
        ("AWSTemplateFormatVersion", text("2010-09-09")),
        (
            "Description",
            text("Validation before and after a migration"),
        ),
        (
            "Parameters",
            object([
                ("Function", parameter("String", Vec::new())),
                ("ValidationRun", parameter("Number", Vec::new())),
                (
                    "RunValidation",
                    parameter("String", vec![("AllowedValues", allowed_values)]),
                ),
                ("Seconds", parameter("Number", Vec::new())),
            ]),
        ),
        ("Resources", object([("Validation", validation)])),
        ("Outputs", object([("Result", result)])),
    ]);
    Value::<Any>::from(template).to_json()
}

fn object<const N: usize>(fields: [(&'static str, Term); N]) -> Term {
    Term::Object(Object::from_iter(fields))
}

fn text(text: &'static str) -> Term {
    Term::Text(text.into())
}
