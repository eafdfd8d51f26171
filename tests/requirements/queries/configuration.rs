//! Parameters that programs read.

use paymig::aws;

use super::pipeline::statements_of;
use crate::framework::case::{Case, Known, Text, Verdict};

/// `/payment/<environment>/<suffix>/…`: a program of one environment reads no other's.
pub(crate) fn parameters_are_under_the_path_of_their_environment(case: Case<'_>) -> Verdict {
    let root = format!("/payment/{}/{}/", case.environment, Case::suffix());
    case.every::<aws::SsmParameter>()
        .must("be under the path of its environment", |parameter| {
            parameter
                .name()
                .text()
                .is_some_and(|name| name.starts_with(&root))
        })
        .must("contain no secret", |parameter| {
            parameter.r#type().is("String") && parameter.insecure_value().is_some()
        })
        .verdict()
}

/// A program has the path of its environment, and may read parameters under it.
pub(crate) fn programs_may_read_their_parameters(case: Case<'_>) -> Verdict {
    let root = format!("/payment/{}/{}", case.environment, Case::suffix());
    case.every::<aws::LambdaFunction>()
        .that("of the stack file", |function| {
            function.path().starts_with("function/")
        })
        .must("have the path of its parameters", |function| {
            let settings = function.environment().and_then(|it| it.variables());
            let path = settings.and_then(|all| all.key("PARAMETER_PREFIX"));
            path.text() == Some(&*root)
        })
        .must("be allowed to read them", |function| {
            let statements = statements_of(function);
            statements.iter().any(|statement| {
                let reads = |action: &&str| action.starts_with("ssm:GetParameter");
                statement.allows() && statement.actions().iter().any(reads)
            })
        })
        .verdict()
}
