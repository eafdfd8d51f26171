//! Where Terraform keeps the state of the document.

/// A backend; nothing in it may be computed, Terraform reads it before anything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A bucket, locked by a lock file beside the state and by a table.
    ///
    /// Both locks at once: the lock file is Terraform's way since 1.10, the table is what older
    /// tools of the same team respect.
    S3 {
        /// The bucket, which exists before.
        bucket: String,
        /// The object's key.
        key: String,
        /// The bucket's region.
        region: String,
        /// The lock table, in the same region.
        dynamodb_table: String,
        /// The alias of the key that encrypts the state.
        kms_key_id: String,
    },
}
