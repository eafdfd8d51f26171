//! Secrets with credentials of database users. Passwords are in no plan and no state:
//!
//! ```text
//! ephemeral random ─► secret version (write-only)
//! ```
//!
//! Secrets Manager interprets a hyphen and six characters at the end of a name as the suffix of an ARN, so
//! [`name`] adds a role after the suffix.

use crate::aws;
use crate::aws::ephemeral;
use crate::aws::secretsmanager_secret::Replica;
use crate::config::Protection;
use crate::constructs::core::Context;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::Region;
use crate::terraform::tree::{Any, Ephemeral, Handle, Number, Scope, Value};

/// A secret whose first value is generated, such as the credentials of a database user.
#[derive(Clone, Copy, Debug)]
pub struct Credentials {
    region: Region,
    secret: Handle<aws::SecretsmanagerSecret>,
    version: Handle<aws::SecretsmanagerSecretVersion>,
}

/// A database user and its database. Rotation, DMS and drivers read these fields.
#[derive(Debug)]
pub struct User {
    /// User name.
    pub username: &'static str,
    /// Engine name in the format of Secrets Manager: `postgres`, `mysql`.
    pub engine: &'static str,
    /// Host, unless the secret is written before its cluster.
    pub host: Option<Value<String>>,
    /// Port.
    pub port: u16,
    /// Database name.
    pub database: Value<String>,
    /// ARN of the secret of the user that rotates this one (alternating-users rotation strategy).
    pub master_arn: Option<Value<String>>,
}

/// Arguments of [`Credentials::new`].
#[derive(Debug)]
pub struct CredentialsProps {
    /// Name of the secret, made with [`name`].
    pub name: String,
    /// Description in the console.
    pub description: String,
    /// Region of the scope.
    pub region: Region,
    /// Key that encrypts the secret.
    pub key: KmsKey,
    /// Replicas in other regions.
    pub replicas: Vec<SecretReplica>,
    /// The user.
    pub user: User,
    /// Origin of the first password.
    pub initial_value: InitialValue,
}

/// A replica of a secret in another region. Secrets Manager copies each new value to it.
#[derive(Clone, Copy, Debug)]
pub struct SecretReplica {
    /// The region of the replica.
    pub region: Region,
    /// Key that encrypts the replica; in the same region.
    pub key: KmsKey,
}

/// Origin of the first password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InitialValue {
    /// Generated at the first apply.
    Generated,
    /// Written by an operator, since the database is outside the stack. Until then the secret contains
    /// `"placeholder": "true"`, and the migration does not start.
    OperatorProvided,
}

/// Characters of a password; RDS accepts up to 41 for MySQL.
const PASSWORD_LENGTH: u8 = 32;
/// Never increased: a new version would overwrite a rotated password.
pub const VERSION: u8 = 1;
/// Days in which a deleted, protected secret can be restored. Zero frees the name immediately.
const RECOVERY_DAYS: u8 = 30;

/// The name of a secret: `key`, the suffix, and `role`.
pub fn name(context: &Context<'_>, key: &str, role: &str) -> String {
    context.names.keyed("secret", [key]) + "-" + role
}

impl Credentials {
    /// Adds the secret of a database user.
    pub fn new(scope: &mut Scope<'_>, context: &Context<'_>, props: CredentialsProps) -> Self {
        let CredentialsProps {
            name,
            description,
            region,
            key,
            replicas,
            user,
            initial_value,
        } = props;
        let secret = GeneratedSecret {
            name,
            description,
            key,
            replicas,
            length: PASSWORD_LENGTH,
        };
        let (secret, version) = secret.store(scope, context, |password| {
            let text = |text: &'static str| Ephemeral::<String>::from(text).into();
            let mut fields: Vec<(&'static str, Ephemeral<Any>)> = vec![
                ("dbname", Ephemeral::from(user.database).into()),
                ("engine", text(user.engine)),
                ("password", password.into()),
                (
                    "port",
                    Ephemeral::from(Value::<Number>::from(user.port)).into(),
                ),
                ("username", text(user.username)),
            ];
            fields.extend(user.host.map(|host| ("host", Ephemeral::from(host).into())));
            let master = user.master_arn.map(Ephemeral::from);
            fields.extend(master.map(|master| ("masterarn", master.into())));
            if initial_value == InitialValue::OperatorProvided {
                fields.push(("placeholder", text("true")));
            }
            Ephemeral::<Any>::object(fields)
        });
        Self {
            region,
            secret,
            version,
        }
    }

    /// ARN of the secret.
    pub fn arn(&self) -> Value<String> {
        self.secret.arn()
    }

    /// ARN in `region`, which is that of the secret or of a replica. It differs in the region only (Secrets Manager user
    /// guide, "Replicate secrets across Regions").
    pub fn arn_in(&self, region: Region) -> Value<String> {
        if region == self.region {
            return self.arn();
        }
        self.arn()
            .replace(format!(":{}:", self.region), format!(":{region}:"))
    }

    /// ARN of the secret, available once the secret has a value.
    pub fn populated_arn(&self) -> Value<String> {
        self.version.secret_id()
    }

    /// The version with the first password, as a dependency.
    pub fn version(&self) -> Handle<aws::SecretsmanagerSecretVersion> {
        self.version
    }
}

/// A secret with a generated value.
pub(super) struct GeneratedSecret {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) key: KmsKey,
    pub(super) replicas: Vec<SecretReplica>,
    /// Length of the generated text of letters and digits.
    pub(super) length: u8,
}

impl GeneratedSecret {
    /// Adds the secret and its version, with the value that `value` builds from the generated text.
    pub(super) fn store(
        self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        value: impl FnOnce(Ephemeral<String>) -> Ephemeral<Any>,
    ) -> (
        Handle<aws::SecretsmanagerSecret>,
        Handle<aws::SecretsmanagerSecretVersion>,
    ) {
        let random = scope.add(
            "password",
            // RDS rejects `/`, `'`, `"`, `@` and space in a master password.
            ephemeral::SecretsmanagerRandomPassword::new()
                .exclude_punctuation(true)
                .password_length(self.length),
        );
        let recovery_days = match context.protection {
            Protection::Protected => RECOVERY_DAYS,
            Protection::Destroyable => 0,
        };
        let secret = aws::SecretsmanagerSecret::new()
            .name(self.name)
            .description(self.description)
            .kms_key_id(self.key.arn())
            .recovery_window_in_days(recovery_days)
            .replica(self.replicas.into_iter().map(|replica| {
                Replica::new(replica.region.as_str()).kms_key_id(replica.key.arn())
            }));
        let secret = scope.add("secret", context.protect(secret));
        let version = aws::SecretsmanagerSecretVersion::new(secret.id())
            .secret_string_wo(value(random.random_password()).to_json())
            .secret_string_wo_version(VERSION);
        let version = scope.add("secret-version", context.protect(version));
        (secret, version)
    }
}
