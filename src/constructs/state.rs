//! Where Terraform's state is kept, and whose it is.

use super::Context;
use super::ignored::ignoring;
use super::key::{DataClass, Key};
use super::policy::{Policy, Principal, Statement};
use crate::aws;
use crate::aws::dynamodb_table::{self, AttributeArgs};
use crate::aws::s3_bucket_policy::S3BucketPolicyArgs;
use crate::aws::s3_bucket_server_side_encryption_configuration::{
    ApplyServerSideEncryptionByDefault, Rule, S3BucketServerSideEncryptionConfigurationArgs,
};
use crate::aws::s3_bucket_versioning::{S3BucketVersioningArgs, VersioningConfiguration};
use crate::config::Protection;
use crate::names::Names;
use crate::quantity::Region;
use crate::terraform::TerraformData;
use crate::tree::{Backend, Handle, Scope, Value};

/// Adds the guard that keeps this document from being applied over another one's state.
///
/// `identity` is `<stack>/<environment>/<suffix>`. The state keeps the identity that it was made for; a
/// document with another one fails at plan. Without the guard the next document in the same folder
/// would replace every database.
pub fn identity_guard(scope: &mut Scope<'_>, identity: &str) {
    let output = Handle::<TerraformData>::itself().output();
    let guard = TerraformData::new()
        .input(identity.to_owned())
        .postcondition(
            output.clone().equals(identity.to_owned()),
            Value::concat([
                "this state belongs to ".into(),
                output.to_text(),
                format!(", and this document is {identity}").into(),
            ]),
        );
    scope.add("identity", ignoring(guard));
}

/// The backend in the bucket and table of the environment `bootstrap`, whose names are `bootstrap`'s.
pub fn backend(bootstrap: &Names, region: Region, environment: &str) -> Backend {
    Backend::S3 {
        bucket: bootstrap.of(BUCKET),
        key: format!("{environment}/terraform.tfstate"),
        region: region.as_str().to_owned(),
        dynamodb_table: bootstrap.of(LOCKS),
        kms_key_id: format!(
            "alias/{}",
            bootstrap.of(&Key::token(DataClass::State, region))
        ),
    }
}

/// The tokens of the names; the backends of all other environments depend on them.
const BUCKET: &str = "state";
const LOCKS: &str = "state-lock";

/// The bucket and the lock table that hold the states of the other environments.
#[derive(Clone, Copy, Debug)]
pub struct StateStore {
    /// The bucket.
    pub bucket: Handle<aws::S3Bucket>,
    /// The lock table.
    pub locks: Handle<aws::DynamodbTable>,
}

impl StateStore {
    /// Adds both, encrypted with `key`.
    ///
    /// State is the record of what every environment is: versions are kept, and both stay when
    /// everything else is destroyed, unless the estate is destroyable.
    pub fn new(scope: &mut Scope<'_>, context: &Context<'_>, key: &Key) -> Self {
        let mut scope = scope.child("state");
        Self {
            bucket: bucket(&mut scope, context, key),
            locks: locks(&mut scope, context, key),
        }
    }
}

fn bucket(scope: &mut Scope<'_>, context: &Context<'_>, key: &Key) -> Handle<aws::S3Bucket> {
    let bucket = aws::S3Bucket::new()
        .bucket(context.names.of(BUCKET))
        .force_destroy(context.protection == Protection::Destroyable);
    let bucket = scope.add("bucket", context.keep(bucket));
    scope.add(
        "versioning",
        aws::S3BucketVersioning::new(S3BucketVersioningArgs {
            bucket: bucket.id(),
            versioning_configuration: VersioningConfiguration::new("Enabled"),
        }),
    );
    scope.add(
        "encryption",
        aws::S3BucketServerSideEncryptionConfiguration::new(
            S3BucketServerSideEncryptionConfigurationArgs {
                bucket: bucket.id(),
                rule: vec![
                    Rule::new()
                        .apply_server_side_encryption_by_default(
                            ApplyServerSideEncryptionByDefault::new("aws:kms")
                                .kms_master_key_id(key.arn()),
                        )
                        .bucket_key_enabled(true),
                ],
            },
        ),
    );
    let block = scope.add(
        "public-access",
        aws::S3BucketPublicAccessBlock::new(bucket.id())
            .block_public_acls(true)
            .block_public_policy(true)
            .ignore_public_acls(true)
            .restrict_public_buckets(true),
    );
    // AWS refuses to change policy and access block of one bucket at the same time.
    let policy = aws::S3BucketPolicy::new(S3BucketPolicyArgs {
        bucket: bucket.id(),
        policy: tls_only(bucket).to_json(),
    });
    scope.add("policy", policy.depends_on(block));
    bucket
}

/// PCI DSS 4.2.1: nothing crosses a network in clear.
fn tls_only(bucket: Handle<aws::S3Bucket>) -> Policy {
    let objects = Value::concat([bucket.arn(), "/*".into()]);
    Policy::new([Statement::deny(["s3:*"], [bucket.arn(), objects])
        .sid("TlsOnly")
        .to(Principal::Anyone)
        .when("Bool", "aws:SecureTransport", "false")])
}

fn locks(scope: &mut Scope<'_>, context: &Context<'_>, key: &Key) -> Handle<aws::DynamodbTable> {
    // Terraform's S3 backend asks for exactly this key.
    const LOCK_ID: &str = "LockID";
    let table = aws::DynamodbTable::new(context.names.of(LOCKS))
        .billing_mode("PAY_PER_REQUEST")
        .hash_key(LOCK_ID)
        .attribute(dynamodb_table::Attribute::new(AttributeArgs {
            name: LOCK_ID.into(),
            r#type: "S".into(),
        }))
        .point_in_time_recovery(dynamodb_table::PointInTimeRecovery::new(true))
        .server_side_encryption(
            dynamodb_table::ServerSideEncryption::new(true).kms_key_arn(key.arn()),
        )
        .deletion_protection_enabled(context.protection == Protection::Protected);
    scope.add("locks", context.keep(table))
}
