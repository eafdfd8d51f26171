//! The secrets of the replication users: DMS reads host, port, user and password of an endpoint there.
//!
//! They exist in every phase, so that going back and forth keeps their ARNs and what was filled in.

use super::{Database, DatabaseConfig, Replication, SectionRef};
use crate::aws::data;
use crate::config::{Credentials as CredentialsConfig, Engine, Existing};
use crate::constructs::core::{Account, Context, Policy, Statement};
use crate::constructs::security::kms_key::Key;
use crate::constructs::security::secret::{self, Credentials, InitialValue, User};
use crate::newtypes::Region;
use crate::terraform::tree::{Handle, NodeId, Scope, Value};

/// The user that replicates, on both sides. `initialize` makes the one of the target.
const USER: &str = "payment_replication";

/// The secret of a replication user.
#[derive(Clone, Copy, Debug)]
pub(super) enum UserSecret {
    /// Of this stack.
    Own { credentials: Credentials, key: Key },
    /// It exists, and its owner rotates it.
    Existing(Handle<data::SecretsmanagerSecret>),
}

impl UserSecret {
    /// Its ARN, known once it holds a value.
    pub(super) fn populated_arn(self) -> Value<String> {
        match self {
            Self::Own { credentials, .. } => credentials.populated_arn(),
            Self::Existing(secret) => secret.arn(),
        }
    }

    /// Its ARN.
    pub(super) fn arn(self) -> Value<String> {
        match self {
            Self::Own { credentials, .. } => credentials.arn(),
            Self::Existing(secret) => secret.arn(),
        }
    }

    /// What must be there before the secret can be read.
    pub(super) fn ready(self) -> Option<NodeId> {
        match self {
            Self::Own { credentials, .. } => Some(credentials.version().into()),
            Self::Existing(_) => None,
        }
    }
}

/// The secret of the user that reads the source: a placeholder until an operator writes the real one,
/// which stays.
pub(super) fn source(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Replication>,
    engine: Engine,
    port: u16,
    existing: &Existing,
    key: Key,
) -> UserSecret {
    let mut scope = scope.child("source-user");
    let source = &config.config().source;
    if let CredentialsConfig::Existing(secret) = &source.credentials {
        return look_up(&mut scope, &existing.secret.resolve(secret).name);
    }
    let user = User {
        username: USER,
        engine: engine.family(),
        host: Some(source.host.to_string().into()),
        port,
        database: source.database.clone().into(),
        master: None,
    };
    let name = secret::name(context, config.physical_name_key(), "source-dms");
    let description = "Replication user of the source; an operator writes its password";
    let initial_value = InitialValue::OperatorProvided;
    UserSecret::Own {
        credentials: Credentials::new(
            &mut scope,
            context,
            name,
            description,
            key,
            user,
            initial_value,
        ),
        key,
    }
}

/// The secret of the user that writes the target, whom `initialize` makes with the password in it.
pub(super) fn target(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Replication>,
    database: &Database,
    database_config: SectionRef<'_, DatabaseConfig>,
    existing: &Existing,
    key: Key,
) -> UserSecret {
    let mut scope = scope.child("target-user");
    if let CredentialsConfig::Existing(secret) = &config.config().credentials {
        return look_up(&mut scope, &existing.secret.resolve(secret).name);
    }
    let user = User {
        username: USER,
        engine: database_config.engine().family(),
        host: Some(database.endpoint()),
        port: database.port,
        database: database.name(),
        master: Some(database.secret_arn.clone()),
    };
    let name = secret::name(context, config.physical_name_key(), "target-dms");
    let description = "Replication user of the target";
    let initial_value = InitialValue::Generated;
    UserSecret::Own {
        credentials: Credentials::new(
            &mut scope,
            context,
            name,
            description,
            key,
            user,
            initial_value,
        ),
        key,
    }
}

/// What reading `secrets` takes, and nothing else.
pub(super) fn reading(secrets: [UserSecret; 2], account: Account, region: Region) -> Policy {
    let read = Statement::allow(
        [
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
        ],
        secrets.map(UserSecret::arn),
    );
    let keys = secrets.map(|secret| match secret {
        UserSecret::Own { key, .. } => key.arn(),
        // Whatever its owner encrypts it with.
        UserSecret::Existing(_) => account.arn("kms", region.as_str(), "key/*"),
    });
    let [first, second] = keys;
    let keys = if first == second {
        vec![first]
    } else {
        vec![first, second]
    };
    let decrypt = Statement::allow(["kms:Decrypt"], keys).when(
        "StringEquals",
        "kms:ViaService",
        format!("secretsmanager.{region}.amazonaws.com"),
    );
    Policy::new([read, decrypt])
}

fn look_up(scope: &mut Scope<'_>, name: &str) -> UserSecret {
    let secret = data::SecretsmanagerSecret::new().name(name.to_owned());
    UserSecret::Existing(scope.add("secret", secret))
}
