//! Terraform state: its backend, its identity, and remote states.

use crate::aws;
use crate::aws::dynamodb_table::{self, AttributeArgs};
use crate::config::Protection;
use crate::constructs::core::{Context, with_ignored_changes};
use crate::constructs::data::bucket::{PrivateBucket, PrivateBucketProps};
use crate::constructs::security::kms_key::{DataClass, KmsKey};
use crate::naming::Names;
use crate::newtypes::Region;
use crate::terraform::builtin::{TerraformData, TerraformRemoteState};
use crate::terraform::tree::{Backend, Handle, Map, Scope, Value};

/// Adds a guard that fails the plan of this configuration over the state of another one.
///
/// `identity` is `<stack>/<environment>/<suffix>`. The state keeps the identity that it was made for; a
/// configuration with another one fails at plan. Without the guard the next configuration in the same folder
/// would replace every database.
pub fn add_identity_guard(scope: &mut Scope<'_>, identity: &str) {
    let output = Handle::<TerraformData>::self_ref().output();
    let guard = TerraformData::new()
        .input(identity.to_owned())
        .postcondition(
            output.clone().equals(identity.to_owned()),
            Value::concat([
                "this state belongs to ".into(),
                output.to_text(),
                format!(", and this configuration is {identity}").into(),
            ]),
        );
    scope.add("identity", with_ignored_changes(guard));
}

/// The backend in the bucket and table of the environment `bootstrap`, whose names are `bootstrap`'s.
pub fn backend(bootstrap: &Names, region: Region, environment: &str) -> Backend {
    Backend::S3 {
        bucket: bootstrap.of(BUCKET),
        key: key(environment),
        region: region.as_str().to_owned(),
        dynamodb_table: lock_table(bootstrap),
        kms_key_id: format!(
            "alias/{}",
            bootstrap.of(&KmsKey::token(DataClass::State, region))
        ),
    }
}

/// The name of the DynamoDB lock table, which the environment `bootstrap` creates.
pub fn lock_table(bootstrap: &Names) -> String {
    bootstrap.of(LOCKS)
}

/// The state of another environment of the same stack, in the backend of the environment `bootstrap`.
#[derive(Clone, Copy, Debug)]
pub struct RemoteState {
    state: Handle<TerraformRemoteState>,
}

/// Configuration of a remote state.
#[derive(Clone, Copy, Debug)]
pub struct RemoteStateProps<'a> {
    /// Names of the environment `bootstrap`, which has the backend.
    pub bootstrap: &'a Names,
    /// The region of the backend.
    pub region: Region,
    /// The environment of the state.
    pub environment: &'a str,
    /// The names of its outputs. An output that the state lacks is an empty text.
    pub outputs: &'a [&'a str],
}

impl RemoteState {
    /// Adds the data source, which every plan reads. The plan fails until that environment is applied.
    pub fn new(scope: &mut Scope<'_>, props: RemoteStateProps<'_>) -> Self {
        let RemoteStateProps {
            bootstrap,
            region,
            environment,
            outputs,
        } = props;
        let config = [
            ("bucket", bootstrap.of(BUCKET)),
            ("key", key(environment)),
            ("region", region.as_str().to_owned()),
        ];
        let outputs = outputs.iter().copied().chain([ENVIRONMENT]);
        let defaults: Value<Map<String>> = outputs
            .map(|name| (name.to_owned(), String::new()))
            .collect();
        let outputs_of_state = Handle::<TerraformRemoteState>::self_ref().outputs();
        let state = TerraformRemoteState::new("s3")
            .config(Value::from(config))
            .defaults(defaults)
            .postcondition(
                outputs_of_state
                    .key(ENVIRONMENT)
                    .equals(environment.to_owned()),
                format!(
                    "the state of environment {environment} is empty: apply that environment first"
                ),
            );
        Self {
            state: scope
                .child("remote-state")
                .add(environment.to_owned(), state),
        }
    }

    /// One of its outputs.
    pub fn output(&self, name: &str) -> Value<String> {
        self.state.outputs().key(name.to_owned())
    }
}

/// The output with the environment's name, which every configuration has.
const ENVIRONMENT: &str = "environment";

fn key(environment: &str) -> String {
    format!("{environment}/terraform.tfstate")
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
    /// The bucket keeps versions. Both are protected from destruction, unless every environment is destroyable.
    pub fn new(scope: &mut Scope<'_>, context: &Context<'_>, key: KmsKey) -> Self {
        let mut scope = scope.child("state");
        let bucket = PrivateBucketProps {
            token: BUCKET,
            key,
            statements: Vec::new(),
        };
        Self {
            bucket: PrivateBucket::new(&mut scope, context, bucket),
            locks: locks(&mut scope, context, key),
        }
    }
}

fn locks(scope: &mut Scope<'_>, context: &Context<'_>, key: KmsKey) -> Handle<aws::DynamodbTable> {
    // Terraform's S3 backend requires this key.
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
    scope.add("locks", context.protect(table))
}
