//! KMS keys, secrets, rotation and certificates.

pub mod certificate;
pub mod hmac_key;
pub mod kms_key;
pub mod rotation;
pub mod secret;
pub mod signing_key;
