//! Copies of buckets in other regions, and whether they keep up.

use super::environment::Composer;
use super::operations::{Buckets, Topics};
use crate::config::{Bucket as BucketConfig, Topic as About};
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::data::bucket_replica::{BucketReplica, Elsewhere, Original};
use crate::constructs::observability::alarms;
use crate::constructs::observability::dashboard::{Metric, Panel};
use crate::newtypes::Region;

/// The copy of each bucket that has one.
pub(super) type BucketReplicas = SectionMap<BucketConfig, Option<BucketReplica>>;

impl Composer<'_> {
    /// The copies of buckets, in every phase: they hold what their originals do.
    pub(super) fn bucket_replicas(&mut self, buckets: &Buckets) -> BucketReplicas {
        SectionMap::build(&self.stack.bucket, |entry| {
            let region = entry.replica.as_ref()?.region;
            let home = self.bucket_region(entry);
            let elsewhere = Elsewhere {
                region,
                provider: self.root.in_region(region.as_str()).provider(),
                key: self.key(self.bucket_class(entry), region),
            };
            let original = Original {
                bucket: *buckets.of(entry),
                region: home,
            };
            let mut root = self.root.in_region(home.as_str());
            let mut scope = entry.scope(&mut root);
            let context = &self.context;
            Some(BucketReplica::new(
                &mut scope, context, entry, original, elsewhere,
            ))
        })
    }

    pub(super) fn bucket_region(&self, entry: SectionRef<'_, BucketConfig>) -> Region {
        entry.region.unwrap_or(self.stack.primary_region())
    }

    pub(super) fn bucket_replica_alarms(&mut self, replicas: &BucketReplicas, topics: &Topics<'_>) {
        for entry in SectionRef::all(&self.stack.bucket) {
            let Some(replica) = replicas.of(entry) else {
                continue;
            };
            let subject = format!("bucket-{}", entry.physical_name_key());
            let context = self.context;
            let told = topics.about(About::Replication, replica.region);
            let mut scope = self.alarm_scope("bucket", entry.construct_id(), replica.region);
            alarms::add_bucket_replication_alarms(
                &mut scope,
                &context,
                &subject,
                &replica.dimensions(),
                &told,
            );
            let home = self.bucket_region(entry);
            let told = topics.about(About::Replication, home);
            let mut scope = self.alarm_scope("bucket", entry.construct_id(), home);
            alarms::add_bucket_replication_failed_alarm(
                &mut scope,
                &context,
                &subject,
                &replica.dimensions(),
                &told,
            );
        }
    }

    /// How far the copies are behind, and what failed to be copied.
    pub(super) fn bucket_replica_panels(&self, replicas: &BucketReplicas) -> Vec<Panel> {
        let mut panels = Vec::new();
        for entry in SectionRef::all(&self.stack.bucket) {
            let Some(replica) = replicas.of(entry) else {
                continue;
            };
            let panel = |what: &str, region, (name, statistic, label): Line| Panel {
                title: format!("Bucket {}: {what}", entry.key()),
                region,
                metrics: vec![Metric {
                    namespace: "AWS/S3".into(),
                    name,
                    dimensions: replica.dimensions().into(),
                    statistic,
                    label: label.to_owned(),
                }],
            };
            panels.extend([
                panel("copy behind (s)", replica.region, LATENCY),
                panel("bytes to copy", replica.region, BYTES),
                panel("operations to copy", replica.region, OPERATIONS),
                panel("not copied", self.bucket_region(entry), FAILED),
            ]);
        }
        panels
    }
}

/// A metric, its statistic, and what people call it.
type Line = (&'static str, &'static str, &'static str);

const LATENCY: Line = ("ReplicationLatency", "Maximum", "behind");
const BYTES: Line = ("BytesPendingReplication", "Maximum", "bytes");
const OPERATIONS: Line = ("OperationsPendingReplication", "Maximum", "operations");
const FAILED: Line = ("OperationsFailedReplication", "Sum", "failed");
