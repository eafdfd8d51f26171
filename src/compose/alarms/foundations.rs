//! Alarms of databases, tables, buckets, replications and secret rotations.

use crate::compose::composer::Composer;
use crate::compose::foundations::bucket_replicas::BucketReplicas;
use crate::compose::foundations::databases::Databases;
use crate::compose::foundations::replications::Replications;
use crate::compose::foundations::rotations::Rotation;
use crate::compose::foundations::tables::Tables;
use crate::compose::foundations::topics::Topics;
use crate::compose::foundations::transits::Transits;
use crate::compose::phase::database_size;
use crate::config::{AlertCategory, Phase};
use crate::constructs::core::SectionRef;
use crate::constructs::observability::alarms;
use crate::constructs::observability::alarms::{AlarmHandle, MonitoredCluster};
use crate::terraform::tree::ConstructId;

pub(crate) fn add_bucket_replica_alarms(
    composer: &mut Composer<'_>,
    replicas: &BucketReplicas,
    topics: &Topics<'_>,
) {
    for section in SectionRef::all(&composer.stack.bucket) {
        let replica = replicas.of(section).iter();
        for replication in replica.flat_map(|replica| &replica.replications) {
            let name_of = |key: &str| match replication.direction.token() {
                None => key.to_owned(),
                Some(token) => format!("{key}-{token}"),
            };
            let subject = format!("bucket-{}", name_of(section.physical_name_key()));
            let id = section.construct_id().map(name_of);
            let dimensions = replication.dimensions();
            let context = composer.context;
            let region = replication.destination.region;
            let alarm_actions = topics.actions_for(AlertCategory::Replication, region);
            alarms::add_bucket_replication_alarms(
                &mut composer.alarm_scope("bucket", id.clone(), region),
                &context,
                &subject,
                &dimensions,
                &alarm_actions,
            );
            let region = replication.source.region;
            let alarm_actions = topics.actions_for(AlertCategory::Replication, region);
            alarms::add_bucket_replication_failed_alarm(
                &mut composer.alarm_scope("bucket", id.clone(), region),
                &context,
                &subject,
                &dimensions,
                &alarm_actions,
            );
        }
    }
}

/// Adds the alarms of the tables and of their replicas. Those of the tables themselves are guard alarms.
pub(crate) fn add_table_alarms(
    composer: &mut Composer<'_>,
    tables: &Tables,
    topics: &Topics<'_>,
) -> Vec<AlarmHandle> {
    let mut raised = Vec::new();
    let mut regions = Vec::new();
    for section in SectionRef::all(&composer.stack.table) {
        let table = tables.of(section);
        let subject = format!("table-{}", section.physical_name_key());
        let context = composer.context;
        let name = table.name();
        for region in table.regions() {
            let alarm_actions = topics.actions_for(AlertCategory::SystemErrors, region);
            let scope = composer.alarm_scope("table", section.construct_id(), region);
            let mut scope = scope.into_child(region.short());
            raised.extend(alarms::add_table_alarms(
                &mut scope,
                &context,
                &subject,
                &name,
                &alarm_actions,
            ));
            if !regions.contains(&region) {
                regions.push(region);
            }
        }
        let alarm_actions = topics.actions_for(AlertCategory::Replication, table.region);
        for region in table.replica_regions() {
            let subject = format!("{subject}-{}", region.short());
            let mut scope = composer.alarm_scope("table", section.construct_id(), table.region);
            let mut scope = scope.child("replica").into_child(region.short());
            let receiving = region.as_str();
            alarms::add_table_replication_latency_alarm(
                &mut scope,
                &context,
                &subject,
                &name,
                receiving,
                &alarm_actions,
            );
        }
    }
    for region in regions {
        let alarm_actions = topics.actions_for(AlertCategory::SystemErrors, region);
        let context = composer.context;
        let id = ConstructId::from(region.short());
        let mut scope = composer.alarm_scope("tables", id, region);
        alarms::add_user_errors_alarm(&mut scope, &context, "tables", &alarm_actions);
    }
    raised
}

pub(crate) fn add_database_alarms(
    composer: &mut Composer<'_>,
    databases: &Databases,
    topics: &Topics<'_>,
) -> Vec<AlarmHandle> {
    let mut raised = Vec::new();
    for section in SectionRef::all(&composer.stack.database) {
        let database = databases.of(section);
        let alarm_actions = topics.actions_for(AlertCategory::SystemErrors, database.region);
        let subject = format!("db-{}", section.physical_name_key());
        let (context, size) = (composer.context, database_size(composer.target.phase));
        let cluster = MonitoredCluster {
            id: database.cluster_id(),
            class: size.of(&section.aurora().class),
            readers: *size.of(&section.aurora().readers),
        };
        let mut scope = composer.alarm_scope("database", section.construct_id(), database.region);
        raised.extend(alarms::add_database_alarms(
            &mut scope,
            &context,
            &subject,
            &cluster,
            &alarm_actions,
        ));
    }
    raised
}

