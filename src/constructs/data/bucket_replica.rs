//! The replica of a bucket in another region: every object and every deletion, within fifteen minutes.
//!
//! PCI DSS 10.3.3: audit logs are backed up promptly to a location where they are difficult to alter.

use crate::aws;
use crate::aws::s3_bucket_replication_configuration::{
    DeleteMarkerReplication, Destination, EncryptionConfiguration, EventThreshold, Filter, Metrics,
    ReplicationTime, ReplicationTimeArgs, Rule, RuleArgs, S3BucketReplicationConfigurationArgs,
    SourceSelectionCriteria, SseKmsEncryptedObjects, Time,
};
use crate::config::{Bucket as Config, ObjectLifecycle};
use crate::constructs::core::{Context, Policy, Role, SectionRef, Statement};
use crate::constructs::data::bucket::{PrivateBucket, PrivateBucketProps};
use crate::constructs::data::data_bucket::add_lifecycle;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::Region;
use crate::terraform::tree::{Block, ProviderId, Scope, Value};

/// The replica of a bucket, as added to a tree.
#[derive(Clone, Debug)]
pub struct BucketReplica {
    /// The bucket of the replicas.
    pub bucket: PrivateBucket,
    /// The region of the replicas.
    pub region: Region,
    /// The replications between the bucket and its replica: to the replica, and from it if it is written to.
    pub replications: Vec<BucketReplication>,
}

/// The replication of all objects of one bucket to another.
#[derive(Clone, Copy, Debug)]
pub struct BucketReplication {
    /// Whether it replicates to the replica or from it.
    pub direction: ReplicationDirection,
    /// The bucket whose objects are replicated.
    pub source: ReplicationBucket,
    /// The bucket that receives them.
    pub destination: ReplicationBucket,
}

/// A direction between a bucket and its replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplicationDirection {
    /// From the bucket to its replica.
    ToReplica,
    /// From the replica to the bucket: objects that code in the region of the replica writes. S3 does not replicate an
    /// object that is a replica itself, so the two directions form no loop.
    FromReplica,
}

/// A bucket of a replication.
#[derive(Clone, Copy, Debug)]
pub struct ReplicationBucket {
    /// The bucket.
    pub bucket: PrivateBucket,
    /// The region of the bucket.
    pub region: Region,
}

/// Configuration of a bucket replica.
#[derive(Clone, Copy, Debug)]
pub struct BucketReplicaProps<'a> {
    /// The section of the source bucket.
    pub section: SectionRef<'a, Config>,
    /// Lifecycle of its objects.
    pub lifecycle: ObjectLifecycle,
    /// The bucket.
    pub source: ReplicationBucket,
    /// The region of the replica.
    pub destination: ReplicationDestination,
    /// The writers of the replica.
    pub writers: ReplicaWriters,
}

/// The writers of a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplicaWriters {
    /// S3 alone.
    Replication,
    /// S3, and payment code in the region of the replica.
    PaymentCode,
}

/// The region that receives the replicas.
#[derive(Clone, Copy, Debug)]
pub struct ReplicationDestination {
    /// The region.
    pub region: Region,
    /// The provider configuration of the region.
    pub provider: ProviderId,
    /// Encrypts the replicas; in the same region.
    pub key: KmsKey,
}

impl ReplicationDirection {
    /// The part of paths and names of the direction from the replica.
    pub fn token(self) -> Option<&'static str> {
        match self {
            Self::ToReplica => None,
            Self::FromReplica => Some("from-replica"),
        }
    }

    fn role_token(self) -> &'static str {
        match self {
            Self::ToReplica => "s3-replication-role",
            Self::FromReplica => "s3-replica-role",
        }
    }
}

impl BucketReplica {
    /// Adds the destination bucket and the replication. `scope` is the scope of the source bucket.
    ///
    /// S3 replicates neither existing objects nor the deletions of lifecycle rules (S3 user guide, "What does
    /// Amazon S3 replicate?"). Therefore both buckets have the same lifecycle rule.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: BucketReplicaProps<'_>,
    ) -> Self {
        let key = props.section.physical_name_key();
        let BucketReplicaProps {
            source,
            destination,
            ..
        } = props;
        let bucket = {
            let mut scope = scope.child("replica").in_provider(destination.provider);
            // Bucket names are global.
            let token = format!("bucket-{key}-{}", destination.region.short());
            let bucket = PrivateBucketProps {
                token: &token,
                key: destination.key,
                statements: Vec::new(),
            };
            let bucket = PrivateBucket::new(&mut scope, context, bucket);
            add_lifecycle(&mut scope, bucket, props.lifecycle);
            bucket
        };
        let region = destination.region;
        let replica = ReplicationBucket { bucket, region };
        let forward = BucketReplication {
            direction: ReplicationDirection::ToReplica,
            source,
            destination: replica,
        };
        forward.add(&mut scope.child("replication"), context, key);
        let mut replications = vec![forward];
        if props.writers == ReplicaWriters::PaymentCode {
            let reverse = BucketReplication {
                direction: ReplicationDirection::FromReplica,
                source: replica,
                destination: source,
            };
            let mut scope = scope.child("replica").in_provider(destination.provider);
            reverse.add(&mut scope.child("replication"), context, key);
            replications.push(reverse);
        }
        Self {
            bucket,
            region,
            replications,
        }
    }
}

