//! The secrets of the user that payment code logs in as, on both sides of a replication.

use super::environment::{Composer, Databases};
use crate::config::{
    Credentials as CredentialsConfig, Database as DatabaseConfig, Replication as ReplicationConfig,
};
use crate::constructs::database::Database;
use crate::constructs::entry::{Built, Entry};
use crate::constructs::key::DataClass;
use crate::constructs::secret::{self, Credentials, Filled, User};
use crate::quantity::Port;

/// The secrets of the user that applications log in as.
pub(super) struct ApplicationSecrets {
    /// In each database of the stack.
    pub(super) databases: Built<DatabaseConfig, Option<Credentials>>,
    /// In each database that is replicated from.
    pub(super) sources: Built<ReplicationConfig, Option<Credentials>>,
}

/// The user that payment code logs in as, on both sides of a replication.
pub(super) const APPLICATION_USER: &str = "payment_app";

impl Composer<'_> {
    /// The secrets of the application's user, on both sides of each replication.
    pub(super) fn application_secrets(&mut self, databases: &Databases) -> ApplicationSecrets {
        ApplicationSecrets {
            databases: Built::all(&self.stack.database, |entry| {
                self.has_application_user(entry)
                    .then(|| self.target_application_secret(entry, databases.of(entry)))
            }),
            sources: Built::all(&self.stack.replication, |entry| {
                let target = Entry::of(&self.stack.database, &entry.target);
                let ours = matches!(entry.source.credentials, CredentialsConfig::Rotated(_));
                (ours && self.has_application_user(target))
                    .then(|| self.source_application_secret(entry, target, databases.of(target)))
            }),
        }
    }

    /// Whether code logs in to a database with a secret of this stack.
    fn has_application_user(&self, database: Entry<'_, DatabaseConfig>) -> bool {
        let ours = matches!(database.aurora().credentials, CredentialsConfig::Rotated(_));
        let mut code = self.payment_code();
        ours && code.any(|(uses, _)| {
            let used = uses.database.as_ref();
            used.is_some_and(|used| used.name() == database.key())
        })
    }

    fn target_application_secret(
        &mut self,
        entry: Entry<'_, DatabaseConfig>,
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
        let key = self.key(DataClass::Secrets, database.region);
        let name = secret::name(&self.context, entry.identity(), "app");
        let description = "The user that payment code logs in as";
        let mut root = self.root.in_region(database.region.as_str());
        let mut scope = entry.scope(&mut root).into_child("application");
        let filled = Filled::Random;
        Credentials::new(
            &mut scope,
            &self.context,
            name,
            description,
            key,
            user,
            filled,
        )
    }

    fn source_application_secret(
        &mut self,
        entry: Entry<'_, ReplicationConfig>,
        target: Entry<'_, DatabaseConfig>,
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
        let key = self.key(DataClass::Secrets, database.region);
        let name = secret::name(&self.context, entry.identity(), "source-app");
        let description = "The user that payment code logs in as before the cutover";
        let mut root = self.root.in_region(database.region.as_str());
        let mut scope = entry.scope(&mut root).into_child("application");
        let filled = Filled::ByOperator;
        Credentials::new(
            &mut scope,
            &self.context,
            name,
            description,
            key,
            user,
            filled,
        )
    }
}