pub(crate) fn add_secondary_cluster_alarms(
    composer: &mut Composer<'_>,
    databases: &Databases,
    topics: &Topics<'_>,
) {
    for section in SectionRef::all(&composer.stack.database) {
        let (Some(secondary), Some(replica)) = (
            databases.of(section).secondary_cluster_id(),
            &section.aurora().secondary,
        ) else {
            continue;
        };
        let region = composer.stack.network.resolve(&replica.network).region;
        let alarm_actions = topics.actions_for(AlertCategory::Replication, region);
        let subject = format!("db-{}", section.physical_name_key());
        let (context, limits) = (composer.context, &composer.stack.alarms);
        let size = database_size(composer.target.phase);
        let mut scope = composer.alarm_scope("database-secondary", section.construct_id(), region);
        alarms::add_secondary_cluster_alarms(
            &mut scope,
            &context,
            &subject,
            &secondary,
            databases.of(section).region,
            limits,
            &alarm_actions,
        );
        let cluster = MonitoredCluster {
            id: secondary,
            class: size.of(replica.class.as_ref().unwrap_or(&section.aurora().class)),
            readers: *size.of(&replica.readers),
        };
        let alarm_actions = topics.actions_for(AlertCategory::SystemErrors, region);
        alarms::add_secondary_load_alarms(&mut scope, &context, &subject, &cluster, &alarm_actions);
    }
}

pub(crate) fn add_rotation_alarms(
    composer: &mut Composer<'_>,
    rotations: &[Rotation],
    topics: &Topics<'_>,
) {
    for rotation in rotations {
        let alarm_actions = topics.actions_for(AlertCategory::Security, rotation.region);
        let subject = format!("lambda-{}", rotation.key);
        let context = composer.context;
        let mut scope = composer.alarm_scope("rotation", rotation.id.clone(), rotation.region);
        alarms::add_rotation_alarms(
            &mut scope,
            &context,
            &subject,
            &rotation.function.name(),
            &alarm_actions,
        );
    }
}

pub(crate) fn add_replication_alarms(
    composer: &mut Composer<'_>,
    replications: &Replications,
    topics: &Topics<'_>,
) {
    for section in SectionRef::all(&composer.stack.replication) {
        let Some(active) = &replications.of(section).active else {
            continue;
        };
        let region = composer.stack.network.resolve(&section.network).region;
        let alarm_actions = topics.actions_for(AlertCategory::Replication, region);
        let (context, limits) = (composer.context, &composer.stack.alarms);
        let subject = format!("dms-{}", section.physical_name_key());
        let mut scope = composer.alarm_scope("dms-instance", section.construct_id(), region);
        alarms::add_replication_instance_alarms(
            &mut scope,
            &context,
            &subject,
            &active.instance.replication_instance_id(),
            section.storage,
            &alarm_actions,
        );
        for task in active.tasks() {
            let subject = format!("dms-{}-{}", task.kind.as_str(), section.physical_name_key());
            let mut scope = composer.alarm_scope("replication", section.construct_id(), region);
            let mut scope = scope.child(task.kind.as_str());
            let dimensions = task.dimensions();
            alarms::add_replication_task_alarms(
                &mut scope,
                &context,
                &subject,
                &dimensions,
                limits,
                &alarm_actions,
            );
        }
    }
}

/// Adds the alarms of the VPN connections to datacenters. In phase `legacy`, the datacenter still has to configure its
/// device, and nothing depends on the connection.
pub(crate) fn add_vpn_connection_alarms(
    composer: &mut Composer<'_>,
    transits: &Transits,
    topics: &Topics<'_>,
) {
    if composer.target.phase == Phase::Legacy {
        return;
    }
    for section in SectionRef::all(&composer.stack.transit) {
        let transit = transits.of(section);
        let Some(id) = transit.vpn_connection_id() else {
            continue;
        };
        let alarm_actions = topics.actions_for(AlertCategory::SystemErrors, transit.region);
        let subject = format!("vpn-{}", section.physical_name_key());
        let context = composer.context;
        let mut scope = composer.alarm_scope("vpn", section.construct_id(), transit.region);
        alarms::add_vpn_connection_alarms(&mut scope, &context, &subject, &id, &alarm_actions);
    }
}
