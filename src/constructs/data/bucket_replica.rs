//! The copy of a bucket in another region: every object and every deletion, within fifteen minutes.
//!
//! PCI DSS 10.3.3: audit logs are backed up promptly, where they are hard to change.

use crate::aws;
use crate::aws::s3_bucket_replication_configuration::{
    DeleteMarkerReplication, Destination, EncryptionConfiguration, EventThreshold, Filter, Metrics,
    ReplicationTime, ReplicationTimeArgs, Rule, RuleArgs, S3BucketReplicationConfigurationArgs,
    SourceSelectionCriteria, SseKmsEncryptedObjects, Time,
};
use crate::config::Bucket as Config;
use crate::constructs::core::{Context, Policy, Role, SectionRef, Statement};
use crate::constructs::data::bucket::{PrivateBucket, private_bucket};
use crate::constructs::data::data_bucket::age;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::Region;
use crate::terraform::tree::{Block, ProviderId, Scope, Value};

/// What a bucket is copied from.
#[derive(Clone, Copy, Debug)]
pub struct Original {
    /// The bucket.
    pub bucket: PrivateBucket,
    /// Its region.
    pub region: Region,
}

/// Where a bucket is copied to.
#[derive(Clone, Copy, Debug)]
pub struct Elsewhere {
    /// The region.
    pub region: Region,
    /// Its provider configuration.
    pub provider: ProviderId,
    /// Encrypts the copies; of that region.
    pub key: KmsKey,
}

/// The copy of a bucket, as added to a tree.
#[derive(Clone, Copy, Debug)]
pub struct BucketReplica {
    /// The bucket that holds the copies.
    pub bucket: PrivateBucket,
    /// Its region.
    pub region: Region,
    original: Original,
}

impl BucketReplica {
    /// The copy of `original`, which `config` describes. `scope` is the original's.
    ///
    /// What is in the original before is not copied (S3 user guide, "What does Amazon S3 replicate?"), and
    /// what lifecycle rules remove there is not removed here: both age by the same rule.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        config: SectionRef<'_, Config>,
        original: Original,
        elsewhere: Elsewhere,
    ) -> Self {
        let identity = config.physical_name_key();
        let bucket = {
            let mut scope = scope.child("replica").in_provider(elsewhere.provider);
            // Buckets share one set of names in all regions.
            let token = format!("bucket-{identity}-{}", elsewhere.region.short());
            let bucket = private_bucket(&mut scope, context, &token, elsewhere.key, []);
            age(&mut scope, bucket, &config.lifecycle);
            bucket
        };
        let replica = Self {
            bucket,
            region: elsewhere.region,
            original,
        };
        replica.replicate(&mut scope.child("replication"), context, identity);
        replica
    }

    /// What its metrics in `AWS/S3` are told apart by.
    pub fn dimensions(&self) -> [(&'static str, Value<String>); 3] {
        [
            ("SourceBucket", self.original.bucket.name()),
            ("DestinationBucket", self.bucket.name()),
            ("RuleId", RULE.into()),
        ]
    }

    fn replicate(&self, scope: &mut Scope<'_>, context: &Context<'_>, identity: &str) {
        let role = Role::new(
            scope,
            context.names.keyed("s3-replication-role", [identity]),
            "Copies the objects of a bucket to another region",
            "s3.amazonaws.com",
        );
        let policy = role.allow(scope, self.policy());
        let configuration =
            aws::S3BucketReplicationConfiguration::new(S3BucketReplicationConfigurationArgs {
                bucket: self.original.bucket.name(),
                role: role.arn(),
                rule: vec![self.rule()],
            })
            // Refused while either bucket keeps no versions.
            .depends_on(self.original.bucket.versioning())
            .depends_on(self.bucket.versioning())
            // An object that comes before the permission fails, and is not tried again.
            .depends_on(policy);
        scope.add("configuration", configuration);
    }

    /// S3 user guide, "Setting up permissions for live replication" and "Replicating encrypted objects".
    fn policy(&self) -> Policy {
        let Original { bucket, region } = self.original;
        let through = |region: Region| format!("s3.{region}.amazonaws.com");
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
                [bucket.objects("")],
            )
            .sid("ReadSourceObjects"),
            Statement::allow(
                [
                    "s3:ReplicateDelete",
                    "s3:ReplicateObject",
                    "s3:ReplicateTags",
                ],
                [self.bucket.objects("")],
            )
            .sid("ReplicateObjects"),
            Statement::allow(["kms:Decrypt"], [bucket.key().arn()])
                .sid("DecryptSourceObjects")
                .condition("StringEquals", "kms:ViaService", through(region)),
            Statement::allow(
                ["kms:Encrypt", "kms:GenerateDataKey"],
                [self.bucket.key().arn()],
            )
            .sid("EncryptReplicas")
            .condition("StringEquals", "kms:ViaService", through(self.region)),
        ])
    }

    fn rule(&self) -> Block<Rule> {
        // The only number that S3 takes here.
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
/// The rule's name: it covers everything.
const RULE: &str = "everything";
