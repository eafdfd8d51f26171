//! Secrets of the database user of the payment code, on both sides of a replication.

use crate::aws::data;
use crate::compose::composer::Composer;
use crate::compose::foundations::databases::Databases;
use crate::compose::foundations::secret_replicas::secret_replicas;
use crate::compose::queries::payment_code::payment_code;
use crate::config::{
    Credentials as CredentialsConfig, Database as DatabaseConfig, ExistingSecret, Ref,
    Replication as ReplicationConfig, Section,
};
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::data::database::Database;
use crate::constructs::security::kms_key::DataClass;
use crate::constructs::security::secret;
use crate::constructs::security::secret::{
    Credentials, CredentialsProps, InitialValue, SecretReplica, User,
};
use crate::newtypes::{Port, Region};
use crate::terraform::tree::{Handle, Scope, Value};

/// The application secrets.
pub(crate) struct ApplicationSecrets {
    /// By database of the stack.
    pub(crate) databases: SectionMap<DatabaseConfig, Option<ApplicationSecret>>,
    /// By source of a replication.
    pub(crate) sources: SectionMap<ReplicationConfig, Option<ApplicationSecret>>,
}

/// The secret of the application's database user.
#[derive(Clone, Copy)]
pub(crate) enum ApplicationSecret {
    /// A secret that the stack creates.
    Own(Credentials),
    /// A secret that exists already. Its owner rotates it.
    Existing(Handle<data::SecretsmanagerSecret>),
}

impl ApplicationSecret {
    /// Its ARN.
    pub(crate) fn arn(&self) -> Value<String> {
        match self {
            Self::Own(credentials) => credentials.arn(),
            Self::Existing(secret) => secret.arn(),
        }
    }

    /// Its ARN for payment code in `region`. A secret that exists already is in one region.
    pub(crate) fn arn_in(&self, region: Region) -> Value<String> {
        match self {
            Self::Own(credentials) => credentials.arn_in(region),
            Self::Existing(secret) => secret.arn(),
        }
    }
}

/// The database user of the payment code, on both sides of a replication.
pub(crate) const APPLICATION_USER: &str = "payment_app";

/// Owner of the secret that code logs in with.
enum Login<'a> {
    Own,
    Existing(&'a ExistingSecret),
}

/// Adds the secrets of the application's user, on both sides of each replication.
pub(crate) fn add(composer: &mut Composer<'_>, databases: &Databases) -> ApplicationSecrets {
    ApplicationSecrets {
        databases: SectionMap::build(&composer.stack.database, |section| {
            let aurora = section.config().aurora();
            let login = (&aurora.credentials, aurora.application_secret.as_ref());
            Some(match application_login(composer, section, login)? {
                Login::Own => ApplicationSecret::Own(add_target_secret(
                    composer,
                    section,
                    databases.of(section),
                )),
                Login::Existing(secret) => {
                    let mut root = composer.root.in_region(secret.region.as_str());
                    look_up(section.scope(&mut root), secret)
                }
            })
        }),
        sources: SectionMap::build(&composer.stack.replication, |section| {
            let target = SectionRef::resolve(&composer.stack.database, &section.target);
            let source = &section.config().source;
            let login = (&source.credentials, source.application_secret.as_ref());
            Some(match application_login(composer, target, login)? {
                Login::Own => {
                    let database = databases.of(target);
                    ApplicationSecret::Own(add_source_secret(composer, section, target, database))
                }
                Login::Existing(secret) => {
                    let mut root = composer.root.in_region(secret.region.as_str());
                    look_up(section.scope(&mut root), secret)
                }
            })
        }),
    }
}

/// The login of payment code to `database` or to its source. None if no code uses the database.
fn application_login<'a>(
    composer: &Composer<'a>,
    database: SectionRef<'_, DatabaseConfig>,
    (credentials, application): (&CredentialsConfig, Option<&Ref<ExistingSecret>>),
) -> Option<Login<'a>> {
    let mut code = payment_code(composer.stack);
    let is_used = code.any(|(uses, _)| {
        let used = uses.database.as_ref();
        used.is_some_and(|used| used.name() == database.key())
    });
    match (application, credentials) {
        _ if !is_used => None,
        (Some(secret), _) => Some(Login::Existing(
            composer.stack.existing.secret.resolve(secret),
        )),
        (None, CredentialsConfig::Rotated(_)) => Some(Login::Own),
        // `config::rules::stores` rejects it.
        (None, CredentialsConfig::Existing(_)) => None,
    }
}

fn add_target_secret(
    composer: &mut Composer<'_>,
    section: SectionRef<'_, DatabaseConfig>,
    database: &Database,
) -> Credentials {
    let user = User {
        username: APPLICATION_USER,
        engine: section.engine().family(),
        host: Some(database.endpoint()),
        port: database.port,
        database: database.name(),
        master_arn: Some(database.secret_arn.clone()),
    };
    let secret = SecretProps {
        role: "app",
        description: "Application user of the target database",
        initial_value: InitialValue::Generated,
        region: database.region,
        replicas: secret_replicas(composer, section),
    };
    add_secret(composer, section, secret, user)
}

fn add_source_secret(
    composer: &mut Composer<'_>,
    section: SectionRef<'_, ReplicationConfig>,
    target: SectionRef<'_, DatabaseConfig>,
    database: &Database,
) -> Credentials {
    let port = section.source.port;
    let user = User {
        username: APPLICATION_USER,
        engine: target.engine().family(),
        host: Some(section.source.host.to_string().into()),
        port: port.map_or(target.engine().port(), Port::get),
        database: section.source.database.clone().into(),
        master_arn: None,
    };
    let secret = SecretProps {
        role: "source-app",
        description: "Application user of the source database; an operator writes its password",
        initial_value: InitialValue::OperatorProvided,
        region: database.region,
        replicas: secret_replicas(composer, target),
    };
    add_secret(composer, section, secret, user)
}

fn add_secret<T: Section>(
    composer: &mut Composer<'_>,
    section: SectionRef<'_, T>,
    secret: SecretProps,
    user: User,
) -> Credentials {
    let key = composer.key(DataClass::Secrets, secret.region);
    let name = secret::name(&composer.context, section.physical_name_key(), secret.role);
    let mut root = composer.root.in_region(secret.region.as_str());
    let mut scope = section.scope(&mut root).into_child("application");
    Credentials::new(
        &mut scope,
        &composer.context,
        CredentialsProps {
            name,
            description: secret.description.to_owned(),
            region: secret.region,
            key,
            replicas: secret.replicas,
            user,
            initial_value: secret.initial_value,
        },
    )
}

/// Name, description and initial value of a secret.
struct SecretProps {
    role: &'static str,
    description: &'static str,
    initial_value: InitialValue,
    region: Region,
    replicas: Vec<SecretReplica>,
}

fn look_up(scope: Scope<'_>, secret: &ExistingSecret) -> ApplicationSecret {
    let looked_up = data::SecretsmanagerSecret::new().name(secret.name.clone());
    ApplicationSecret::Existing(scope.into_child("application").add("secret", looked_up))
}
