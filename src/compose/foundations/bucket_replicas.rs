//! Replicas of buckets in other regions.

use crate::compose::composer::Composer;
use crate::compose::foundations::buckets;
use crate::compose::foundations::buckets::Buckets;
use crate::compose::queries::regions::bucket_region;
use crate::config::Bucket as BucketConfig;
use crate::constructs::core::SectionMap;
use crate::constructs::data::bucket_replica::{
    BucketReplica, BucketReplicaProps, ReplicationDestination, ReplicationSource,
};

/// Replicas by bucket section. None for a bucket without one.
pub(crate) type BucketReplicas = SectionMap<BucketConfig, Option<BucketReplica>>;

/// Adds the replicas in every phase: they hold the same data as their sources.
pub(crate) fn add(composer: &mut Composer<'_>, buckets: &Buckets) -> BucketReplicas {
    SectionMap::build(&composer.stack.bucket, |section| {
        let region = section.replica.as_ref()?.region;
        let home = bucket_region(composer.stack, section);
        let destination = ReplicationDestination {
            region,
            provider: composer.root.in_region(region.as_str()).provider(),
            key: composer.key(buckets::class(composer, section), region),
        };
        let source = ReplicationSource {
            bucket: *buckets.of(section),
            region: home,
        };
        let mut root = composer.root.in_region(home.as_str());
        let mut scope = section.scope(&mut root);
        let context = &composer.context;
        Some(BucketReplica::new(
            &mut scope,
            context,
            BucketReplicaProps {
                section,
                source,
                destination,
            },
        ))
    })
}
