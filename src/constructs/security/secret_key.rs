//! Keys that programs sign or hash with, each in a secret of its own.

use crate::constructs::core::Context;
use crate::constructs::security::kms_key::Key;
use crate::constructs::security::secret::{self, GeneratedSecret};
use crate::terraform::tree::{Any, Ephemeral, Scope, Value};

/// Characters of the first key: letters and digits are base64url, and 64 of them are 48 bytes exactly.
/// HS256 wants 32 at least (RFC 7518, 3.2).
const LENGTH: u8 = 64;

/// The key that signs callers' tokens, in a form that keeps the one before it when it is rotated; the
/// secret's ARN, known once it holds the key. `subject` is its part of names.
pub fn signing_key(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    key: Key,
) -> Value<String> {
    let recipe = recipe(
        context,
        subject,
        "Signs the tokens of an API's callers",
        key,
    );
    let stored = recipe.store(scope, context, |drawn| {
        let current = Ephemeral::<Any>::object([("key", drawn), ("kid", "first".into())]);
        Ephemeral::<Any>::object([("current", current)])
    });
    stored.populated_arn()
}

/// The key under which the keys of rows leave a validation: hashes without it could be guessed (PCI DSS
/// 3.5.1.1). Never rotated, or the findings of two runs could not be compared.
pub fn hash_key(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    key: Key,
) -> Value<String> {
    let recipe = recipe(context, subject, "Hashes the keys of rows that differ", key);
    let stored = recipe.store(scope, context, |drawn| {
        Ephemeral::<Any>::object([("key", drawn)])
    });
    stored.populated_arn()
}

fn recipe(
    context: &Context<'_>,
    subject: &str,
    description: &'static str,
    key: Key,
) -> GeneratedSecret {
    GeneratedSecret {
        name: secret::name(context, subject, "key"),
        description,
        key,
        length: LENGTH,
    }
}
