//! Values that programs look up.

use paymig::aws;

use crate::case::{Case, Known, Text, Verdict};

/// `/payment/<environment>/<suffix>/…`: a program of one environment reads no other's.
pub(crate) fn parameters_lie_below_their_environment(case: Case<'_>) -> Verdict {
    let root = format!("/payment/{}/{}/", case.environment, Case::suffix());
    case.every::<aws::SsmParameter>()
        .must("lie below its environment", |parameter| {
            parameter
                .name()
                .text()
                .is_some_and(|name| name.starts_with(&root))
        })
        .must(
            "hold a value for all to read: secrets are elsewhere",
            |parameter| parameter.r#type().is("String") && parameter.insecure_value().is_some(),
        )
        .verdict()
}
