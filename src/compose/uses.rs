//! What payment code may use: names in its environment, permissions, and ways through the network. The same
//! for a function, for tasks and for instances.

use std::collections::{BTreeMap, BTreeSet};

use super::application_secrets::{ApplicationSecret, ApplicationSecrets};
use super::environment::{Composer, Databases, Networks};
use super::operations::Buckets;
use super::replications::SourceWay;
use super::tables::Tables;
use crate::config::{
    Bucket as BucketConfig, Database as DatabaseConfig, Network as NetworkConfig, Ref, Service,
    Uses,
};
use crate::constructs::data::database::Database;

use crate::constructs::compute::function::Function;
use crate::constructs::core::{SectionRef, Statement};
use crate::constructs::network::security_group_rules::{
    NetworkPlacement, allow, allow_from_cidr, allow_to_cidr,
};
use crate::constructs::security::kms_key::{DataClass, Key};
use crate::lambda_packages::RequiredActions;
use crate::newtypes::{Key as Name, Region};
use crate::terraform::tree::{Scope, Value};

/// What there is to use.
#[derive(Clone, Copy)]
pub(super) struct Stores<'a> {
    pub(super) databases: &'a Databases,
    pub(super) secrets: &'a ApplicationSecrets,
    pub(super) buckets: &'a Buckets,
    pub(super) tables: &'a Tables,
}

/// What some code gets for what it uses.
#[derive(Debug)]
pub(super) struct Used {
    /// Names and ARNs by environment variable; never a secret.
    pub(super) environment: BTreeMap<String, Value<String>>,
    /// What it may do.
    pub(super) allowed: Vec<Statement>,
    ways: Vec<Way>,
}

/// A way through the network.
#[derive(Debug)]
enum Way {
    /// To a database of the stack.
    Database {
        id: String,
        placement: NetworkPlacement,
        port: u16,
    },
    /// To a database that is left.
    Source(SourceWay),
}

impl Used {
    /// Lets what stands at `placement` connect to what it uses. `scope` is the client's.
    pub(super) fn connect(&self, scope: &mut Scope<'_>, placement: NetworkPlacement) {
        for way in &self.ways {
            match way {
                Way::Database {
                    id,
                    placement: server,
                    port,
                } => {
                    let why = "Payment code to its database";
                    allow(scope, id, placement, *server, *port, why);
                }
                Way::Source(SourceWay { id, cidr, port }) => {
                    let why = "Payment code to the source database";
                    allow_to_cidr(
                        scope,
                        id.clone(),
                        *cidr,
                        placement.security_group.id(),
                        *port,
                        why,
                    );
                }
            }
        }
    }
}

