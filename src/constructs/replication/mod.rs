//! Replication of a database by DMS: full load, change data capture, and the way back.
//!
//! ```text
//! source ──load, forward──► target      load makes its own slot; forward and reverse start from slots
//!        ◄─────reverse─────              that the workflow makes by SQL at the moment of crossing
//! ```
//!
//! The subnet group, the log group and the users' secrets exist in every phase. Instance, endpoints and tasks come and
//! go as a whole; while they are there, nothing of a task changes.

mod endpoints;
mod events;
mod mappings;
mod network;
mod roles;
mod secrets;
mod settings;
mod slots;
mod tasks;

pub use mappings::TableMappings;
pub use roles::DmsRoles;
pub use settings::TaskSettings;
pub use slots::SlotNames;
pub use tasks::{Task, Way};

use crate::aws;
use crate::aws::dms_replication_instance::DmsReplicationInstanceArgs;
use crate::aws::dms_replication_subnet_group::DmsReplicationSubnetGroupArgs;
use crate::config::{
    Database as DatabaseConfig, Engine, Existing, Network as NetworkConfig, Replication,
};
use crate::constructs::core::{Context, Role, SectionRef, with_ignored_changes};
use crate::constructs::data::database::Database;
use crate::constructs::network::vpc::Network;
use crate::constructs::observability::log_group::log_group;
use crate::constructs::security::kms_key::Key;
use crate::diagnostic::Diagnostic;
use crate::newtypes::{Cidr, Port, RetentionDays, TablePattern};
use crate::terraform::tree::{Handle, Scope, Value};
use endpoints::{Endpoints, Side, Trust, Use};
use secrets::UserSecret;
use tasks::Parts;

/// How much of a replication is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// What lasts: the subnet group, the log group and the secrets.
    Dormant,
    /// Instance, endpoints and tasks also.
    Ready,
}

/// A network, and what the stack file says of it.
#[derive(Clone, Copy, Debug)]
pub struct Home<'a> {
    /// The network.
    pub network: &'a Network,
    /// Its section.
    pub config: &'a NetworkConfig,
}

/// What a replication is built from.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// How much of it is there.
    pub activity: Activity,
    /// Where the instance stands.
    pub home: Home<'a>,
    /// The target.
    pub database: &'a Database,
    /// The target's section.
    pub database_config: SectionRef<'a, DatabaseConfig>,
    /// Where the target stands.
    pub database_home: Home<'a>,
    /// The blocks that the source may be in.
    pub source_cidrs: &'a [Cidr],
    /// Encrypts the secrets and what the endpoints keep; of the instance's region.
    pub secrets_key: Key,
    /// Encrypts the instance's storage; of its region.
    pub storage_key: Key,
    /// Encrypts the log group; of the instance's region.
    pub logs_key: Key,
    /// The roles that DMS demands.
    pub roles: DmsRoles,
    /// Secrets that exist.
    pub existing: &'a Existing,
    /// Hears of tasks that fail: the ARN of a topic.
    pub alerts: Option<&'a Value<String>>,
}

/// A replication that was added to a tree.
#[derive(Clone, Debug)]
pub struct Replicated {
    /// The ARN of the secret of the source's replication user, known once it holds a value.
    pub source_secret: Value<String>,
    /// The ARN of the secret of the target's replication user, known once it holds a value.
    pub target_secret: Value<String>,
    /// The port of the source.
    pub source_port: u16,
    /// What comes and goes.
    pub running: Option<Running>,
}

/// The instance and its tasks.
#[derive(Clone, Debug)]
pub struct Running {
    /// The replication instance.
    pub instance: Handle<aws::DmsReplicationInstance>,
    /// The security group around it.
    pub security_group: Handle<aws::SecurityGroup>,
    /// Copies everything, then follows the source.
    pub load: Task,
    /// Follows the source after a way back.
    pub forward: Task,
    /// Leads back; none where the stack file wants no way back.
    pub reverse: Option<Task>,
}

