//! CloudTrail audit trail.

use crate::compose::composer::Composer;
use crate::compose::foundations::bucket_replicas::BucketReplicas;
use crate::compose::foundations::buckets::Buckets;
use crate::compose::foundations::tables::Tables;
use crate::compose::queries::regions::bucket_region;
use crate::config::Trail;
use crate::constructs::account::audit::{AuditTrail, AuditTrailDeps, AuditTrailProps};
use crate::constructs::core::SectionRef;
use crate::constructs::security::kms_key::DataClass;

/// Adds the audit trail. It also records access to the items of the tables and to the objects of the buckets and
/// their replicas. The trail's own bucket and its replica are left out: each record would cause another.
pub(crate) fn add(
    composer: &mut Composer<'_>,
    buckets: &Buckets,
    replicas: &BucketReplicas,
    tables: &Tables,
) -> Option<AuditTrail> {
    let config = composer.stack.audit.as_ref()?;
    if config.trail == Trail::Absent {
        return None;
    }
    let section = SectionRef::resolve(&composer.stack.bucket, &config.bucket);
    let region = bucket_region(composer.stack, section);
    let others = buckets.iter().filter(|(key, _)| *key != section.key());
    let others = others.map(|(_, bucket)| bucket.arn());
    let copies = replicas.iter().filter(|(key, _)| *key != section.key());
    let copies = copies.filter_map(|(_, replica)| Some(replica.as_ref()?.bucket.arn()));
    let tables = tables.iter().flat_map(|(_, table)| {
        let regions = table.regions();
        regions.map(|region| table.arn_in(&composer.context, region))
    });
    let tables = tables.collect();
    let props = AuditTrailProps {
        buckets: others.chain(copies).collect(),
        tables,
        retention: config.log_retention,
    };
    let deps = AuditTrailDeps {
        bucket: *buckets.of(section),
        logs_key: composer.key(DataClass::Logs, region),
    };
    let mut root = composer.root.in_region(region.as_str());
    let mut scope = root.child("audit");
    Some(AuditTrail::new(&mut scope, &composer.context, props, deps))
}
