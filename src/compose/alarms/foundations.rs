//! Alarms of databases, tables, buckets, replications and secret rotations.

use crate::compose::composer::Composer;
use crate::compose::foundations::bucket_replicas::BucketReplicas;
use crate::compose::foundations::databases::Databases;
use crate::compose::foundations::replications::Replications;
use crate::compose::foundations::rotations::Rotation;
use crate::compose::foundations::tables::Tables;
use crate::compose::foundations::topics::Topics;
use crate::compose::queries::regions::bucket_region;
use crate::config::AlertCategory;
use crate::constructs::core::SectionRef;
use crate::constructs::observability::alarms;
use crate::constructs::observability::alarms::AlarmHandle;
use crate::terraform::tree::ConstructId;

pub(crate) fn add_bucket_replica_alarms(
    composer: &mut Composer<'_>,
    replicas: &BucketReplicas,
    topics: &Topics<'_>,
) {
    for entry in SectionRef::all(&composer.stack.bucket) {
        let Some(replica) = replicas.of(entry) else {
            continue;
        };
        let subject = format!("bucket-{}", entry.physical_name_key());
        let context = composer.context;
        let told = topics.about(AlertCategory::Replication, replica.region);
        let mut scope = composer.alarm_scope("bucket", entry.construct_id(), replica.region);
        alarms::add_bucket_replication_alarms(
            &mut scope,
            &context,
            &subject,
            &replica.dimensions(),
            &told,
        );
        let home = bucket_region(composer.stack, entry);
        let told = topics.about(AlertCategory::Replication, home);
        let mut scope = composer.alarm_scope("bucket", entry.construct_id(), home);
        alarms::add_bucket_replication_failed_alarm(
            &mut scope,
            &context,
            &subject,
            &replica.dimensions(),
            &told,
        );
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
    for entry in SectionRef::all(&composer.stack.table) {
        let table = tables.of(entry);
        let subject = format!("table-{}", entry.physical_name_key());
        let context = composer.context;
        let name = table.name();
        for region in table.regions() {
            let told = topics.about(AlertCategory::SystemErrors, region);
            let scope = composer.alarm_scope("table", entry.construct_id(), region);
            let mut scope = scope.into_child(region.short());
            raised.extend(alarms::add_table_alarms(
                &mut scope, &context, &subject, &name, &told,
            ));
            if !regions.contains(&region) {
                regions.push(region);
            }
        }
        let told = topics.about(AlertCategory::Replication, table.region);
        for region in table.replica_regions() {
            let subject = format!("{subject}-{}", region.short());
            let mut scope = composer.alarm_scope("table", entry.construct_id(), table.region);
            let mut scope = scope.child("replica").into_child(region.short());
            let receiving = region.as_str();
            alarms::add_table_replication_latency_alarm(
                &mut scope, &context, &subject, &name, receiving, &told,
            );
        }
    }
    for region in regions {
        let told = topics.about(AlertCategory::SystemErrors, region);
        let context = composer.context;
        let id = ConstructId::from(region.short());
        let mut scope = composer.alarm_scope("tables", id, region);
        alarms::add_user_errors_alarm(&mut scope, &context, "tables", &told);
    }
    raised
}

pub(crate) fn add_database_alarms(
    composer: &mut Composer<'_>,
    databases: &Databases,
    topics: &Topics<'_>,
) -> Vec<AlarmHandle> {
    let mut raised = Vec::new();
    for entry in SectionRef::all(&composer.stack.database) {
        let database = databases.of(entry);
        let told = topics.about(AlertCategory::SystemErrors, database.region);
        let subject = format!("db-{}", entry.physical_name_key());
        let context = composer.context;
        let mut scope = composer.alarm_scope("database", entry.construct_id(), database.region);
        raised.extend(alarms::add_database_alarms(
            &mut scope,
            &context,
            &subject,
            &database.cluster_id(),
            &told,
        ));
    }
    raised
}

pub(crate) fn add_secondary_cluster_alarms(
    composer: &mut Composer<'_>,
    databases: &Databases,
    topics: &Topics<'_>,
) {
    for entry in SectionRef::all(&composer.stack.database) {
        let (Some(secondary), Some(replica)) = (
            databases.of(entry).secondary_cluster_id(),
            &entry.aurora().secondary,
        ) else {
            continue;
        };
        let region = composer.stack.network.resolve(&replica.network).region;
        let told = topics.about(AlertCategory::Replication, region);
        let subject = format!("db-{}", entry.physical_name_key());
        let (context, limits) = (composer.context, &composer.stack.alarms);
        let mut scope = composer.alarm_scope("database-secondary", entry.construct_id(), region);
        alarms::add_secondary_cluster_alarms(
            &mut scope, &context, &subject, &secondary, limits, &told,
        );
    }
}

pub(crate) fn add_rotation_alarms(
    composer: &mut Composer<'_>,
    rotations: &[Rotation],
    topics: &Topics<'_>,
) {
    for rotation in rotations {
        let told = topics.about(AlertCategory::Security, rotation.region);
        let subject = format!("lambda-{}", rotation.key);
        let context = composer.context;
        let mut scope = composer.alarm_scope("rotation", rotation.id.clone(), rotation.region);
        alarms::add_function_alarms(
            &mut scope,
            &context,
            &subject,
            &rotation.function.name(),
            &told,
        );
    }
}

pub(crate) fn add_replication_alarms(
    composer: &mut Composer<'_>,
    replications: &Replications,
    topics: &Topics<'_>,
) {
    for entry in SectionRef::all(&composer.stack.replication) {
        let Some(active) = &replications.of(entry).active else {
            continue;
        };
        let region = composer.stack.network.resolve(&entry.network).region;
        let told = topics.about(AlertCategory::Replication, region);
        let (context, limits) = (composer.context, &composer.stack.alarms);
        for task in active.tasks() {
            let subject = format!("dms-{}-{}", task.kind.as_str(), entry.physical_name_key());
            let mut scope = composer.alarm_scope("replication", entry.construct_id(), region);
            let mut scope = scope.child(task.kind.as_str());
            let dimensions = task.dimensions();
            alarms::add_replication_task_alarms(
                &mut scope,
                &context,
                &subject,
                &dimensions,
                limits,
                &told,
            );
        }
    }
}
