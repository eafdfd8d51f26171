//! The replica of a bucket in another region: every object and every deletion, within fifteen minutes.
//!
//! PCI DSS 10.3.3: audit logs are backed up promptly to a location where they are difficult to alter.

use crate::aws;
use crate::aws::s3_bucket_replication_configuration::{
    DeleteMarkerReplication, Destination, EncryptionConfiguration, EventThreshold, Filter, Metrics,
    ReplicationTime, ReplicationTimeArgs, Rule, RuleArgs, S3BucketReplicationConfigurationArgs,
    SourceSelectionCriteria, SseKmsEncryptedObjects, Time,
};
use crate::config::Bucket as Config;
use crate::constructs::core::{Context, Policy, Role, SectionRef, Statement};
use crate::constructs::data::bucket::{PrivateBucket, PrivateBucketProps};
use crate::constructs::data::data_bucket::add_lifecycle;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::Region;
use crate::terraform::tree::{Block, ProviderId, Scope, Value};

/// The replica of a bucket, as added to a tree.
#[derive(Clone, Copy, Debug)]
pub struct BucketReplica {
    /// The bucket of the replicas.
    pub bucket: PrivateBucket,
    /// The region of the replicas.
    pub region: Region,
    source: ReplicationSource,
}

/// Configuration of a bucket replica.
#[derive(Clone, Copy, Debug)]
pub struct BucketReplicaProps<'a> {
    /// The section of the source bucket.
    pub section: SectionRef<'a, Config>,
    /// The source of the replication.
    pub source: ReplicationSource,
    /// The destination of the replication.
    pub destination: ReplicationDestination,
}

/// The bucket whose objects are replicated.
#[derive(Clone, Copy, Debug)]
pub struct ReplicationSource {
    /// The bucket.
    pub bucket: PrivateBucket,
    /// The region of the bucket.
    pub region: Region,
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
        let destination = props.destination;
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
            add_lifecycle(&mut scope, bucket, &props.section.lifecycle);
            bucket
        };
        let replica = Self {
            bucket,
            region: destination.region,
            source: props.source,
        };
        replica.add_replication(&mut scope.child("replication"), context, key);
        replica
    }

    /// The dimensions of its metrics in `AWS/S3`.
    pub fn dimensions(&self) -> [(&'static str, Value<String>); 3] {
        [
            ("SourceBucket", self.source.bucket.name()),
            ("DestinationBucket", self.bucket.name()),
            ("RuleId", RULE.into()),
        ]
    }

    fn add_replication(&self, scope: &mut Scope<'_>, context: &Context<'_>, key: &str) {
        let role = Role::new(
            scope,
            context.names.keyed("s3-replication-role", [key]),
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
            .depends_on(self.bucket.versioning())
            // S3 does not retry an object whose replication failed for lack of the permission.
            .depends_on(policy);
        scope.add("configuration", configuration);
    }

    /// S3 user guide, "Setting up permissions for live replication" and "Replicating encrypted objects".
    fn policy(&self) -> Policy {
        let ReplicationSource { bucket, region } = self.source;
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
                [self.bucket.objects_arn("")],
            )
            .sid("ReplicateObjects"),
            Statement::allow(["kms:Decrypt"], [bucket.key().arn()])
                .sid("DecryptSourceObjects")
                .condition("StringEquals", "kms:ViaService", service(region)),
            Statement::allow(
                ["kms:Encrypt", "kms:GenerateDataKey"],
                [self.bucket.key().arn()],
            )
            .sid("EncryptReplicas")
            .condition("StringEquals", "kms:ViaService", service(self.region)),
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
        let destination = Destination::new(self.bucket.arn())
            .storage_class("STANDARD")
            .encryption_configuration(EncryptionConfiguration::new(self.bucket.key().arn()))
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
