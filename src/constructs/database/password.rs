//! The first password of a database, which is in no plan and in no state.
//!
//! ```text
//! ephemeral random ─► secret version (write-only) ─► ephemeral read-back ─► master_password_wo
//! ```
//!
//! The cluster reads back what the secret holds: the random value is drawn anew in every run, so
//! feeding it to both would leave two passwords when an apply fails in between.

use crate::aws;
use crate::aws::{data, ephemeral};
use crate::config::{ExistingSecret, Protection};
use crate::constructs::Context;
use crate::constructs::key::Key;
use crate::tree::{Declared, Ephemeral, Scope, Value};

/// The password of a master user.
#[derive(Clone, Debug)]
pub(super) struct Password {
    value: Ephemeral<String>,
    /// The ARN of the secret that holds it.
    pub(super) secret_arn: Value<String>,
}

/// What the secret says besides the password. Rotation and clients read it; the host is left out,
/// since the secret is written before the cluster has one.
#[derive(Clone, Debug)]
pub(super) struct Account<'a> {
    pub(super) engine: &'static str,
    pub(super) database: &'a str,
    pub(super) port: u16,
}

/// The user that owns the database; applications and DMS have users of their own.
const MASTER_USER: &str = "payment_admin";
/// In characters; RDS takes 41 at most for MySQL.
const PASSWORD_LENGTH: u8 = 32;
/// Never raised: the new version would be written over a password that rotation has changed.
const VERSION: u8 = 1;
/// Days in which a protected secret can be restored; 0 frees its name at once.
const RECOVERY_DAYS: u8 = 30;

impl Password {
    /// A random password in a new secret called `name`.
    pub(super) fn random(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        name: String,
        key: Key,
        account: &Account<'_>,
    ) -> Self {
        let random = scope.add(
            "password",
            // RDS refuses `/`, `'`, `"`, `@` and space in a master password.
            ephemeral::SecretsmanagerRandomPassword::new()
                .exclude_punctuation(true)
                .password_length(PASSWORD_LENGTH),
        );
        let recovery_days = match context.protection {
            Protection::Protected => RECOVERY_DAYS,
            Protection::Destroyable => 0,
        };
        let secret = aws::SecretsmanagerSecret::new()
            .name(name)
            .description("Master user of a database")
            .kms_key_id(key.arn())
            .recovery_window_in_days(recovery_days);
        let secret = scope.add("secret", context.keep(secret));
        let text = Ephemeral::json_object([
            ("dbname", account.database.to_owned().into()),
            ("engine", account.engine.into()),
            ("password", random.random_password()),
            ("port", account.port.to_string().into()),
            ("username", MASTER_USER.into()),
        ]);
        let version = aws::SecretsmanagerSecretVersion::new(secret.id())
            .secret_string_wo(text)
            .secret_string_wo_version(VERSION);
        let version = scope.add("secret-version", context.keep(version));
        Self::current(scope, version.secret_id(), secret.arn())
    }

    /// The password in a secret that exists; its owner rotates it.
    pub(super) fn existing(scope: &mut Scope<'_>, secret: &ExistingSecret) -> Self {
        let secret = scope.add(
            "secret",
            data::SecretsmanagerSecret::new().name(secret.name.clone()),
        );
        Self::current(scope, secret.id(), secret.arn())
    }

    /// `cluster`, with the master user and this password.
    pub(super) fn set_on(&self, cluster: Declared<aws::RdsCluster>) -> Declared<aws::RdsCluster> {
        cluster
            .master_username(MASTER_USER)
            .master_password_wo(self.value.clone())
            .master_password_wo_version(VERSION)
    }

    fn current(scope: &mut Scope<'_>, id: Value<String>, secret_arn: Value<String>) -> Self {
        let current = scope.add(
            "current-secret",
            ephemeral::SecretsmanagerSecretVersion::new(id),
        );
        Self {
            value: current.secret_string().json_key("password"),
            secret_arn,
        }
    }
}
