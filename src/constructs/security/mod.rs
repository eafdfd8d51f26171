//! KMS keys, secrets, rotation and certificates.

pub mod certificate;
pub mod kms_key;
pub mod rotation;
pub mod secret;
pub mod secret_key;
