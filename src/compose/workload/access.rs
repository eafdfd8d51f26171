//! Access of payment code to the foundations: environment variables, IAM permissions and network paths. It is the
//! same for functions, Fargate tasks and instances.

use std::collections::BTreeMap;

use crate::compose::composer::Composer;
use crate::compose::foundations::Foundations;
use crate::compose::foundations::application_secrets::{ApplicationSecret, ApplicationSecrets};
use crate::compose::foundations::parameters::{get_parameter_permissions, parameter_variables};
use crate::compose::foundations::secret_permissions::{
    existing_secret_permissions, secret_permissions,
};
use crate::compose::foundations::writer_location::{client_clusters, client_hosts};
use crate::compose::queries::sources::{SourceEndpoint, source_endpoints};
use crate::config::{
    Bucket as BucketConfig, Database as DatabaseConfig, Ref, Section, Stack, Uses,
};
use crate::constructs::core::{SectionRef, Statement};
use crate::constructs::data::table::Table;
use crate::constructs::network::security_group_rules::{NetworkPlacement, allow, allow_to_cidr};
use crate::constructs::security::kms_key::DataClass;
use crate::lambda_packages::RequiredActions;
use crate::newtypes::Region;
use crate::terraform::tree::{Any, ConstructId, List, NodeId, Scope, Value};

/// Permissions on a table, in the replica of `region`.
pub(crate) fn table_permissions(
    composer: &Composer<'_>,
    table: &Table,
    actions: RequiredActions,
    region: Region,
) -> Vec<Statement> {
    if actions.tables.is_empty() {
        return Vec::new();
    }
    let mut resources = vec![table.arn_in(&composer.context, region)];
    resources.extend(table.index_arns_in(&composer.context, region));
    // DynamoDB uses the table's key with the permissions of the caller (developer guide, "Encryption at rest: how
    // it works").
    let key = [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
    ];
    vec![
        Statement::allow(actions.tables.iter().copied(), resources),
        Statement::allow(key, [table.key_in(region).arn()]).condition(
            "StringEquals",
            "kms:ViaService",
            format!("dynamodb.{region}.amazonaws.com"),
        ),
    ]
}

/// Access that some code is granted.
#[derive(Debug)]
pub(crate) struct AccessGrant {
    /// Names and ARNs by environment variable. Never a secret.
    pub(crate) environment: BTreeMap<String, Value<String>>,
    /// IAM permissions.
    pub(crate) allowed: Vec<Statement>,
    paths: Vec<NetworkPath>,
}

/// A network path to a database.
#[derive(Debug)]
enum NetworkPath {
    /// A cluster of a database of the stack.
    Cluster {
        id: ConstructId,
        placement: NetworkPlacement,
        port: u16,
    },
    /// A source database.
    Source(SourceEndpoint),
}

impl AccessGrant {
    /// Allows the network paths from `placement`. `scope` is the client's. Returns the security group rules.
    pub(crate) fn connect(
        &self,
        scope: &mut Scope<'_>,
        placement: NetworkPlacement,
    ) -> Vec<NodeId> {
        let mut rules = Vec::new();
        for path in &self.paths {
            match path {
                NetworkPath::Cluster {
                    id,
                    placement: server,
                    port,
                } => {
                    let why = "Payment code to database";
                    rules.extend(allow(scope, id.clone(), placement, *server, *port, why));
                }
                NetworkPath::Source(SourceEndpoint { id, cidr, port }) => {
                    let why = "Payment code to source database";
                    rules.push(allow_to_cidr(
                        scope,
                        id.clone(),
                        *cidr,
                        placement.security_group.id(),
                        *port,
                        why,
                    ));
                }
            }
        }
        rules
    }
}

/// Access for `uses`, of code in `region` that calls these AWS actions.
pub(crate) fn grant(
    composer: &mut Composer<'_>,
    uses: &Uses,
    actions: RequiredActions,
    region: Region,
    foundations: &Foundations<'_>,
) -> AccessGrant {
    let variables = parameter_variables(composer, region).into_iter();
    let mut grant = AccessGrant {
        environment: variables
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        allowed: get_parameter_permissions(composer, actions, region)
            .into_iter()
            .collect(),
        paths: Vec::new(),
    };
    if let Some(database) = &uses.database {
        grant_database(
            composer,
            &mut grant,
            database,
            (actions, region),
            foundations,
        );
    }
    grant_buckets(
        composer.stack,
        &mut grant,
        &uses.buckets,
        actions,
        region,
        foundations,
    );
    for name in &uses.tables {
        let table = foundations.tables.get(name);
        grant.environment.insert(
            variable("TABLE", SectionRef::resolve(&composer.stack.table, name)),
            table.name(),
        );
        grant
            .allowed
            .extend(table_permissions(composer, table, actions, region));
    }
    grant
}

