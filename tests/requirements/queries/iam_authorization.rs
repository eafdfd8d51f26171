//! APIs with signed requests.

use paymig::aws;

use crate::framework::case::{Case, Known, Verdict};

/// PCI DSS 8.3.1: IAM authenticates callers, who sign each request.
pub(crate) fn methods_require_signed_requests(case: Case<'_>) -> Verdict {
    case.every::<aws::ApiGatewayMethod>()
        .must("require a signature", |method| {
            method.authorization().is("AWS_IAM")
        })
        .verdict()
}
