//! Rotation of database secrets: one function for each database.

use std::collections::BTreeMap;

use crate::compose::composer::Composer;
use crate::compose::foundations::application_secrets::{ApplicationSecret, ApplicationSecrets};
use crate::compose::foundations::database_access::{allow_to_cluster, allow_to_sources};
use crate::compose::foundations::databases::Databases;
use crate::compose::foundations::networks::Networks;
use crate::compose::foundations::parameters::{
    get_parameter_permissions, has_writer, parameter_variables,
};
use crate::compose::foundations::replications::Replications;
use crate::compose::foundations::secret_replicas::secret_replicas;
use crate::compose::foundations::writer_location::{client_clusters, client_hosts};
use crate::compose::phase::replication_footprint;
use crate::compose::queries::sources::SourceEndpoint;
use crate::compose::queries::sources::source_endpoints;
use crate::config::{Architecture, Credentials, Database as DatabaseConfig, Phase};
use crate::constructs::compute::function::{Deletion, Function, FunctionProps};
use crate::constructs::core::SectionRef;
use crate::constructs::data::database::Database;
use crate::constructs::observability::metric_filters::{LoggedFailure, add_failure_metric_filter};
use crate::constructs::replication::Footprint;
use crate::constructs::security::kms_key::DataClass;
use crate::constructs::security::rotation;
use crate::constructs::security::rotation::{RotatedSecret, RotationFunction, enable_rotation};
use crate::lambda_packages::Program;
use crate::newtypes::{Region, Seconds};
use crate::terraform::tree::{Any, ConstructId, Object, Term, Value};

/// A function that rotates the secrets of one database.
pub(crate) struct Rotation {
    /// The database's part of construct paths.
    pub(crate) id: ConstructId,
    /// The function's part of AWS names.
    pub(crate) key: String,
    pub(crate) region: Region,
    pub(crate) function: Function,
    /// Whether its operation `initialize_database` creates the user and the tables of the payment code. With a
    /// replication, the function `cutover` creates the user.
    pub(crate) initializes_database: bool,
}

/// Adds the rotation of each database whose credentials the stack rotates.
pub(crate) fn add(
    composer: &mut Composer<'_>,
    networks: &Networks,
    databases: &Databases,
    secrets: &ApplicationSecrets,
    replications: &Replications,
) -> Vec<Rotation> {
    let mut functions = Vec::new();
    for section in SectionRef::all(&composer.stack.database) {
        let Credentials::Rotated(rotated) = &section.aurora().credentials else {
            continue;
        };
        let database = databases.of(section);
        let mut rotating = vec![RotatedSecret {
            id: "master".into(),
            secret_arn: database.secret_arn.clone(),
            interval: rotated.days,
        }];
        let mut initialized = None;
        if let Some(ApplicationSecret::Own(secret)) = secrets.databases.of(section) {
            rotating.push(RotatedSecret {
                id: "application".into(),
                secret_arn: secret.populated_arn(),
                interval: rotated.days,
            });
            initialized = (!composer.stack.is_replicated(section.key())).then(|| secret.arn());
        }
        let mut on_target: Vec<_> = rotating
            .iter()
            .map(|secret| secret.secret_arn.clone())
            .collect();
        let mut sources = Vec::new();
        for replication in SectionRef::all(&composer.stack.replication) {
            if replication.target.name() != section.key() {
                continue;
            }
            let replicated = replications.of(replication);
            if let Credentials::Rotated(rotated) = &replication.credentials {
                on_target.push(replicated.target_secret_arn.clone());
                rotating.push(RotatedSecret {
                    id: replication
                        .construct_id()
                        .map(|name| format!("replication-{name}")),
                    secret_arn: replicated.target_secret_arn.clone(),
                    interval: rotated.days,
                });
            }
            // Before the migration the secret has no password. Afterwards the source may no longer exist.
            let replicates = replication_footprint(composer.target.phase) == Footprint::Full;
            if let (true, Credentials::Rotated(rotated)) =
                (replicates, &replication.source.credentials)
            {
                rotating.push(RotatedSecret {
                    id: replication
                        .construct_id()
                        .map(|name| format!("source-{name}")),
                    secret_arn: replicated.source_secret_arn.clone(),
                    interval: rotated.days,
                });
                sources.extend(source_endpoints(composer.stack, replication));
            }
        }
        let secrets = RotationSecrets {
            rotating,
            on_target,
            initialized,
        };
        functions.push(add_rotation(
            composer, section, networks, database, secrets, &sources,
        ));
    }
    functions
}

