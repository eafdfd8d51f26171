//! Secrets with the credentials of database users; no password is in a plan or a state.
//!
//! ```text
//! ephemeral random ─► secret version (write-only)
//! ```
//!
//! Secrets Manager takes a name's last hyphen and six characters for the end of an ARN, so names go
//! on after the suffix: [`name`].

use crate::aws;
use crate::aws::ephemeral;
use crate::config::Protection;
use crate::constructs::core::Context;
use crate::constructs::security::kms_key::Key;
use crate::terraform::tree::{Any, Ephemeral, Handle, Number, Scope, Value};

/// A secret of the stack, such as the credentials of one database user.
#[derive(Clone, Copy, Debug)]
pub struct Credentials {
    secret: Handle<aws::SecretsmanagerSecret>,
    version: Handle<aws::SecretsmanagerSecretVersion>,
}

/// Whose credentials, and where he uses them. Rotation, DMS and drivers read these fields.
#[derive(Debug)]
pub struct User {
    /// The user.
    pub username: &'static str,
    /// The engine's name, as Secrets Manager's rotation knows it: `postgres`, `mysql`.
    pub engine: &'static str,
    /// Where; a secret that is written before its cluster has none.
    pub host: Option<Value<String>>,
    /// The port.
    pub port: u16,
    /// The database.
    pub database: Value<String>,
    /// The secret of the user who may change this one, for rotation by alternating users.
    pub master: Option<Value<String>>,
}

/// Who writes the password that is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InitialValue {
    /// It is drawn here, once.
    Generated,
    /// An operator writes it, since its database is not ours. Until then the secret says
    /// `"placeholder": "true"`, and the migration refuses to begin.
    OperatorProvided,
}

/// In characters; RDS takes 41 at most for MySQL.
const PASSWORD_LENGTH: u8 = 32;
/// Never raised: the new version would be written over a password that rotation has changed.
pub const VERSION: u8 = 1;
/// Days in which a protected secret can be restored; 0 frees its name at once.
const RECOVERY_DAYS: u8 = 30;

/// The name of the secret of a database user: the suffix, and then `role`.
pub fn name(context: &Context<'_>, key: &str, role: &str) -> String {
    context.names.keyed("secret", [key]) + "-" + role
}

impl Credentials {
    /// A new secret called `name`, encrypted with `key`.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        name: String,
        description: &'static str,
        key: Key,
        user: User,
        initial_value: InitialValue,
    ) -> Self {
        let recipe = GeneratedSecret {
            name,
            description,
            key,
            length: PASSWORD_LENGTH,
        };
        recipe.store(scope, context, |password| {
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
            let master = user.master.map(Ephemeral::from);
            fields.extend(master.map(|master| ("masterarn", master.into())));
            if initial_value == InitialValue::OperatorProvided {
                fields.push(("placeholder", text("true")));
            }
            Ephemeral::<Any>::object(fields)
        })
    }

    /// The secret's ARN.
    pub fn arn(&self) -> Value<String> {
        self.secret.arn()
    }

    /// The secret's id, known once it holds a password.
    pub fn populated_arn(&self) -> Value<String> {
        self.version.secret_id()
    }

    /// What waits for the first password.
    pub fn version(&self) -> Handle<aws::SecretsmanagerSecretVersion> {
        self.version
    }
}

/// A secret whose first value is drawn at random.
pub(super) struct GeneratedSecret {
    pub(super) name: String,
    pub(super) description: &'static str,
    pub(super) key: Key,
    /// Characters of what is drawn: letters and digits.
    pub(super) length: u8,
}

impl GeneratedSecret {
    /// Adds the secret; `value` makes it of what was drawn.
    pub(super) fn store(
        self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        value: impl FnOnce(Ephemeral<String>) -> Ephemeral<Any>,
    ) -> Credentials {
        let random = scope.add(
            "password",
            // RDS refuses `/`, `'`, `"`, `@` and space in a master password.
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
            .recovery_window_in_days(recovery_days);
        let secret = scope.add("secret", context.protect(secret));
        let version = aws::SecretsmanagerSecretVersion::new(secret.id())
            .secret_string_wo(value(random.random_password()).to_json())
            .secret_string_wo_version(VERSION);
        let version = scope.add("secret-version", context.protect(version));
        Credentials { secret, version }
    }
}
