//! Functions, and the secrets that they connect with.

use std::collections::{BTreeMap, BTreeSet};

use super::environment::{Composer, Databases, Networks};
use crate::config::{
    Code as CodeConfig, Credentials as CredentialsConfig, Database as DatabaseConfig,
    Function as FunctionConfig, Network as NetworkConfig, Ref, Replication as ReplicationConfig,
};
use crate::constructs::database::Database;
use crate::constructs::entry::{Built, Entry};
use crate::constructs::function::{Alias, Artifacts, Code, Function, Plan, Site};
use crate::constructs::key::{DataClass, Key};
use crate::constructs::policy::Statement;
use crate::constructs::reach::{connect, connect_inside, connect_outside};
use crate::constructs::secret::{self, Credentials, Filled, User};
use crate::constructs::transit::dashed;
use crate::programs::Program;
use crate::quantity::{Cidr, Port, Region};
use crate::tree::{Scope, Value};

/// The secrets of the user that applications log in as.
pub(super) struct ApplicationSecrets {
    /// In each database of the stack.
    pub(super) databases: Built<DatabaseConfig, Option<Credentials>>,
    /// In each database that is replicated from.
    pub(super) sources: Built<ReplicationConfig, Option<Credentials>>,
}

/// The alias that callers name.
const LIVE: &str = "live";

/// The user that payment code logs in as, on both sides of a replication.
pub(super) const APPLICATION_USER: &str = "payment_app";

/// A function that the stack file names, and what its callers call.
#[derive(Clone, Copy)]
pub(super) struct Named {
    pub(super) function: Function,
    pub(super) live: Alias,
}

/// None where `lambda/` lacks the program.
pub(super) type Functions = Built<FunctionConfig, Option<Named>>;

