//! The replication instance with its endpoints and tasks.

use super::endpoint::{EndpointAccess, Endpoints, Side};
use super::props::ReplicationProps;
use super::security_group::InstanceSecurityGroup;
use super::slot_names::SlotNames;
use super::table_mappings::TableMappings;
use super::task::{Task, TaskKind, TaskProps};
use super::tls_certificates::TlsCertificates;
use super::user_secret::{UserSecret, read_policy};
use crate::aws;
use crate::aws::dms_replication_instance::DmsReplicationInstanceArgs;
use crate::config::{Engine, Replication as Config};
use crate::constructs::core::{Context, Role, with_ignored_changes};
use crate::diagnostic::Diagnostic;
use crate::newtypes::TablePattern;
use crate::terraform::tree::{Handle, NodeId, Scope, Value};

/// The instance and its tasks, while the footprint is full.
#[derive(Clone, Debug)]
pub struct ActiveReplication {
    /// The replication instance.
    pub instance: Handle<aws::DmsReplicationInstance>,
    /// The endpoints of all tasks, each once.
    pub endpoints: Vec<Handle<aws::DmsEndpoint>>,
    /// The security group of the instance.
    pub security_group: Handle<aws::SecurityGroup>,
    /// Copies all rows, then replicates changes to the target.
    pub full_load: Task,
    /// Replicates changes to the target after a rollback.
    pub forward: Task,
    /// Replicates changes to the source after the cutover; none without reverse replication.
    pub reverse: Option<Task>,
}

/// Components that an instance uses.
pub(super) struct InstanceProps {
    pub(super) instance_id: String,
    pub(super) subnet_group: Handle<aws::DmsReplicationSubnetGroup>,
    pub(super) security_group: InstanceSecurityGroup,
    pub(super) log_group: Handle<aws::CloudwatchLogGroup>,
    pub(super) source_secret: UserSecret,
    pub(super) target_secret: UserSecret,
}

impl ActiveReplication {
    /// Adds the instance, its endpoints and its tasks.
    pub(super) fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: &ReplicationProps<'_>,
        instance_props: &InstanceProps,
    ) -> Self {
        let replication = props.section.config();
        let instance = add_instance(scope, props, instance_props);
        let security_group = instance_props.security_group.group;
        let instance_id = &instance_props.instance_id;

        let engine = props.database_section.engine();
        let control_schema = control_schema(engine, replication);
        let mut added = Vec::new();
        let secrets = [instance_props.source_secret, instance_props.target_secret];
        let (access_role_arn, access_policy) = add_access_role(scope, context, props, secrets);
        let endpoints = Endpoints {
            context,
            props,
            engine,
            source_secret: instance_props.source_secret,
            target_secret: instance_props.target_secret,
            access_role_arn,
            access_policy,
            certificates: TlsCertificates::new(scope, context, props),
            control_schema: &control_schema,
        };
        let slots = slot_names(scope, context, props, engine);
        let dms_slot = EndpointAccess::Read { slot: None };
        let read = endpoints.add(scope, "source", Side::Source, &dms_slot);
        let write = endpoints.add(scope, "target", Side::Target, &EndpointAccess::Write);
        let read_changes = match engine {
            Engine::AuroraPostgresql => {
                let slot = Some(slots.forward);
                let access = EndpointAccess::Read { slot };
                endpoints.add(scope, "forward-source", Side::Source, &access)
            }
            // MySQL has no slots: the task receives a binary log position when it starts.
            Engine::AuroraMysql => read,
        };
        added.extend([read, write]);
        if engine == Engine::AuroraPostgresql {
            added.push(read_changes);
        }
        let marker_schema = match engine {
            Engine::AuroraPostgresql => PUBLIC,
            Engine::AuroraMysql => &replication.source.database,
        };
        let mappings = TableMappings::new(&replication.tables, marker_schema);
        let rules = instance_props.security_group.rules.iter();
        let connectivity: Vec<_> = rules.chain(props.connectivity).copied().collect();
        let task = |kind, read, write| TaskProps {
            key: props.section.physical_name_key(),
            kind,
            instance,
            instance_id,
            read,
            write,
            control_schema: &control_schema,
            mappings: &mappings,
            connectivity: &connectivity,
        };
        let full_load = task(TaskKind::FullLoadAndCdc, read, write);
        let full_load = Task::new(scope, context, full_load);
        let forward = task(TaskKind::ForwardCdc, read_changes, write);
        let forward = Task::new(scope, context, forward);
        let reverse = replication.reverse_replication.then(|| {
            let slot = Some(slots.reverse);
            let access = EndpointAccess::Read { slot };
            let read = endpoints.add(scope, "reverse-source", Side::Target, &access);
            let access = EndpointAccess::Write;
            let write = endpoints.add(scope, "reverse-target", Side::Source, &access);
            added.extend([read, write]);
            Task::new(scope, context, task(TaskKind::ReverseCdc, read, write))
        });
        Self {
            instance,
            endpoints: added,
            security_group,
            full_load,
            forward,
            reverse,
        }
    }

    /// The tasks: full load, forward, reverse.
    pub fn tasks(&self) -> impl Iterator<Item = &Task> {
        [&self.full_load, &self.forward]
            .into_iter()
            .chain(&self.reverse)
    }
}

