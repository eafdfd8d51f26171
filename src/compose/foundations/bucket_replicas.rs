//! Replicas of buckets in other regions.

use crate::compose::composer::Composer;
use crate::compose::foundations::buckets;
use crate::compose::foundations::buckets::Buckets;
use crate::compose::queries::payment_code::payment_code;
use crate::compose::queries::regions::bucket_region;
use crate::config::{Bucket as BucketConfig, Stack};
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::data::bucket_replica::{
    BucketReplica, BucketReplicaProps, ReplicaWriters, ReplicationBucket, ReplicationDestination,
};
use crate::newtypes::Region;

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
        let source = ReplicationBucket {
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
                lifecycle: composer
                    .stack
                    .object_lifecycle(section.key(), section.config()),
                source,
                destination,
                writers: writers(composer.stack, section, region),
            },
        ))
    })
}

/// The writers of the replica in `region`: payment code uses the bucket of its own region.
fn writers(stack: &Stack, bucket: SectionRef<'_, BucketConfig>, region: Region) -> ReplicaWriters {
    let mut code = payment_code(stack);
    let is_written = code.any(|(uses, networks)| {
        let mut networks = networks.iter();
        uses.buckets.iter().any(|used| used.name() == bucket.key())
            && networks.any(|network| stack.network.resolve(network).region == region)
    });
    if is_written {
        ReplicaWriters::PaymentCode
    } else {
        ReplicaWriters::Replication
    }
}