impl Running {
    /// Its tasks: load, forward, reverse.
    pub fn tasks(&self) -> impl Iterator<Item = &Task> {
        [&self.load, &self.forward].into_iter().chain(&self.reverse)
    }
}

impl Replicated {
    /// The replication that `config` describes, in the region of its instance.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        config: SectionRef<'_, Replication>,
        inputs: Inputs<'_>,
    ) -> Self {
        let engine = inputs.database_config.engine();
        let source = &config.config().source;
        let source_port = source.port.map_or(engine.port(), Port::get);
        let subnets = aws::DmsReplicationSubnetGroup::new(DmsReplicationSubnetGroupArgs {
            replication_subnet_group_description: format!(
                "Subnets of replication instance {}",
                config.physical_name_key()
            )
            .into(),
            replication_subnet_group_id: context
                .names
                .keyed("dms-subnets", [config.physical_name_key()])
                .into(),
            subnet_ids: inputs
                .home
                .network
                .subnet_ids(network::INSTANCE_TIERS)
                .into(),
        });
        let subnets = scope.add("subnet-group", inputs.roles.assert(subnets));
        let source_secret = secrets::source(
            scope,
            context,
            config,
            engine,
            source_port,
            inputs.existing,
            inputs.secrets_key,
        );
        let target_secret = secrets::target(
            scope,
            context,
            config,
            inputs.database,
            inputs.database_config,
            inputs.existing,
            inputs.secrets_key,
        );
        let instance_id = context.names.keyed("dms", [config.physical_name_key()]);
        // DMS would make it itself, without a key and for ever (DMS user guide, "Monitoring tasks").
        let logs = log_group(
            format!("dms-tasks-{instance_id}"),
            RetentionDays::PCI,
            inputs.logs_key,
        );
        let logs = scope.add("log-group", logs);
        let running = (inputs.activity == Activity::Ready).then(|| {
            let secrets = [source_secret, target_secret];
            let group = network::security_group(scope, context, config, source_port, &inputs);
            let place = Place {
                instance_id,
                subnets,
                group,
                logs,
            };
            run(scope, context, config, &inputs, secrets, &place)
        });
        if let (Some(running), Some(topic)) = (&running, inputs.alerts) {
            events::on_failure(scope, context, config.physical_name_key(), running, topic);
        }
        Self {
            source_secret: source_secret.populated_arn(),
            target_secret: target_secret.populated_arn(),
            source_port,
            running,
        }
    }
}

/// What the instance is made in.
struct Place {
    instance_id: String,
    subnets: Handle<aws::DmsReplicationSubnetGroup>,
    group: Handle<aws::SecurityGroup>,
    logs: Handle<aws::CloudwatchLogGroup>,
}

