//! Signing keys of access tokens, one secret each.

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
    let secret = GeneratedSecret {
        name: secret::name(context, subject, "key"),
        description: "Signing key of access tokens".to_owned(),
        key,
        replicas: Vec::new(),
        length: LENGTH,
    };
    let (_, version) = secret.store(scope, context, |generated| {
        let current = Ephemeral::<Any>::object([("key", generated), ("kid", "first".into())]);
        Ephemeral::<Any>::object([("current", current)])
    });
    version.secret_id()
}
