//! Buckets that keep what they are given: private, encrypted, versioned.

use crate::aws;
use crate::aws::s3_bucket_policy::S3BucketPolicyArgs;
use crate::aws::s3_bucket_server_side_encryption_configuration::{
    ApplyServerSideEncryptionByDefault, Rule, S3BucketServerSideEncryptionConfigurationArgs,
};
use crate::aws::s3_bucket_versioning::{S3BucketVersioningArgs, VersioningConfiguration};
use crate::config::Protection;
use crate::constructs::core::{Context, Policy, Principal, Statement};
use crate::constructs::security::kms_key::KmsKey;
use crate::terraform::tree::{Block, Handle, Scope, Value};

/// Makes a statement of a bucket's policy, which needs the bucket's ARN.
pub type BucketStatement = Box<dyn FnOnce(Handle<aws::S3Bucket>) -> Statement>;

/// A private bucket that was added to a tree.
#[derive(Clone, Copy, Debug)]
pub struct PrivateBucket {
    bucket: Handle<aws::S3Bucket>,
    versioning: Handle<aws::S3BucketVersioning>,
    policy: Handle<aws::S3BucketPolicy>,
    key: KmsKey,
}

impl PrivateBucket {
    /// Its name.
    pub fn name(&self) -> Value<String> {
        self.bucket.id()
    }

    /// Its ARN.
    pub fn arn(&self) -> Value<String> {
        self.bucket.arn()
    }

    /// Its objects whose keys start with `prefix`.
    pub fn objects(&self, prefix: &'static str) -> Value<String> {
        Value::concat([self.bucket.arn(), "/".into(), prefix.into(), "*".into()])
    }

    /// Encrypts its objects.
    pub fn key(&self) -> KmsKey {
        self.key
    }

    /// What replication waits for, which is refused while no versions are kept.
    pub fn versioning(&self) -> Handle<aws::S3BucketVersioning> {
        self.versioning
    }

    /// What services wait for that try the bucket before they use it.
    pub fn policy(&self) -> Handle<aws::S3BucketPolicy> {
        self.policy
    }
}

/// What a bucket encrypts with.
#[derive(Clone, Copy, Debug)]
enum Encryption {
    Kms(KmsKey),
    S3Managed,
}

/// A bucket named by `token`, encrypted with `key`, with its versions kept, closed to the public and to
/// connections in clear; `statements` make the rest of its policy.
pub fn private_bucket(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    token: &str,
    key: KmsKey,
    statements: impl IntoIterator<Item = BucketStatement>,
) -> PrivateBucket {
    let made = bucket(scope, context, token, Encryption::Kms(key), statements);
    PrivateBucket {
        bucket: made.bucket,
        versioning: made.versioning,
        policy: made.policy,
        key,
    }
}

/// The same, encrypted with keys that S3 manages, and its policy: only for what AWS refuses to deliver to
/// anything else.
pub fn s3_managed_bucket(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    token: &str,
    statements: impl IntoIterator<Item = BucketStatement>,
) -> (Handle<aws::S3Bucket>, Handle<aws::S3BucketPolicy>) {
    let made = bucket(scope, context, token, Encryption::S3Managed, statements);
    (made.bucket, made.policy)
}

struct Made {
    bucket: Handle<aws::S3Bucket>,
    versioning: Handle<aws::S3BucketVersioning>,
    policy: Handle<aws::S3BucketPolicy>,
}

fn bucket(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    token: &str,
    encryption: Encryption,
    statements: impl IntoIterator<Item = BucketStatement>,
) -> Made {
    let bucket = aws::S3Bucket::new()
        .bucket(context.names.of(token))
        .force_destroy(context.protection == Protection::Destroyable);
    let bucket = scope.add("bucket", context.protect(bucket));
    let versioning = scope.add(
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
                rule: vec![rule(encryption)],
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
        policy: policy(bucket, statements).to_json(),
    });
    Made {
        bucket,
        versioning,
        policy: scope.add("policy", policy.depends_on(block)),
    }
}

fn rule(encryption: Encryption) -> Block<Rule> {
    let (default, bucket_key) = match encryption {
        Encryption::Kms(key) => {
            let default = ApplyServerSideEncryptionByDefault::new("aws:kms");
            (default.kms_master_key_id(key.arn()), true)
        }
        Encryption::S3Managed => (ApplyServerSideEncryptionByDefault::new("AES256"), false),
    };
    Rule::new()
        .apply_server_side_encryption_by_default(default)
        .bucket_key_enabled(bucket_key)
}

/// PCI DSS 4.2.1: nothing crosses a network in clear.
fn policy(
    bucket: Handle<aws::S3Bucket>,
    statements: impl IntoIterator<Item = BucketStatement>,
) -> Policy {
    let objects = Value::concat([bucket.arn(), "/*".into()]);
    let tls_only = Statement::deny(["s3:*"], [bucket.arn(), objects])
        .sid("TlsOnly")
        .principal(Principal::Anyone)
        .condition("Bool", "aws:SecureTransport", "false");
    let others = statements.into_iter().map(|statement| statement(bucket));
    Policy::new(std::iter::once(tls_only).chain(others))
}
