//! Secrets of the replication users: DMS reads host, port, user and password of an endpoint there.
//!
//! They exist in every phase, so that a change of phase keeps their ARNs and values.

use super::props::ReplicationProps;
use crate::aws::data;
use crate::config::Credentials as CredentialsConfig;
use crate::constructs::core::{Account, Context, Policy, Statement};
use crate::constructs::security::kms_key::KmsKey;
use crate::constructs::security::secret::{
    self, Credentials, CredentialsProps, InitialValue, User,
};
use crate::newtypes::Region;
use crate::terraform::tree::{Handle, NodeId, Scope, Value};

/// The replication user of both sides. The operation `initialize` creates it on the target.
const USER: &str = "payment_replication";

/// The secret of a replication user.
#[derive(Clone, Copy, Debug)]
pub(super) enum UserSecret {
    /// A secret of this stack.
    Own {
        credentials: Credentials,
        key: KmsKey,
    },
    /// A secret that exists already; its owner rotates it.
    Existing(Handle<data::SecretsmanagerSecret>),
}

impl UserSecret {
    /// The ARN, known once the secret is populated.
    pub(super) fn populated_arn(self) -> Value<String> {
        match self {
            Self::Own { credentials, .. } => credentials.populated_arn(),
            Self::Existing(secret) => secret.arn(),
        }
    }

    pub(super) fn arn(self) -> Value<String> {
        match self {
            Self::Own { credentials, .. } => credentials.arn(),
            Self::Existing(secret) => secret.arn(),
        }
    }

    /// The version that must exist before the secret can be read.
    pub(super) fn populated_version(self) -> Option<NodeId> {
        match self {
            Self::Own { credentials, .. } => Some(credentials.version().into()),
            Self::Existing(_) => None,
        }
    }
}

/// Adds the secret of the user that reads the source. It holds a placeholder until an operator writes the
/// credentials; later applies keep those.
pub(super) fn source(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    props: &ReplicationProps<'_>,
) -> UserSecret {
    let mut scope = scope.child("source-user");
    let source = &props.section.config().source;
    if let CredentialsConfig::Existing(secret) = &source.credentials {
        return look_up(&mut scope, &props.existing.secret.resolve(secret).name);
    }
    let user = User {
        username: USER,
        engine: props.database_section.engine().family(),
        host: Some(source.host.to_string().into()),
        port: props.source_port(),
        database: source.database.clone().into(),
        master_arn: None,
    };
    let name = secret::name(context, props.section.physical_name_key(), "source-dms");
    let key = props.secrets_key;
    UserSecret::Own {
        credentials: Credentials::new(
            &mut scope,
            context,
            CredentialsProps {
                name,
                description:
                    "Replication user of the source database; an operator writes its password"
                        .to_owned(),
                region: props.network.network.region,
                key,
                replicas: Vec::new(),
                user,
                initial_value: InitialValue::OperatorProvided,
            },
        ),
        key,
    }
}

/// Adds the secret of the user that writes the target. The operation `initialize` creates the user with the
/// generated password.
pub(super) fn target(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    props: &ReplicationProps<'_>,
) -> UserSecret {
    let mut scope = scope.child("target-user");
    if let CredentialsConfig::Existing(secret) = &props.section.config().credentials {
        return look_up(&mut scope, &props.existing.secret.resolve(secret).name);
    }
    let database = props.database;
    let user = User {
        username: USER,
        engine: props.database_section.engine().family(),
        host: Some(database.endpoint()),
        port: database.port,
        database: database.name(),
        master_arn: Some(database.secret_arn.clone()),
    };
    let name = secret::name(context, props.section.physical_name_key(), "target-dms");
    let key = props.secrets_key;
    UserSecret::Own {
        credentials: Credentials::new(
            &mut scope,
            context,
            CredentialsProps {
                name,
                description: "Replication user of the target database".to_owned(),
                region: props.network.network.region,
                key,
                replicas: Vec::new(),
                user,
                initial_value: InitialValue::Generated,
            },
        ),
        key,
    }
}

/// The permissions to read and decrypt `secrets`.
pub(super) fn read_policy(secrets: [UserSecret; 2], account: Account, region: Region) -> Policy {
    let read = Statement::allow(
        [
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
        ],
        secrets.map(UserSecret::arn),
    );
    let keys = secrets.map(|secret| match secret {
        UserSecret::Own { key, .. } => key.arn(),
        // The owner chose the key, so it is unknown here.
        UserSecret::Existing(_) => account.arn("kms", region.as_str(), "key/*"),
    });
    let [first, second] = keys;
    let keys = if first == second {
        vec![first]
    } else {
        vec![first, second]
    };
    let decrypt = Statement::allow(["kms:Decrypt"], keys).condition(
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
