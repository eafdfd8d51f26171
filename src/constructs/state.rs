//! Where Terraform's state is kept, and whose it is.

use super::Context;
use super::bucket::{PrivateBucket, private_bucket};
use super::ignored::ignoring;
use super::key::{DataClass, Key};
use crate::aws;
use crate::aws::dynamodb_table::{self, AttributeArgs};
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
    pub bucket: PrivateBucket,
    /// The lock table.
    pub locks: Handle<aws::DynamodbTable>,
}

impl StateStore {
    /// Adds both, encrypted with `key`.
    ///
    /// State is the record of what every environment is: versions are kept, and both stay when
    /// everything else is destroyed, unless the estate is destroyable.
    pub fn new(scope: &mut Scope<'_>, context: &Context<'_>, key: Key) -> Self {
        let mut scope = scope.child("state");
        Self {
            bucket: private_bucket(&mut scope, context, BUCKET, key, []),
            locks: locks(&mut scope, context, key),
        }
    }
}

fn locks(scope: &mut Scope<'_>, context: &Context<'_>, key: Key) -> Handle<aws::DynamodbTable> {
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
