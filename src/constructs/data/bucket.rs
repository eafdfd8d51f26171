//! Private S3 buckets: encrypted, versioned, without public access.

use crate::aws;
use crate::aws::s3_bucket_policy::S3BucketPolicyArgs;
use crate::aws::s3_bucket_server_side_encryption_configuration::{
    ApplyServerSideEncryptionByDefault, Rule, S3BucketServerSideEncryptionConfigurationArgs,
};
use crate::aws::s3_bucket_versioning::{S3BucketVersioningArgs, VersioningConfiguration};
use crate::config::Protection;
use crate::constructs::core::{Context, Policy, Principal, Statement};
use crate::constructs::security::kms_key::KmsKey;
use crate::terraform::tree::{Block, Handle, NodeId, Scope, Value};

/// Creates a statement of a bucket's policy from the bucket.
pub type BucketStatement = Box<dyn FnOnce(Handle<aws::S3Bucket>) -> Statement>;

/// A private bucket with a customer-managed key, as added to a tree.
#[derive(Clone, Copy, Debug)]
pub struct PrivateBucket {
    bucket: Handle<aws::S3Bucket>,
    versioning: Handle<aws::S3BucketVersioning>,
    encryption: Handle<aws::S3BucketServerSideEncryptionConfiguration>,
    policy: Handle<aws::S3BucketPolicy>,
    key: KmsKey,
}

/// Configuration of a private bucket.
pub struct PrivateBucketProps<'a> {
    /// The type token of the bucket's name.
    pub token: &'a str,
    /// Encrypts the objects.
    pub key: KmsKey,
    /// Statements of the bucket's policy, in addition to the denial of connections without TLS.
    pub statements: Vec<BucketStatement>,
}

/// A private bucket that S3 encrypts with its own keys, as added to a tree.
///
/// Only for AWS services that cannot deliver to a bucket with a customer-managed key.
#[derive(Clone, Copy, Debug)]
pub struct S3ManagedBucket {
    /// The bucket.
    pub bucket: Handle<aws::S3Bucket>,
    /// The policy; services that test the bucket depend on it.
    pub policy: Handle<aws::S3BucketPolicy>,
}

/// Configuration of a bucket with S3-managed keys.
pub struct S3ManagedBucketProps<'a> {
    /// The type token of the bucket's name.
    pub token: &'a str,
    /// Statements of the bucket's policy, in addition to the denial of connections without TLS.
    pub statements: Vec<BucketStatement>,
}

impl PrivateBucket {
    /// Adds a private bucket.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: PrivateBucketProps<'_>,
    ) -> Self {
        let (key, statements) = (props.key, props.statements);
        let parts = add_bucket(
            scope,
            context,
            props.token,
            Encryption::Kms(key),
            statements,
        );
        Self {
            bucket: parts.bucket,
            versioning: parts.versioning,
            encryption: parts.encryption,
            policy: parts.policy,
            key,
        }
    }

    /// The name.
    pub fn name(&self) -> Value<String> {
        self.bucket.id()
    }

    /// The ARN.
    pub fn arn(&self) -> Value<String> {
        self.bucket.arn()
    }

    /// The ARN pattern of the objects whose keys start with `prefix`.
    pub fn objects_arn(&self, prefix: &'static str) -> Value<String> {
        Value::concat([self.bucket.arn(), "/".into(), prefix.into(), "*".into()])
    }

    /// The key that encrypts the objects.
    pub fn key(&self) -> KmsKey {
        self.key
    }

    /// The versioning configuration; S3 replication requires it.
    pub fn versioning(&self) -> Handle<aws::S3BucketVersioning> {
        self.versioning
    }

    /// The configurations that an object gets its version and its key from; objects that Terraform uploads depend
    /// on them.
    pub fn object_defaults(&self) -> [NodeId; 2] {
        [self.versioning.into(), self.encryption.into()]
    }

    /// The policy; services that test the bucket depend on it.
    pub fn policy(&self) -> Handle<aws::S3BucketPolicy> {
        self.policy
    }
}

/// Default encryption of a bucket.
#[derive(Clone, Copy, Debug)]
enum Encryption {
    Kms(KmsKey),
    S3Managed,
}

impl S3ManagedBucket {
    /// Adds a bucket with S3-managed keys.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: S3ManagedBucketProps<'_>,
    ) -> Self {
        let statements = props.statements;
        let parts = add_bucket(
            scope,
            context,
            props.token,
            Encryption::S3Managed,
            statements,
        );
        Self {
            bucket: parts.bucket,
            policy: parts.policy,
        }
    }
}

struct BucketParts {
    bucket: Handle<aws::S3Bucket>,
    versioning: Handle<aws::S3BucketVersioning>,
    encryption: Handle<aws::S3BucketServerSideEncryptionConfiguration>,
    policy: Handle<aws::S3BucketPolicy>,
}

fn add_bucket(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    token: &str,
    encryption: Encryption,
    statements: Vec<BucketStatement>,
) -> BucketParts {
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
    let encryption = scope.add(
        "encryption",
        aws::S3BucketServerSideEncryptionConfiguration::new(
            S3BucketServerSideEncryptionConfigurationArgs {
                bucket: bucket.id(),
                rule: vec![encryption_rule(encryption)],
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
    // AWS rejects simultaneous changes of a bucket's policy and public access block.
    let policy = aws::S3BucketPolicy::new(S3BucketPolicyArgs {
        bucket: bucket.id(),
        policy: bucket_policy(bucket, statements).to_json(),
    });
    BucketParts {
        bucket,
        versioning,
        encryption,
        policy: scope.add("policy", policy.depends_on(block)),
    }
}

fn encryption_rule(encryption: Encryption) -> Block<Rule> {
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

/// PCI DSS 4.2.1: connections without TLS are denied.
fn bucket_policy(bucket: Handle<aws::S3Bucket>, statements: Vec<BucketStatement>) -> Policy {
    let objects = Value::concat([bucket.arn(), "/*".into()]);
    let tls_only = Statement::deny(["s3:*"], [bucket.arn(), objects])
        .sid("TlsOnly")
        .principal(Principal::Anyone)
        .condition("Bool", "aws:SecureTransport", "false");
    let statements = statements.into_iter().map(|statement| statement(bucket));
    Policy::new(std::iter::once(tls_only).chain(statements))
}
