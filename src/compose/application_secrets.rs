//! The secrets of the user that payment code logs in as, on both sides of a replication.

use super::environment::{Composer, Databases};
use crate::aws::data;
use crate::config::{
    Credentials as CredentialsConfig, Database as DatabaseConfig, ExistingSecret, Ref,
    Replication as ReplicationConfig, Section,
};
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::data::database::Database;
use crate::constructs::security::kms_key::DataClass;
use crate::constructs::security::secret::{self, Credentials, Filled, User};
use crate::newtypes::{Port, Region};
use crate::terraform::tree::{Handle, Scope, Value};

/// The secrets of the user that applications log in as.
pub(super) struct ApplicationSecrets {
    /// In each database of the stack.
    pub(super) databases: SectionMap<DatabaseConfig, Option<ApplicationSecret>>,
    /// In each database that is replicated from.
    pub(super) sources: SectionMap<ReplicationConfig, Option<ApplicationSecret>>,
}

/// The secret of the user that applications log in as.
#[derive(Clone, Copy)]
pub(super) enum ApplicationSecret {
    /// Of this stack.
    Own(Credentials),
    /// It exists, and its owner rotates it.
    Existing(Handle<data::SecretsmanagerSecret>),
}

impl ApplicationSecret {
    /// Its ARN.
    pub(super) fn arn(&self) -> Value<String> {
        match self {
            Self::Own(credentials) => credentials.arn(),
            Self::Existing(secret) => secret.arn(),
        }
    }
}

/// The user that payment code logs in as, on both sides of a replication.
pub(super) const APPLICATION_USER: &str = "payment_app";

/// Whose secret code logs in with.
enum Login<'a> {
    Own,
    Existing(&'a ExistingSecret),
}

impl<'a> Composer<'a> {
    /// The secrets of the application's user, on both sides of each replication.
    pub(super) fn application_secrets(&mut self, databases: &Databases) -> ApplicationSecrets {
        ApplicationSecrets {
            databases: SectionMap::build(&self.stack.database, |entry| {
                let aurora = entry.config().aurora();
                let login = (&aurora.credentials, aurora.application.as_ref());
                Some(match self.application_login(entry, login)? {
                    Login::Own => ApplicationSecret::Own(
                        self.target_application_secret(entry, databases.of(entry)),
                    ),
                    Login::Existing(secret) => {
                        let mut root = self.root.in_region(secret.region.as_str());
                        look_up(entry.scope(&mut root), secret)
                    }
                })
            }),
            sources: SectionMap::build(&self.stack.replication, |entry| {
                let target = SectionRef::resolve(&self.stack.database, &entry.target);
                let source = &entry.config().source;
                let login = (&source.credentials, source.application.as_ref());
                Some(match self.application_login(target, login)? {
                    Login::Own => {
                        let database = databases.of(target);
                        ApplicationSecret::Own(
                            self.source_application_secret(entry, target, database),
                        )
                    }
                    Login::Existing(secret) => {
                        let mut root = self.root.in_region(secret.region.as_str());
                        look_up(entry.scope(&mut root), secret)
                    }
                })
            }),
        }
    }

    /// The secret that code which uses `database` logs in with, here or where the database is filled from.
    fn application_login(
        &self,
        database: SectionRef<'_, DatabaseConfig>,
        (credentials, application): (&CredentialsConfig, Option<&Ref<ExistingSecret>>),
    ) -> Option<Login<'a>> {
        let mut code = self.payment_code();
        let is_used = code.any(|(uses, _)| {
            let used = uses.database.as_ref();
            used.is_some_and(|used| used.name() == database.key())
        });
        match (application, credentials) {
            _ if !is_used => None,
            (Some(secret), _) => Some(Login::Existing(self.stack.existing.secret.resolve(secret))),
            (None, CredentialsConfig::Rotated(_)) => Some(Login::Own),
            // Refused at load.
            (None, CredentialsConfig::Existing(_)) => None,
        }
    }

    fn target_application_secret(
        &mut self,
        entry: SectionRef<'_, DatabaseConfig>,
        database: &Database,
    ) -> Credentials {
        let user = User {
            username: APPLICATION_USER,
            engine: entry.engine().family(),
            host: Some(database.endpoint()),
            port: database.port,
            database: database.name(),
            master: Some(database.secret_arn.clone()),
        };
        let secret = Kept {
            role: "app",
            description: "The user that payment code logs in as",
            filled: Filled::Random,
            region: database.region,
        };
        self.application_secret(entry, secret, user)
    }

    fn source_application_secret(
        &mut self,
        entry: SectionRef<'_, ReplicationConfig>,
        target: SectionRef<'_, DatabaseConfig>,
        database: &Database,
    ) -> Credentials {
        let port = entry.source.port;
        let user = User {
            username: APPLICATION_USER,
            engine: target.engine().family(),
            host: Some(entry.source.host.to_string().into()),
            port: port.map_or(target.engine().port(), Port::get),
            database: entry.source.database.clone().into(),
            master: None,
        };
        let secret = Kept {
            role: "source-app",
            description: "The user that payment code logs in as before the cutover",
            filled: Filled::ByOperator,
            region: database.region,
        };
        self.application_secret(entry, secret, user)
    }

    fn application_secret<T: Section>(
        &mut self,
        entry: SectionRef<'_, T>,
        secret: Kept,
        user: User,
    ) -> Credentials {
        let key = self.key(DataClass::Secrets, secret.region);
        let name = secret::name(&self.context, entry.physical_name_key(), secret.role);
        let mut root = self.root.in_region(secret.region.as_str());
        let mut scope = entry.scope(&mut root).into_child("application");
        Credentials::new(
            &mut scope,
            &self.context,
            name,
            secret.description,
            key,
            user,
            secret.filled,
        )
    }
}

/// How a secret is kept.
#[derive(Clone, Copy)]
struct Kept {
    role: &'static str,
    description: &'static str,
    filled: Filled,
    region: Region,
}

fn look_up(scope: Scope<'_>, secret: &ExistingSecret) -> ApplicationSecret {
    let looked_up = data::SecretsmanagerSecret::new().name(secret.name.clone());
    ApplicationSecret::Existing(scope.into_child("application").add("secret", looked_up))
}
