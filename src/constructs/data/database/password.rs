//! The initial master password of a database; no plan and no state contains it.
//!
//! ```text
//! ephemeral random ─► secret version (write-only) ─► ephemeral read-back ─► master_password_wo
//! ```
//!
//! The cluster receives the value that is read back from the secret. The random value differs in every run, so
//! after a failed apply the secret and the cluster could hold different passwords.

use crate::aws;
use crate::aws::{data, ephemeral};
use crate::config::{Database as Config, ExistingSecret};
use crate::constructs::core::{Context, SectionRef};
use crate::constructs::security::kms_key::KmsKey;
use crate::constructs::security::secret::{
    self, Credentials, CredentialsProps, InitialValue, SecretReplica, User, VERSION,
};
use crate::newtypes::Region;
use crate::terraform::tree::{Declared, Ephemeral, Scope, Value};

/// The password of a master user.
#[derive(Clone, Debug)]
pub(super) struct Password {
    value: Ephemeral<String>,
    /// The ARN of the secret.
    pub(super) secret_arn: Value<String>,
}

/// Configuration of a generated password.
pub(super) struct GeneratedPasswordProps<'a> {
    pub(super) section: SectionRef<'a, Config>,
    /// The region of the scope.
    pub(super) region: Region,
    /// Encrypts the secret.
    pub(super) key: KmsKey,
    /// Replicas of the secret.
    pub(super) replicas: Vec<SecretReplica>,
}

/// The master user; applications and DMS have their own users.
const MASTER_USER: &str = "payment_admin";

impl Password {
    /// Adds a secret with a generated password.
    pub(super) fn generated(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: GeneratedPasswordProps<'_>,
    ) -> Self {
        let config = props.section;
        let user = User {
            username: MASTER_USER,
            engine: config.engine().family(),
            // The secret exists before the cluster.
            host: None,
            port: config.engine().port(),
            database: config.aurora().name.clone().into(),
            master_arn: None,
        };
        let name = secret::name(context, config.physical_name_key(), "db");
        let description = format!("Master user of database {}", config.physical_name_key());
        let credentials = Credentials::new(
            scope,
            context,
            CredentialsProps {
                name,
                description,
                region: props.region,
                key: props.key,
                replicas: props.replicas,
                user,
                initial_value: InitialValue::Generated,
            },
        );
        Self::current(scope, credentials.populated_arn(), credentials.arn())
    }

    /// Reads the password from a secret that exists already; its owner rotates it.
    pub(super) fn existing(scope: &mut Scope<'_>, secret: &ExistingSecret) -> Self {
        let secret = scope.add(
            "secret",
            data::SecretsmanagerSecret::new().name(secret.name.clone()),
        );
        Self::current(scope, secret.id(), secret.arn())
    }

    /// Sets the master user and this password on a cluster.
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