impl Composer<'_> {
    /// What code of `region` that makes these calls gets for `uses`.
    pub(super) fn used(
        &mut self,
        uses: &Uses,
        actions: RequiredActions,
        region: Region,
        stores: Stores<'_>,
    ) -> Used {
        let told = self.tells_parameters().into_iter();
        let mut used = Used {
            environment: told.map(|(name, value)| (name.to_owned(), value)).collect(),
            allowed: self.reads_parameters(actions).into_iter().collect(),
            ways: Vec::new(),
        };
        if let Some(database) = &uses.database {
            self.add_database(&mut used, database, actions, stores);
        }
        Self::add_buckets(&mut used, &uses.buckets, stores.buckets);
        for name in &uses.tables {
            let table = stores.tables.get(name);
            used.environment
                .insert(variable("TABLE", name.name()), table.name());
            used.allowed
                .extend(self.table_access(table, actions, region));
        }
        used
    }

    fn add_database(
        &mut self,
        used: &mut Used,
        name: &Ref<DatabaseConfig>,
        actions: RequiredActions,
        stores: Stores<'_>,
    ) {
        let database = stores.databases.get(name);
        let readable = self.application_secrets_of(name, stores.secrets);
        for (variable, secret) in &readable {
            used.environment
                .insert((*variable).to_owned(), secret.arn());
        }
        let (own, existing): (Vec<_>, Vec<_>) = readable
            .into_iter()
            .map(|(_, secret)| secret)
            .partition(|secret| matches!(secret, ApplicationSecret::Own(_)));
        if !own.is_empty() {
            let key = self.key(DataClass::Secrets, database.region);
            let own = own.iter().map(ApplicationSecret::arn);
            used.allowed.extend(reads_secrets(own, actions, key));
        }
        let existing = existing.iter().map(ApplicationSecret::arn);
        used.allowed
            .extend(self.reads_existing_secrets(existing, actions, database.region));
        used.ways.push(Way::Database {
            id: name.name().to_string(),
            placement: database.placement,
            port: database.port,
        });
        let sources = self.sources_of(name).into_iter();
        used.ways.extend(sources.map(Way::Source));
    }

    fn add_buckets(used: &mut Used, names: &[Ref<BucketConfig>], buckets: &Buckets) {
        let (mut objects, mut keys) = (Vec::new(), Vec::new());
        for name in names {
            let bucket = buckets.get(name);
            used.environment
                .insert(variable("BUCKET", name.name()), bucket.name());
            objects.push(bucket.objects(""));
            let key = bucket.key().arn();
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        if !objects.is_empty() {
            let write = Statement::allow(["s3:PutObject"], objects);
            used.allowed.push(write.sid("PutObjects"));
            let encrypt = Statement::allow(["kms:GenerateDataKey"], keys);
            used.allowed.push(encrypt.sid("BucketKeys"));
        }
    }

    /// Where the databases are that `used` is filled from, and their ports: until the cutover payments
    /// are written there.
    fn sources_of(&self, used: &Ref<DatabaseConfig>) -> Vec<SourceWay> {
        SectionRef::all(&self.stack.replication)
            .filter(|replication| replication.target.name() == used.name())
            .flat_map(|replication| self.ways_to_source(replication))
            .collect()
    }

    /// The secrets that code which uses a database reads, by the variables that name them.
    fn application_secrets_of(
        &self,
        used: &Ref<DatabaseConfig>,
        secrets: &ApplicationSecrets,
    ) -> Vec<(&'static str, ApplicationSecret)> {
        let target = *secrets.databases.get(used);
        let sources = SectionRef::all(&self.stack.replication)
            .filter(|replication| replication.target.name() == used.name())
            .filter_map(|replication| *secrets.sources.of(replication));
        target
            .map(|target| ("TARGET_SECRET", target))
            .into_iter()
            .chain(sources.map(|source| ("SOURCE_SECRET", source)))
            .collect()
    }

    /// Lets the networks whose code uses a database of another network in: once each, since AWS takes a
    /// rule once.
    pub(super) fn admissions(&mut self, networks: &Networks, databases: &Databases) {
        for entry in SectionRef::all(&self.stack.database) {
            let database = databases.of(entry);
            let mut others = self.users_of(entry);
            others.remove(&entry.aurora().network);
            for other in &others {
                let id = SectionRef::resolve(&self.stack.network, other).construct_id();
                let mut root = self.root.in_region(database.region.as_str());
                let mut scope = entry.scope(&mut root);
                let cidr = networks.get(other).cidr;
                let group = database.placement.security_group.id();
                let why = "Payment code of another network";
                allow_from_cidr(&mut scope, id, cidr, group, database.port, why);
            }
        }
    }

    /// The networks whose code uses a database.
    pub(super) fn users_of(
        &self,
        database: SectionRef<'_, DatabaseConfig>,
    ) -> BTreeSet<Ref<NetworkConfig>> {
        let is_used = |used: &Ref<DatabaseConfig>| used.name() == database.key();
        let mut networks = BTreeSet::new();
        for (uses, places) in self.payment_code() {
            if uses.database.as_ref().is_some_and(is_used) {
                networks.extend(places.iter().cloned());
            }
        }
        let workflows = self.stack.workflow.iter();
        let workflows = workflows.map(|(_, led)| (&led.replications, &led.network));
        let runbooks = self.stack.runbook.iter();
        let runbooks = runbooks.map(|(_, led)| (&led.replications, &led.network));
        for (replications, network) in workflows.chain(runbooks) {
            let mut replications = replications.iter();
            if replications.any(|name| is_used(&self.stack.replication.resolve(name).target)) {
                networks.insert(network.clone());
            }
        }
        networks
    }

    /// Everything that runs payments: what it uses, and where it runs.
    pub(super) fn payment_code(&self) -> impl Iterator<Item = (&Uses, &[Ref<NetworkConfig>])> {
        let functions = self.stack.function.iter();
        let functions = functions
            .map(|(_, function)| (&function.uses, std::slice::from_ref(&function.network)));
        let services = self.stack.service.iter();
        let services = services.filter_map(|(_, service)| match service {
            Service::Fargate(tasks) => Some((&tasks.uses, tasks.networks.as_slice())),
            Service::Instances(instances) => {
                Some((&instances.uses, std::slice::from_ref(&instances.network)))
            }
            // Its function is among the functions.
            Service::Function(_) => None,
        });
        functions.chain(services)
    }

    /// Lets code read secrets that exist.
    fn reads_existing_secrets(
        &self,
        secrets: impl IntoIterator<Item = Value<String>>,
        actions: RequiredActions,
        region: Region,
    ) -> Vec<Statement> {
        let secrets: Vec<_> = secrets.into_iter().collect();
        if actions.secrets.is_empty() {
            return Vec::new();
        }
        let Some(decrypt) = self.decrypts_existing_secrets(&secrets, region) else {
            return Vec::new();
        };
        let read = Statement::allow(actions.secrets.iter().copied(), secrets);
        vec![read.sid("GetExistingSecrets"), decrypt]
    }

    /// Lets code decrypt secrets that exist, with whatever key their owner chose: Secrets Manager tells KMS which
    /// secret it decrypts (its user guide, "Secret encryption and decryption").
    pub(super) fn decrypts_existing_secrets(
        &self,
        secrets: &[Value<String>],
        region: Region,
    ) -> Option<Statement> {
        if secrets.is_empty() {
            return None;
        }
        let via = format!("secretsmanager.{region}.amazonaws.com");
        let keys = self.context.account.arn("kms", region.as_str(), "key/*");
        let decrypt = Statement::allow(["kms:Decrypt"], [keys])
            .sid("ExistingSecretsKeys")
            .when("StringEquals", "kms:ViaService", via);
        Some(secrets.iter().fold(decrypt, |statement, secret| {
            let key = "kms:EncryptionContext:SecretARN";
            statement.when("StringEquals", key, secret.clone())
        }))
    }

    /// Where the parameters of this environment are. There is one of each, in the first region, whatever
    /// region code runs in: two would be two answers to the question who takes writes.
    pub(super) fn tells_parameters(&self) -> [(&'static str, Value<String>); 2] {
        let region = self.stack.primary_region();
        [
            (
                "PARAMETER_PREFIX",
                self.context.names.parameter_root().into(),
            ),
            ("PARAMETER_REGION", region.as_str().into()),
        ]
    }

    /// Lets code read the parameters of this environment.
    pub(super) fn reads_parameters(&self, actions: RequiredActions) -> Option<Statement> {
        if actions.parameters.is_empty() {
            return None;
        }
        let region = self.stack.primary_region();
        let path = format!("parameter{}/*", self.context.names.parameter_root());
        let parameters = self.context.account.arn("ssm", region.as_str(), path);
        let read = Statement::allow(actions.parameters.iter().copied(), [parameters]);
        Some(read.sid("GetParameters"))
    }
}

/// The environment variable that names something of the stack: `BUCKET_AUDIT`.
fn variable(kind: &str, key: &Name) -> String {
    format!("{kind}_{key}").to_uppercase().replace('-', "_")
}

/// Lets code read secrets, and decrypt those that a key of the stack encrypts.
pub(super) fn reads_secrets(
    secrets: impl IntoIterator<Item = Value<String>>,
    actions: RequiredActions,
    key: impl Into<Option<Key>>,
) -> Vec<Statement> {
    let secrets: Vec<_> = secrets.into_iter().collect();
    if secrets.is_empty() || actions.secrets.is_empty() {
        return Vec::new();
    }
    let mut allowed =
        vec![Statement::allow(actions.secrets.iter().copied(), secrets).sid("GetSecrets")];
    if let Some(key) = key.into() {
        allowed.push(Statement::allow(["kms:Decrypt"], [key.arn()]).sid("SecretsKey"));
    }
    allowed
}

/// Lets a function connect to databases outside the stack.
pub(super) fn reach_outside(scope: &mut Scope<'_>, function: Function, ways: &[SourceWay]) {
    if let Some(placement) = function.placement() {
        let why = "Functions to the source database";
        for SourceWay { id, cidr, port } in ways {
            allow_to_cidr(
                scope,
                id.clone(),
                *cidr,
                placement.security_group.id(),
                *port,
                why,
            );
        }
    }
}

/// Lets a function connect to a database.
pub(super) fn reach(scope: &mut Scope<'_>, function: Function, id: &str, database: &Database) {
    if let Some(placement) = function.placement() {
        allow(
            scope,
            id,
            placement,
            database.placement,
            database.port,
            "Functions to their database",
        );
    }
}