/// Adds the instance, its endpoints and its tasks.
fn run(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Replication>,
    inputs: &Inputs<'_>,
    secrets: [UserSecret; 2],
    place: &Place,
) -> Running {
    let replication = config.config();
    let instance_id = &place.instance_id;
    let aurora = inputs.database_config.config().aurora();
    let instance = aws::DmsReplicationInstance::new(DmsReplicationInstanceArgs {
        replication_instance_class: replication.class.as_str().to_owned().into(),
        replication_instance_id: instance_id.clone().into(),
    })
    .allocated_storage(replication.storage.get())
    // PCI DSS 6.5: changes go through change control.
    .auto_minor_version_upgrade(false)
    .kms_key_arn(inputs.storage_key.arn())
    .multi_az(replication.multi_az)
    .preferred_maintenance_window(aurora.maintenance_window.clone())
    .publicly_accessible(false)
    .replication_subnet_group_id(place.subnets.id())
    .vpc_security_group_ids([place.group.id()])
    .depends_on(place.logs);
    let instance = scope.add(
        "instance",
        with_ignored_changes(inputs.roles.assert(instance)),
    );

    let engine = inputs.database_config.engine();
    let schema = control_schema(engine, replication);
    let (access, policy) = access_role(scope, context, config, inputs, secrets);
    let [source, target] = secrets;
    let endpoints = Endpoints {
        context,
        config,
        inputs,
        engine,
        source,
        target,
        access,
        policy,
        trust: Trust::new(scope, context, config, inputs),
        control_schema: &schema,
    };
    let slots = slot_names(scope, config, engine);
    let reading = |slot| Use::Read { slot };
    let read = endpoints.add(scope, "source", Side::Source, &reading(None));
    let write = endpoints.add(scope, "target", Side::Target, &Use::Write);
    let changes = match engine {
        Engine::AuroraPostgresql => endpoints.add(
            scope,
            "changes",
            Side::Source,
            &reading(Some(slots.forward)),
        ),
        // MySQL has no slots: a task is given its position when it starts.
        Engine::AuroraMysql => read,
    };
    let marker_schema = match engine {
        Engine::AuroraPostgresql => PUBLIC,
        Engine::AuroraMysql => &replication.source.database,
    };
    let settings = TaskSettings::new(&schema);
    let mappings = TableMappings::new(&replication.tables, marker_schema);
    let parts = |read, write| Parts {
        instance,
        instance_id,
        read,
        write,
        settings: &settings,
        mappings: &mappings,
    };
    let load = Task::new(scope, context, config, Way::Load, parts(read, write));
    let forward = Task::new(scope, context, config, Way::Forward, parts(changes, write));
    let reverse = replication.reverse_replication.then(|| {
        let reading = reading(Some(slots.reverse));
        let read = endpoints.add(scope, "reverse-source", Side::Target, &reading);
        let write = endpoints.add(scope, "reverse-target", Side::Source, &Use::Write);
        Task::new(scope, context, config, Way::Reverse, parts(read, write))
    });
    Running {
        instance,
        security_group: place.group,
        load,
        forward,
        reverse,
    }
}

/// The names of the slots, checked against PostgreSQL's limit.
fn slot_names(
    scope: &mut Scope<'_>,
    config: SectionRef<'_, Replication>,
    engine: Engine,
) -> SlotNames {
    let slots = SlotNames::new(config);
    if engine == Engine::AuroraPostgresql && slots.forward.len() > SlotNames::MAX_LENGTH {
        let key_path = scope.key_path().clone();
        scope.report(
            Diagnostic::error(format!(
                "the replication slot name `{}` has {} characters; PostgreSQL allows {}",
                slots.forward,
                slots.forward.len(),
                SlotNames::MAX_LENGTH
            ))
            .at(&key_path)
            .help("give the section a shorter key"),
        );
    }
    slots
}

/// The role with which DMS reads the secrets. Its principal is the regional one.
///
/// Source: DMS user guide, "Using secrets to access AWS Database Migration Service endpoints".
fn access_role(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Replication>,
    inputs: &Inputs<'_>,
    secrets: [UserSecret; 2],
) -> (Value<String>, crate::terraform::tree::NodeId) {
    let region = inputs.home.network.region;
    let mut scope = scope.child("access");
    let role = Role::new(
        &mut scope,
        context
            .names
            .keyed("dms-access", [config.physical_name_key()]),
        "Lets DMS read the secrets of the replication users",
        format!("dms.{region}.amazonaws.com"),
    );
    let policy = secrets::reading(secrets, context.account, region);
    let policy = role.allow(&mut scope, policy);
    (role.arn(), policy.into())
}

const PUBLIC: &str = "public";

/// Where DMS keeps its tables on both sides: beside the data, where its user may make them.
fn control_schema(engine: Engine, replication: &Replication) -> String {
    let literal = |schema: &&str| !schema.contains('%');
    let mut schemas = replication.tables.iter().map(TablePattern::schema);
    match engine {
        Engine::AuroraPostgresql => schemas.find(literal).unwrap_or(PUBLIC).to_owned(),
        Engine::AuroraMysql => "awsdms_control".to_owned(),
    }
}
