//! Who reads what is configured.

use paymig::aws;

use super::pipeline::statements_of;
use crate::case::{Case, Text, Verdict};

/// A program knows the path of its environment, and may read below it.
pub(crate) fn programs_read_their_configuration(case: Case<'_>) -> Verdict {
    let root = format!("/payment/{}/{}", case.environment, Case::suffix());
    case.every::<aws::LambdaFunction>()
        .that("of the stack file", |function| {
            function.path().starts_with("function/")
        })
        .must("know where its parameters are", |function| {
            let settings = function.environment().and_then(|it| it.variables());
            let path = settings.and_then(|all| all.key("PARAMETERS"));
            path.text() == Some(&*root)
        })
        .must("be allowed to read them", |function| {
            let statements = statements_of(function);
            statements.iter().any(|statement| {
                statement.allows() && statement.actions().contains(&"ssm:GetParametersByPath")
            })
        })
        .verdict()
}
