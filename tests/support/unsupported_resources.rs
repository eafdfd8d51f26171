//! Resource types that the local AWS does not support. Terraform tests leave them out and apply every other type.

/// A resource type that the local AWS does not support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnsupportedResource {
    /// The Terraform type.
    pub(crate) resource: &'static str,
    /// The function that the local AWS lacks.
    pub(crate) reason: &'static str,
}

/// Every unsupported type.
pub(crate) const UNSUPPORTED_RESOURCES: &[UnsupportedResource] = &[
    UnsupportedResource {
        resource: "aws_sfn_alias",
        reason: "publishing a version returns no version ARN, so an alias has no target",
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
