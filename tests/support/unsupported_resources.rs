//! What the local AWS cannot do, in one list: a type that is here is left out of the engine tests,
//! and every other type is applied.

/// One resource type that cannot be applied to the local AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnsupportedResource {
    /// The Terraform type.
    pub(crate) resource: &'static str,
    /// What the local AWS lacks.
    pub(crate) reason: &'static str,
}

/// Every known gap.
pub(crate) const UNSUPPORTED_RESOURCES: &[UnsupportedResource] = &[
    UnsupportedResource {
        resource: "aws_sfn_alias",
        reason: "publishing a version answers no version ARN, so an alias has nothing to route to",
    },
    UnsupportedResource {
        resource: "aws_xray_sampling_rule",
        reason: "X-Ray's sampling API is not served",
    },
    UnsupportedResource {
        resource: "aws_securityhub_account",
        reason: "UpdateSecurityHubConfiguration is not served",
    },
];