impl BucketReplication {
    /// The dimensions of its metrics in `AWS/S3`.
    pub fn dimensions(&self) -> [(&'static str, Value<String>); 3] {
        [
            ("SourceBucket", self.source.bucket.name()),
            ("DestinationBucket", self.destination.bucket.name()),
            ("RuleId", RULE.into()),
        ]
    }

    fn add(&self, scope: &mut Scope<'_>, context: &Context<'_>, key: &str) {
        let role = Role::new(
            scope,
            context.names.keyed(self.direction.role_token(), [key]),
            "Replicates the objects of a bucket to another region",
            "s3.amazonaws.com",
        );
        let policy = role.allow(scope, self.policy());
        let configuration =
            aws::S3BucketReplicationConfiguration::new(S3BucketReplicationConfigurationArgs {
                bucket: self.source.bucket.name(),
                role: role.arn(),
                rule: vec![self.rule()],
            })
            // S3 requires versioning of both buckets.
            .depends_on(self.source.bucket.versioning())
            .depends_on(self.destination.bucket.versioning())
            // S3 does not retry an object whose replication failed for lack of the permission.
            .depends_on(policy);
        scope.add("configuration", configuration);
    }

    /// S3 user guide, "Setting up permissions for live replication" and "Replicating encrypted objects".
    fn policy(&self) -> Policy {
        let ReplicationBucket { bucket, region } = self.source;
        let replicas = self.destination;
        let service = |region: Region| format!("s3.{region}.amazonaws.com");
        Policy::new([
            Statement::allow(
                ["s3:GetReplicationConfiguration", "s3:ListBucket"],
                [bucket.arn()],
            )
            .sid("ReadReplicationConfiguration"),
            Statement::allow(
                [
                    "s3:GetObjectVersionAcl",
                    "s3:GetObjectVersionForReplication",
                    "s3:GetObjectVersionTagging",
                ],
                [bucket.objects_arn("")],
            )
            .sid("ReadSourceObjects"),
            Statement::allow(
                [
                    "s3:ReplicateDelete",
                    "s3:ReplicateObject",
                    "s3:ReplicateTags",
                ],
                [replicas.bucket.objects_arn("")],
            )
            .sid("ReplicateObjects"),
            Statement::allow(["kms:Decrypt"], [bucket.key().arn()])
                .sid("DecryptSourceObjects")
                .condition("StringEquals", "kms:ViaService", service(region)),
            Statement::allow(
                ["kms:Encrypt", "kms:GenerateDataKey"],
                [replicas.bucket.key().arn()],
            )
            .sid("EncryptReplicas")
            .condition("StringEquals", "kms:ViaService", service(replicas.region)),
        ])
    }

    fn rule(&self) -> Block<Rule> {
        // The only value that S3 accepts.
        let minutes = 15_u8;
        let encrypted = SseKmsEncryptedObjects::new(ENABLED);
        let time = ReplicationTimeArgs {
            status: ENABLED.into(),
            time: Time::new(minutes),
        };
        let metrics = Metrics::new(ENABLED).event_threshold(EventThreshold::new(minutes));
        let replicas = self.destination.bucket;
        let destination = Destination::new(replicas.arn())
            .storage_class("STANDARD")
            .encryption_configuration(EncryptionConfiguration::new(replicas.key().arn()))
            .metrics(metrics)
            .replication_time(ReplicationTime::new(time));
        Rule::new(RuleArgs {
            status: ENABLED.into(),
            destination,
        })
        .id(RULE)
        .priority(1)
        .filter(Filter::new())
        .delete_marker_replication(DeleteMarkerReplication::new(ENABLED))
        .source_selection_criteria(
            SourceSelectionCriteria::new().sse_kms_encrypted_objects(encrypted),
        )
    }
}

const ENABLED: &str = "Enabled";
/// The id of the replication rule.
const RULE: &str = "all-objects";