/// The secrets of one rotation.
struct RotationSecrets {
    rotating: Vec<RotatedSecret>,
    /// ARNs of those whose user is on the database of the stack.
    on_target: Vec<Value<String>>,
    /// The secret of the user that `initialize_database` creates.
    initialized: Option<Value<String>>,
}

fn add_rotation(
    composer: &mut Composer<'_>,
    section: SectionRef<'_, DatabaseConfig>,
    networks: &Networks,
    database: &Database,
    secrets: RotationSecrets,
    sources: &[SourceEndpoint],
) -> Rotation {
    let RotationSecrets {
        rotating,
        on_target,
        initialized,
    } = secrets;
    let initializes_database = initialized.is_some();
    let network = networks.get(&section.aurora().network);
    let secrets_key = composer.key(DataClass::Secrets, database.region);
    let function_deps = composer.package_function_deps(Program::Rotation, database.region);
    let mut allowed = rotation::statements(&rotating, secrets_key).to_vec();
    let replicas = secret_replicas(composer, section);
    allowed.extend(rotation::replica_statements(&replicas));
    if has_writer(composer) {
        let parameters = composer.stack.primary_region();
        let actions = Program::Rotation.required_actions();
        allowed.extend(get_parameter_permissions(composer, actions, parameters));
    }
    let key = format!("rotation-{}", section.physical_name_key());
    let props = FunctionProps {
        key: &key,
        description: "Rotates the secrets of a database",
        network: Some(network),
        architecture: Architecture::default(),
        memory_mib: 256,
        timeout: Seconds::constant::<60>(),
        reserved_concurrency: None,
        environment: rotation_variables(composer, section, database, on_target, initialized),
        deletion: Deletion::BeforeUpdates,
        permissions: allowed,
    };
    let mut root = composer.root.in_region(database.region.as_str());
    let mut scope = section.scope(&mut root).into_child("rotation");
    let function = Function::new(&mut scope, &composer.context, props, function_deps);
    add_failure_metric_filter(
        &mut scope,
        &composer.context,
        &key,
        &function.log_group_name(),
        LoggedFailure::Rotation,
    );
    for cluster in client_clusters(composer.stack, section, database) {
        let id = cluster.construct_id(&"database".into());
        allow_to_cluster(&mut scope, function, id, cluster, database.port);
    }
    allow_to_sources(&mut scope, function, sources);
    enable_rotation(
        &mut scope,
        &composer.context,
        RotationFunction {
            name: function.name(),
            arn: function.arn(),
        },
        rotating,
        &database.instances,
    );
    Rotation {
        id: section.construct_id(),
        key,
        region: database.region,
        function,
        initializes_database,
    }
}

/// Environment variables of a rotation. They contain the hosts: the master secret is written before its cluster has one,
/// and the host in another secret is not the writer after a change of the region.
fn rotation_variables(
    composer: &Composer<'_>,
    section: SectionRef<'_, DatabaseConfig>,
    database: &Database,
    secrets: Vec<Value<String>>,
    initialized: Option<Value<String>>,
) -> BTreeMap<&'static str, Value<String>> {
    let hosts = client_hosts(composer.stack, section, database);
    let hosts = hosts.map_or_else(|| vec![database.endpoint()], Vec::from);
    let hosts = hosts.into_iter().map(Value::into_term).collect();
    let address = Value::<Any>::from(Object::from_iter([
        ("dbname", database.name().into_term()),
        ("hosts", Term::List(hosts)),
        ("port", Term::Integer(database.port.into())),
    ]));
    let addresses = secrets.into_iter().map(|secret| (secret, address.clone()));
    let window = match composer.target.phase {
        Phase::Production => "closed",
        Phase::Legacy | Phase::Migration => "open",
    };
    let mut environment = BTreeMap::from([
        (
            "DATABASES",
            Value::<Any>::from(Value::zip(addresses)).to_json(),
        ),
        ("ROLLBACK_WINDOW", window.into()),
    ]);
    environment.extend(initialized.map(|secret| ("APPLICATION_SECRET", secret)));
    if has_writer(composer) {
        environment.extend(parameter_variables(
            composer,
            composer.stack.primary_region(),
        ));
    }
    environment
}
