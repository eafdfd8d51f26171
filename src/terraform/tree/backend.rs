//! Terraform backends.

/// A backend for the state. Its values are literals, since Terraform reads it before it evaluates expressions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backend {
    /// An S3 bucket, locked by a lock file and by a DynamoDB table.
    ///
    /// Terraform uses the lock file since 1.10. Older versions in the same team use the table only.
    S3 {
        /// The bucket, which must exist.
        bucket: String,
        /// The key of the state object.
        key: String,
        /// The bucket's region.
        region: String,
        /// The lock table, in the bucket's region.
        dynamodb_table: String,
        /// The alias of the KMS key that encrypts the state.
        kms_key_id: String,
    },
}
