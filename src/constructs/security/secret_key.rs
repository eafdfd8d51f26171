//! Signing and hashing keys of programs, one secret each.

use crate::constructs::core::Context;
use crate::constructs::security::kms_key::KmsKey;
use crate::constructs::security::secret::{self, GeneratedSecret};
use crate::terraform::tree::{Any, Ephemeral, Scope, Value};

/// Characters of a generated key: letters and digits are base64url, and 64 of them are 48 bytes. HS256 requires at
/// least 32 bytes (RFC 7518, 3.2).
const LENGTH: u8 = 64;

/// Adds the secret of a token signing key and returns its populated ARN. Its structure holds the previous key after a
/// rotation. `subject` is the key's part of physical names.
pub fn add_signing_key(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    key: KmsKey,
) -> Value<String> {
    let secret = generated_secret(context, subject, "Signing key of access tokens", key);
    let stored = secret.store(scope, context, |generated| {
        let current = Ephemeral::<Any>::object([("key", generated), ("kid", "first".into())]);
        Ephemeral::<Any>::object([("current", current)])
    });
    stored.populated_arn()
}

/// Adds the secret of the HMAC key for row keys in validation findings and returns its populated ARN. Plain hashes
/// could be guessed (PCI DSS 3.5.1.1). The key is never rotated, so findings of two runs are comparable.
pub fn add_hash_key(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    key: KmsKey,
) -> Value<String> {
    let secret = generated_secret(
        context,
        subject,
        "HMAC key for row keys in validation findings",
        key,
    );
    let stored = secret.store(scope, context, |generated| {
        Ephemeral::<Any>::object([("key", generated)])
    });
    stored.populated_arn()
}

fn generated_secret(
    context: &Context<'_>,
    subject: &str,
    description: &str,
    key: KmsKey,
) -> GeneratedSecret {
    GeneratedSecret {
        name: secret::name(context, subject, "key"),
        description: description.to_owned(),
        key,
        length: LENGTH,
    }
}
