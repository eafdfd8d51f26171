//! The key that signs callers' tokens, in a secret of its own; rotation keeps the one before it.

use super::Context;
use super::key::Key;
use super::secret::{self, VERSION};
use crate::aws;
use crate::aws::ephemeral;
use crate::tree::{Any, Ephemeral, Scope, Value};

/// A signing key that was added to a tree.
#[derive(Clone, Debug)]
pub struct SigningKey {
    /// The secret's ARN, known once it holds a key.
    pub secret: Value<String>,
}

/// Characters of the first key: letters and digits are base64url, and 64 of them are 48 bytes exactly.
/// HS256 wants 32 at least (RFC 7518, 3.2).
const LENGTH: u8 = 64;

impl SigningKey {
    /// A random key in a new secret, encrypted with `key`; `subject` is its part of names.
    pub fn new(scope: &mut Scope<'_>, context: &Context<'_>, subject: &str, key: Key) -> Self {
        let random = scope.add(
            "random",
            ephemeral::SecretsmanagerRandomPassword::new()
                .exclude_punctuation(true)
                .password_length(LENGTH),
        );
        let secret = aws::SecretsmanagerSecret::new()
            .name(secret::name(context, subject, "key"))
            .description("Signs the tokens of an API's callers")
            .kms_key_id(key.arn())
            .recovery_window_in_days(secret::recovery_days(context));
        let secret = scope.add("secret", context.keep(secret));
        let current =
            Ephemeral::<Any>::object([("key", random.random_password()), ("kid", "first".into())]);
        let version = aws::SecretsmanagerSecretVersion::new(secret.id())
            .secret_string_wo(Ephemeral::<Any>::object([("current", current)]).to_json())
            .secret_string_wo_version(VERSION);
        let version = scope.add("secret-version", context.keep(version));
        Self {
            secret: version.secret_id(),
        }
    }
}