impl Composer<'_> {
    /// The functions that the stack file names: in every phase, since they cost nothing until they are
    /// called, and their logs are a record.
    pub(super) fn functions(
        &mut self,
        networks: &Networks,
        databases: &Databases,
        secrets: &ApplicationSecrets,
    ) -> Functions {
        Built::all(&self.stack.function, |entry| {
            let CodeConfig::Program(program) = entry.code else {
                return None;
            };
            let program = Program::named(program)?;
            Some(self.function(entry, program, networks, databases, secrets))
        })
    }

    fn function(
        &mut self,
        entry: Entry<'_, FunctionConfig>,
        program: Program,
        networks: &Networks,
        databases: &Databases,
        secrets: &ApplicationSecrets,
    ) -> Named {
        let network = networks.get(&entry.network);
        let secrets_key = self.key(DataClass::Secrets, network.region);
        let mut environment: BTreeMap<&str, Value<String>> = entry
            .environment
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone().into()))
            .collect();
        environment.insert("PARAMETERS", self.context.names.parameter_root().into());
        let mut allowed = vec![self.reads_parameters(network.region)];
        let users = entry.uses.database.iter();
        let readable: Vec<_> = users
            .flat_map(|used| self.application_secrets_of(used, secrets))
            .collect();
        for (variable, secret) in &readable {
            environment.insert(variable, secret.arn());
        }
        if !readable.is_empty() {
            let readable = readable.into_iter().map(|(_, secret)| secret.arn());
            allowed.extend(reads_secrets(readable, secrets_key));
        }
        let site = self.function_site(program, network.region);
        let computes = self.computes();
        let plan = Plan {
            key: entry.identity(),
            description: "Takes payments",
            network: Some(network),
            architecture: entry.architecture,
            memory: entry.memory,
            timeout: entry.timeout,
            reserved_concurrency: entry.reserved_concurrency,
            environment,
            allowed,
        };
        let used = entry.uses.database.as_ref();
        let sources = used.map_or_else(Vec::new, |used| self.sources_of(used));
        let mut root = self.root.in_region(network.region.as_str());
        let mut scope = entry.scope(&mut root);
        let function = Function::new(&mut scope, &self.context, plan, site);
        if let Some(used) = used {
            let database = databases.get(used);
            reach(&mut scope, function, used.name().as_str(), database);
        }
        for (id, cidr, port) in sources {
            if let Some(standing) = function.standing() {
                let (group, why) = (
                    standing.security_group,
                    "Functions to the database that is left",
                );
                connect_outside(&mut scope, &id, group, cidr, port, why);
            }
        }
        let live = Alias::new(&mut scope.child("alias"), function, LIVE);
        if let (true, Some(count)) = (computes, &entry.provisioned_concurrency) {
            live.keep_warm(&mut scope, &self.context, entry.identity(), count);
        }
        Named { function, live }
    }

    /// Where the databases are that `used` is filled from, and their ports: until the cutover payments
    /// are written there.
    fn sources_of(&self, used: &Ref<DatabaseConfig>) -> Vec<(String, Cidr, u16)> {
        let mut sources = Vec::new();
        for replication in Entry::all(&self.stack.replication) {
            if replication.target.name() != used.name() {
                continue;
            }
            let target = Entry::of(&self.stack.database, &replication.target);
            let port = replication.source.port.map(Port::get);
            let port = port.unwrap_or(target.engine().port());
            let cidrs = self.source_cidrs(replication).into_iter();
            sources.extend(cidrs.map(|cidr| {
                let id = format!("{}-source-{}", replication.key(), dashed(cidr));
                (id, cidr, port)
            }));
        }
        sources
    }

    /// The secrets that code which uses a database reads, by the variables that name them.
    fn application_secrets_of(
        &self,
        used: &Ref<DatabaseConfig>,
        secrets: &ApplicationSecrets,
    ) -> Vec<(&'static str, Credentials)> {
        let target = *secrets.databases.get(used);
        let sources = Entry::all(&self.stack.replication)
            .filter(|replication| replication.target.name() == used.name())
            .filter_map(|replication| *secrets.sources.of(replication));
        target
            .map(|target| ("TARGET_SECRET", target))
            .into_iter()
            .chain(sources.map(|source| ("SOURCE_SECRET", source)))
            .collect()
    }

    /// What a function of `region` that runs `program` has in common with others.
    pub(super) fn function_site(&mut self, program: Program, region: Region) -> Site {
        Site {
            code: self.code(program, region),
            functions_key: self.key(DataClass::Functions, region),
            logs_key: self.key(DataClass::Logs, region),
            retention: self.retention(),
        }
    }

    /// The code of `program`, in the bucket of `region`.
    fn code(&mut self, program: Program, region: Region) -> Code {
        let key = self.key(DataClass::Functions, region);
        let mut scope = self.root.in_region(region.as_str());
        let mut scope = scope.child("artifacts").into_child(region.short());
        let artifacts = self
            .artifacts
            .entry(region)
            .or_insert_with(|| Artifacts::new(&mut scope, &self.context, region, key));
        artifacts.code(&mut scope, program)
    }

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
        let mut functions = self.stack.function.iter();
        ours && functions.any(|(_, function)| {
            let used = function.uses.database.as_ref();
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

    /// Lets the networks whose functions use a database of another network in: once each, since AWS takes a
    /// rule once.
    pub(super) fn admissions(&mut self, networks: &Networks, databases: &Databases) {
        for entry in Entry::all(&self.stack.database) {
            let database = databases.of(entry);
            let mut others = self.users_of(entry);
            others.remove(&entry.aurora().network);
            for other in &others {
                let id = Entry::of(&self.stack.network, other).construct_id();
                let mut root = self.root.in_region(database.region.as_str());
                let mut scope = entry.scope(&mut root).into_child("admits");
                let cidr = networks.get(other).cidr;
                let group = database.standing.security_group;
                let why = "Functions of another network";
                connect_inside(&mut scope, id, cidr, group, database.port, why);
            }
        }
    }

    /// The networks whose functions use a database.
    fn users_of(&self, database: Entry<'_, DatabaseConfig>) -> BTreeSet<Ref<NetworkConfig>> {
        let is_used = |used: &Ref<DatabaseConfig>| used.name() == database.key();
        let mut networks = BTreeSet::new();
        for (_, function) in self.stack.function.iter() {
            if function.uses.database.as_ref().is_some_and(is_used) {
                networks.insert(function.network.clone());
            }
        }
        for (_, workflow) in self.stack.workflow.iter() {
            let mut replications = workflow.replications.iter();
            if replications.any(|name| is_used(&self.stack.replication.resolve(name).target)) {
                networks.insert(workflow.network.clone());
            }
        }
        networks
    }

    /// Lets a function read the parameters of this environment.
    pub(super) fn reads_parameters(&self, region: Region) -> Statement {
        let path = format!("parameter{}/*", self.context.names.parameter_root());
        Statement::allow(
            [
                "ssm:GetParameter",
                "ssm:GetParameters",
                "ssm:GetParametersByPath",
            ],
            [self.context.account.arn("ssm", region.as_str(), path)],
        )
        .sid("Parameters")
    }
}

/// Lets a function read secrets, and decrypt them.
pub(super) fn reads_secrets(
    secrets: impl IntoIterator<Item = Value<String>>,
    key: Key,
) -> [Statement; 2] {
    [
        Statement::allow(
            [
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
            ],
            secrets,
        )
        .sid("Secrets"),
        Statement::allow(["kms:Decrypt"], [key.arn()]).sid("SecretsKey"),
    ]
}

/// Lets a function connect to a database.
pub(super) fn reach(scope: &mut Scope<'_>, function: Function, id: &str, database: &Database) {
    if let Some(standing) = function.standing() {
        connect(
            scope,
            id,
            standing,
            database.standing,
            database.port,
            "Functions to their database",
        );
    }
}