fn grant_database(
    composer: &mut Composer<'_>,
    grant: &mut AccessGrant,
    name: &Ref<DatabaseConfig>,
    (actions, region): (RequiredActions, Region),
    foundations: &Foundations<'_>,
) {
    let database = foundations.databases.get(name);
    let readable = application_secrets_of(composer, name, &foundations.application_secrets);
    for (variable, secret) in &readable {
        grant
            .environment
            .insert((*variable).to_owned(), secret.arn_in(region));
    }
    let section = SectionRef::resolve(&composer.stack.database, name);
    if let Some(hosts) = client_hosts(composer.stack, section, database) {
        let hosts = Value::<Any>::from(hosts.into_iter().collect::<Value<List<String>>>());
        let hosts = hosts.to_json();
        grant.environment.insert("TARGET_HOSTS".to_owned(), hosts);
    }
    let (own, existing): (Vec<_>, Vec<_>) = readable
        .into_iter()
        .map(|(_, secret)| secret)
        .partition(|secret| matches!(secret, ApplicationSecret::Own(_)));
    if !own.is_empty() {
        let key = composer.key(DataClass::Secrets, region);
        let own = own.iter().map(|secret| secret.arn_in(region));
        grant.allowed.extend(secret_permissions(own, actions, key));
    }
    let existing = existing.iter().map(ApplicationSecret::arn);
    grant.allowed.extend(existing_secret_permissions(
        composer,
        existing,
        actions,
        database.region,
    ));
    for cluster in client_clusters(composer.stack, section, database) {
        grant.paths.push(NetworkPath::Cluster {
            id: cluster.construct_id(&section.construct_id()),
            placement: cluster.placement,
            port: database.port,
        });
    }
    let sources = source_endpoints_of(composer, name).into_iter();
    grant.paths.extend(sources.map(NetworkPath::Source));
}

fn grant_buckets(
    stack: &Stack,
    grant: &mut AccessGrant,
    names: &[Ref<BucketConfig>],
    actions: RequiredActions,
    region: Region,
    foundations: &Foundations<'_>,
) {
    let (mut objects, mut keys) = (Vec::new(), Vec::new());
    for name in names {
        // The bucket of its own region, so that the loss of another one does not stop the code.
        let replica = foundations.bucket_replicas.get(name).as_ref();
        let bucket = match replica {
            Some(replica) if replica.region == region => &replica.bucket,
            _ => foundations.buckets.get(name),
        };
        grant.environment.insert(
            variable("BUCKET", SectionRef::resolve(&stack.bucket, name)),
            bucket.name(),
        );
        let prefixes = actions.put_prefixes.iter();
        objects.extend(prefixes.map(|prefix| bucket.objects_arn(prefix)));
        let key = bucket.key().arn();
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    if !objects.is_empty() {
        let write = Statement::allow(["s3:PutObject"], objects);
        grant.allowed.push(write.sid("PutObjects"));
        let encrypt = Statement::allow(["kms:GenerateDataKey"], keys);
        grant.allowed.push(encrypt.sid("BucketKeys"));
    }
}

/// Endpoints of the sources of a database. Payments are written there until the cutover.
fn source_endpoints_of(
    composer: &Composer<'_>,
    database: &Ref<DatabaseConfig>,
) -> Vec<SourceEndpoint> {
    SectionRef::all(&composer.stack.replication)
        .filter(|replication| replication.target.name() == database.name())
        .flat_map(|replication| source_endpoints(composer.stack, replication))
        .collect()
}

/// The application secrets of a database and of its sources, with the environment variables of their ARNs.
fn application_secrets_of(
    composer: &Composer<'_>,
    database: &Ref<DatabaseConfig>,
    secrets: &ApplicationSecrets,
) -> Vec<(&'static str, ApplicationSecret)> {
    let target = *secrets.databases.get(database);
    let sources = SectionRef::all(&composer.stack.replication)
        .filter(|replication| replication.target.name() == database.name())
        .filter_map(|replication| *secrets.sources.of(replication));
    target
        .map(|target| ("TARGET_SECRET", target))
        .into_iter()
        .chain(sources.map(|source| ("SOURCE_SECRET", source)))
        .collect()
}

/// The environment variable with the name of a section's resource: `BUCKET_AUDIT`.
fn variable<T: Section>(kind: &str, section: SectionRef<'_, T>) -> String {
    let name = format!("{kind}_{}", section.physical_name_key());
    name.to_uppercase().replace('-', "_")
}
