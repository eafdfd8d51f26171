//! IAM permissions on secrets.

use crate::compose::composer::Composer;
use crate::constructs::core::Statement;
use crate::constructs::security::kms_key::KmsKey;
use crate::lambda_packages::RequiredActions;
use crate::newtypes::Region;
use crate::terraform::tree::Value;

/// Permissions to read secrets that the stack does not create.
pub(crate) fn existing_secret_permissions(
    composer: &Composer<'_>,
    secrets: impl IntoIterator<Item = Value<String>>,
    actions: RequiredActions,
    region: Region,
) -> Vec<Statement> {
    let secrets: Vec<_> = secrets.into_iter().collect();
    if actions.secrets.is_empty() {
        return Vec::new();
    }
    let Some(decrypt) = existing_secret_key_permissions(composer, &secrets, region) else {
        return Vec::new();
    };
    let read = Statement::allow(actions.secrets.iter().copied(), secrets);
    vec![read.sid("GetExistingSecrets"), decrypt]
}

/// Permission to decrypt secrets that the stack does not create, with the key that their owner chose. Secrets
/// Manager passes the secret's ARN to KMS (user guide, "Secret encryption and decryption").
pub(crate) fn existing_secret_key_permissions(
    composer: &Composer<'_>,
    secrets: &[Value<String>],
    region: Region,
) -> Option<Statement> {
    if secrets.is_empty() {
        return None;
    }
    let via = format!("secretsmanager.{region}.amazonaws.com");
    let keys = composer
        .context
        .account
        .arn("kms", region.as_str(), "key/*");
    let decrypt = Statement::allow(["kms:Decrypt"], [keys])
        .sid("ExistingSecretsKeys")
        .condition("StringEquals", "kms:ViaService", via);
    Some(secrets.iter().fold(decrypt, |statement, secret| {
        let key = "kms:EncryptionContext:SecretARN";
        statement.condition("StringEquals", key, secret.clone())
    }))
}

/// Permissions to read secrets of the stack, and to use the key that encrypts them.
pub(crate) fn secret_permissions(
    secrets: impl IntoIterator<Item = Value<String>>,
    actions: RequiredActions,
    key: impl Into<Option<KmsKey>>,
) -> Vec<Statement> {
    let secrets: Vec<_> = secrets.into_iter().collect();
    if secrets.is_empty() || actions.secrets.is_empty() {
        return Vec::new();
    }
    let mut allowed =
        vec![Statement::allow(actions.secrets.iter().copied(), secrets).sid("GetSecrets")];
    if let Some(key) = key.into() {
        allowed.push(Statement::allow(["kms:Decrypt"], [key.arn()]).sid("SecretsKey"));
    }
    allowed
}