fn add_instance(
    scope: &mut Scope<'_>,
    props: &ReplicationProps<'_>,
    instance_props: &InstanceProps,
) -> Handle<aws::DmsReplicationInstance> {
    let replication = props.section.config();
    let aurora = props.database_section.config().aurora();
    let instance = aws::DmsReplicationInstance::new(DmsReplicationInstanceArgs {
        replication_instance_class: replication.class.as_str().to_owned().into(),
        replication_instance_id: instance_props.instance_id.clone().into(),
    })
    .allocated_storage(replication.storage.get())
    // PCI DSS 6.5: changes go through change control.
    .auto_minor_version_upgrade(false)
    .kms_key_arn(props.storage_key.arn())
    .multi_az(replication.multi_az)
    .preferred_maintenance_window(aurora.maintenance_window.clone())
    .publicly_accessible(false)
    .replication_subnet_group_id(instance_props.subnet_group.id())
    .vpc_security_group_ids([instance_props.security_group.group.id()])
    .depends_on(instance_props.log_group);
    scope.add(
        "instance",
        with_ignored_changes(props.roles.with_role_preconditions(instance)),
    )
}

/// The slot names, checked against PostgreSQL's limit.
fn slot_names(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    props: &ReplicationProps<'_>,
    engine: Engine,
) -> SlotNames {
    let slots = SlotNames::new(props.section, context.names);
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
            .help("shorten the key of the section, the name of the environment or the suffix"),
        );
    }
    slots
}

/// Adds the role with which DMS reads the secrets; returns its ARN and its policy. The principal is regional.
///
/// Source: DMS user guide, "Using secrets to access AWS Database Migration Service endpoints".
fn add_access_role(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    props: &ReplicationProps<'_>,
    secrets: [UserSecret; 2],
) -> (Value<String>, NodeId) {
    let region = props.network.network.region;
    let key = props.section.physical_name_key();
    let mut scope = scope.child("access");
    let role = Role::new(
        &mut scope,
        context.names.keyed("dms-access", [key]),
        "Allows DMS to read the secrets of the replication users",
        format!("dms.{region}.amazonaws.com"),
    );
    let policy = role.allow(&mut scope, read_policy(secrets, context.account, region));
    (role.arn(), policy.into())
}

const PUBLIC: &str = "public";

/// The schema of DMS's control tables on both sides. The replication user can create tables there.
pub fn control_schema(engine: Engine, replication: &Config) -> String {
    let is_literal = |schema: &&str| !schema.contains('%');
    let mut schemas = replication.tables.iter().map(TablePattern::schema);
    match engine {
        Engine::AuroraPostgresql => schemas.find(is_literal).unwrap_or(PUBLIC).to_owned(),
        Engine::AuroraMysql => "awsdms_control".to_owned(),
    }
}
