//! Deployment packages, uploaded from the Terraform configuration into a bucket that Lambda reads.

use std::collections::BTreeMap;

use crate::aws;
use crate::aws::s3_object::S3ObjectArgs;
use crate::constructs::core::Context;
use crate::constructs::data::bucket::{PrivateBucket, PrivateBucketProps};
use crate::constructs::security::kms_key::KmsKey;
use crate::lambda_packages::{DeploymentPackage, Program};
use crate::newtypes::Region;
use crate::terraform::tree::{Scope, Value};

/// The bucket of deployment packages in one region.
#[derive(Debug)]
pub struct Artifacts {
    bucket: PrivateBucket,
    region: Region,
    packages: BTreeMap<Program, UploadedPackage>,
}

/// A deployment package in the artifact bucket.
#[derive(Clone, Debug)]
pub struct UploadedPackage {
    pub(super) program: Program,
    pub(super) bucket: Value<String>,
    pub(super) key: Value<String>,
    pub(super) version: Value<String>,
    pub(super) sha256: String,
    pub(super) drivers: Option<Value<String>>,
}

impl Artifacts {
    /// Adds the bucket. `region` is the region of `scope`.
    pub fn new(scope: &mut Scope<'_>, context: &Context<'_>, region: Region, key: KmsKey) -> Self {
        let token = format!("artifacts-{}", region.short());
        let bucket = PrivateBucketProps {
            token: &token,
            key,
            statements: Vec::new(),
        };
        Self {
            bucket: PrivateBucket::new(scope, context, bucket),
            region,
            packages: BTreeMap::new(),
        }
    }

    /// Returns the package of `program` and adds it on the first call. `ca_certificates` as for
    /// [`DeploymentPackage::new`].
    pub fn package<'p>(
        &mut self,
        scope: &mut Scope<'_>,
        program: Program,
        ca_certificates: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> UploadedPackage {
        let (bucket, region) = (self.bucket, self.region);
        let uploaded = self.packages.entry(program).or_insert_with(|| {
            let package = DeploymentPackage::new(program, ca_certificates);
            let object = aws::S3Object::new(S3ObjectArgs {
                bucket: bucket.name(),
                key: format!("{}.zip", program.package()).into(),
            })
            .content_base64(package.base64())
            .content_type("application/zip")
            .depends_on_all(bucket.object_defaults());
            let object = scope.child("object").add(program.package(), object);
            UploadedPackage {
                program,
                bucket: object.bucket(),
                key: object.key(),
                version: object.version_id(),
                sha256: package.sha256_base64(),
                drivers: program.uses_databases().then(|| driver_layer_arn(region)),
            }
        });
        uploaded.clone()
    }
}

/// The layer of AWS with the database drivers pg8000 and `PyMySQL` ("AWS SDK for pandas", version 3.17.0).
/// Layer versions are immutable; `tests/python/test.in` pins the same drivers.
fn driver_layer_arn(region: Region) -> Value<String> {
    format!("arn:aws:lambda:{region}:336392948345:layer:AWSSDKPandas-Python313-Arm64:14").into()
}
