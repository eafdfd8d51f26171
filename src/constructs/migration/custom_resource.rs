//! Validation in an apply: a CloudFormation stack with one custom resource, which a function serves.
//!
//! Terraform changes the stack's parameters; CloudFormation then has the function run, waits for its
//! answer, and fails the apply with the finding.

use crate::aws;
use crate::aws::cloudformation_stack::Timeouts;
use crate::config::RunValidation;
use crate::constructs::compute::function::Function;
use crate::constructs::core::Context;
use crate::terraform::tree::{Any, Handle, Map, Object, Scope, Term, Value};

/// What a custom resource is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Which checks.
    pub validation: RunValidation,
    /// Raised to run the same ones again.
    pub run: u32,
}

/// Adds the stack whose custom resource `function` serves; `subject` is its part of names.
///
/// It is destroyed before the function: a deletion that nobody answers would keep the stack until its
/// time is up.
pub fn custom_resource(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    function: Function,
    request: Request,
) -> Handle<aws::CloudformationStack> {
    let parameters: Value<Map<String>> = [
        ("Function".to_owned(), function.arn()),
        ("ValidationRun".to_owned(), request.run.to_string().into()),
        (
            "RunValidation".to_owned(),
            request.validation.as_str().into(),
        ),
        (
            "Seconds".to_owned(),
            seconds(request.validation).to_string().into(),
        ),
    ]
    .into_iter()
    .collect();
    let stack = aws::CloudformationStack::new(context.names.keyed("validation", [subject]))
        .template_body(template())
        .parameters(parameters)
        // A stack whose creation failed can only be deleted; the next apply then makes it anew.
        .on_failure("DELETE")
        .timeout_in_minutes(MINUTES)
        .timeouts(
            Timeouts::new()
                .create(format!("{}m", MINUTES + 5))
                .update(format!("{}m", MINUTES + 5))
                .delete(format!("{}m", MINUTES + 5)),
        )
        .depends_on(function.handle());
    scope.add("stack", stack)
}

/// Longer than a custom resource can take, so that its own time-out is what is told.
const MINUTES: u8 = 65;

/// How long CloudFormation waits for the answer; an hour at most. A stack that skips can be deleted within a
/// minute even where its function is gone.
/// Source: CloudFormation template reference, `AWS::CloudFormation::CustomResource`, `ServiceTimeout`.
fn seconds(validation: RunValidation) -> u16 {
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
    let allowed = [RunValidation::Skip, RunValidation::Pre, RunValidation::Post];
    let allowed = Term::List(allowed.map(|word| text(word.as_str())).into());
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
        ("Description", text("What the last validation found")),
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
                    parameter("String", vec![("AllowedValues", allowed)]),
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
