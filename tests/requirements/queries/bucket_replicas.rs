//! Replication of buckets to another region.

use paymig::aws;
use paymig::aws::s3_bucket_replication_configuration::Destination;
use paymig::terraform::tree::View;

use super::monitoring::lines;
use crate::framework::case::{Case, Item, Known, Verdict};
use crate::framework::policy::text;

type Configuration<'t> = Item<'t, aws::S3BucketReplicationConfiguration>;

/// The replications: of both buckets, and of the transaction logs from the replica, to which payment code writes.
const REPLICATIONS: usize = 3;

/// The transaction logs and the audit trail.
const COPIED: &[&str] = &["bucket/transactions/bucket", "bucket/audit/bucket"];

pub(crate) fn transactions_and_audit_trail_are_replicated(case: Case<'_>) -> Verdict {
    type Replication = aws::S3BucketReplicationConfiguration;
    case.every::<aws::S3Bucket>()
        .that("of record", |bucket| {
            COPIED.contains(&bucket.path().as_str())
        })
        .exactly(2)
        .must("be replicated to a bucket of another region", |bucket| {
            let copied = bucket.from::<Replication, _>(View::<Replication>::bucket);
            matches!(&copied[..], [copied] if destination(copied)
                .is_some_and(|there| there.region() != bucket.region()))
        })
        .verdict()
}

/// Payment code of the second region writes to the replica, and its objects reach the first region.
pub(crate) fn objects_of_both_regions_are_replicated(case: Case<'_>) -> Verdict {
    let configurations = case.items::<aws::S3BucketReplicationConfiguration>();
    let ends: Vec<_> = configurations
        .iter()
        .filter_map(|it| {
            let source = it.to::<aws::S3Bucket, _>(it.bucket()).pop()?;
            Some((source.node.node_id(), destination(it)?.node.node_id()))
        })
        .collect();
    case.every::<aws::S3Bucket>()
        .that("with the transaction logs", |bucket| {
            bucket.path() == COPIED[0]
        })
        .must("receive the objects of its replica", |bucket| {
            let id = bucket.node.node_id();
            let replicas = ends.iter().filter(|(source, _)| *source == id);
            replicas
                .into_iter()
                .any(|(_, replica)| ends.contains(&(*replica, id)))
        })
        .verdict()
}

/// All objects, including encrypted ones, within 15 minutes, with a key of the other region.
pub(crate) fn bucket_replication_is_complete_encrypted_and_timed(case: Case<'_>) -> Verdict {
    case.every::<aws::S3BucketReplicationConfiguration>()
        .must("replicate encrypted objects, with metrics", |it| {
            let rules = it.rule();
            !rules.is_empty()
                && rules.iter().all(|rule| {
                    let encrypted = rule
                        .source_selection_criteria()
                        .and_then(|it| it.sse_kms_encrypted_objects());
                    let destination = rule.destination();
                    let time = destination.as_ref().and_then(View::replication_time);
                    let metrics = destination
                        .as_ref()
                        .and_then(View::<'_, Destination>::metrics);
                    rule.status().is("Enabled")
                        && encrypted.is_some_and(|it| it.status().is("Enabled"))
                        && time.is_some_and(|it| it.status().is("Enabled"))
                        && metrics.is_some_and(|it| it.status().is("Enabled"))
                })
        })
        .must("encrypt with a key of the other region", |it| {
            let region = destination(it).map(|bucket| bucket.region());
            it.rule().iter().all(|rule| {
                let encryption = rule
                    .destination()
                    .and_then(|it| it.encryption_configuration());
                let keys = encryption
                    .map(|encryption| it.to::<aws::KmsKey, _>(encryption.replica_kms_key_id()));
                keys.iter()
                    .flatten()
                    .any(|key| Some(key.region()) == region)
            })
        })
        .must("use a role that may replicate", |it| {
            let roles = it.to::<aws::IamRole, _>(it.role());
            type Policy = aws::IamRolePolicy;
            roles
                .iter()
                .any(|role| !role.from::<Policy, _>(View::<Policy>::role).is_empty())
        })
        .verdict()
}

/// Latency, failures and pending operations: alarms in the region of each metric.
pub(crate) fn bucket_replication_has_alarms(case: Case<'_>) -> Verdict {
    let alarms = case.items::<aws::CloudwatchMetricAlarm>();
    case.every::<aws::S3BucketReplicationConfiguration>()
        .must("have alarms on late and failed replication", |it| {
            let source = it.to::<aws::S3Bucket, _>(it.bucket());
            let metrics = [
                "ReplicationLatency",
                "BytesPendingReplication",
                "OperationsPendingReplication",
                "OperationsFailedReplication",
            ];
            source.iter().any(|source| {
                metrics.iter().all(|metric| {
                    alarms.iter().any(|alarm| {
                        let of = alarm.dimensions().and_then(|all| all.key("SourceBucket"));
                        alarm.metric_name().is(metric)
                            && of.is_some_and(|of| of.refers_to(source.node.node_id()))
                    })
                })
            })
        })
        .verdict()
}

pub(crate) fn dashboards_show_bucket_replication(case: Case<'_>) -> Verdict {
    case.every::<aws::CloudwatchDashboard>()
        .some("shows replication latency", |dashboard| {
            let lines = lines(dashboard);
            let drawn = lines
                .iter()
                .filter(|line| line.get(1).and_then(text) == Some("ReplicationLatency"));
            drawn.count() == REPLICATIONS
        })
        .verdict()
}

fn destination<'t>(it: &Configuration<'t>) -> Option<Item<'t, aws::S3Bucket>> {
    let rules = it.rule();
    let destination = rules.first()?.destination()?;
    it.to::<aws::S3Bucket, _>(destination.bucket()).pop()
}
