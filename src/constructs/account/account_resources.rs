//! Resources that exist once in an AWS account.
//!
//! They are created only if the stack file requests it. Two stacks would overwrite each other, and the first one to be
//! destroyed would remove them for both.

use crate::aws;
use crate::aws::config_configuration_recorder::RecordingGroup;
use crate::aws::config_configuration_recorder_status::ConfigConfigurationRecorderStatusArgs;
use crate::constructs::core::{Context, Principal, Role, Statement};
use crate::constructs::data::bucket::{BucketStatement, PrivateBucket, PrivateBucketProps};
use crate::constructs::security::kms_key::{DataClass, KmsKey, KmsKeyProps};
use crate::newtypes::Region;
use crate::terraform::tree::{Scope, Value};

/// The two roles that DMS requires by name (DMS user guide, "Creating the IAM roles to use with DMS").
pub fn add_dms_roles(root: &mut Scope<'_>, context: &Context<'_>) {
    for (name, description, policy) in [
        (
            "dms-vpc-role",
            "Lets DMS manage its network interfaces",
            "service-role/AmazonDMSVPCManagementRole",
        ),
        (
            "dms-cloudwatch-logs-role",
            "Lets DMS write its logs",
            "service-role/AmazonDMSCloudWatchLogsRole",
        ),
    ] {
        let mut scope = root.child("account").into_child(name);
        let role = Role::new(
            &mut scope,
            name.to_owned(),
            description,
            "dms.amazonaws.com",
        );
        role.attach(&mut scope, context, policy);
    }
}

/// The role with which API Gateway writes logs, in every region.
pub fn add_api_gateway_account(root: &mut Scope<'_>, context: &Context<'_>, regions: &[Region]) {
    let mut scope = root.child("account").into_child("api-gateway");
    let role = Role::new(
        &mut scope,
        context.names.of("api-gateway-logs"),
        "Lets API Gateway write its logs",
        "apigateway.amazonaws.com",
    );
    let attached = role.attach(
        &mut scope,
        context,
        "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    );
    for region in regions {
        let account = aws::ApiGatewayAccount::new()
            .cloudwatch_role_arn(role.arn())
            .depends_on(attached);
        scope
            .in_region(region.as_str())
            .add(region.short(), account);
    }
}

/// GuardDuty in every region (PCI DSS 11.5.1).
pub fn add_guard_duty(root: &mut Scope<'_>, regions: &[Region]) {
    let mut scope = root.child("account").into_child("guard-duty");
    for region in regions {
        scope.in_region(region.as_str()).add(
            region.short(),
            aws::GuarddutyDetector::new()
                .enable(true)
                .finding_publishing_frequency("FIFTEEN_MINUTES"),
        );
    }
}

/// AWS Config in every region, into one bucket of the first (PCI DSS 11.5.2).
pub fn add_config_recorder(root: &mut Scope<'_>, context: &Context<'_>, regions: &[Region]) {
    let Some(home) = regions.first() else {
        return;
    };
    let mut scope = root.child("account").into_child("config");
    let key = KmsKey::new(
        &mut scope,
        context,
        KmsKeyProps {
            class: DataClass::Configuration,
            region: *home,
        },
    );
    let bucket = PrivateBucketProps {
        token: "config",
        key,
        statements: delivery(context).into(),
    };
    let bucket = PrivateBucket::new(&mut scope, context, bucket);
    let role = Role::new(
        &mut scope,
        context.names.of("config"),
        "Lets AWS Config read what it records",
        "config.amazonaws.com",
    );
    role.attach(&mut scope, context, "service-role/AWS_ConfigRole");
    for region in regions {
        let mut scope = scope.in_region(region.as_str());
        let mut scope = scope.child(region.short());
        record(&mut scope, &role, bucket);
    }
}

/// Recorder, delivery channel and recorder status. AWS accepts only this order.
fn record(scope: &mut Scope<'_>, role: &Role, bucket: PrivateBucket) {
    let recorder = scope.add(
        "recorder",
        aws::ConfigConfigurationRecorder::new(role.arn()).recording_group(
            RecordingGroup::new()
                .all_supported(true)
                .include_global_resource_types(true),
        ),
    );
    let channel = scope.add(
        "delivery",
        aws::ConfigDeliveryChannel::new(bucket.name())
            .s3_kms_key_arn(bucket.key().arn())
            .depends_on(recorder),
    );
    let status = ConfigConfigurationRecorderStatusArgs {
        is_enabled: true.into(),
        name: recorder.name(),
    };
    scope.add(
        "status",
        aws::ConfigConfigurationRecorderStatus::new(status).depends_on(channel),
    );
}

/// Bucket policy statements for AWS Config (AWS Config developer guide, "Permissions for the Amazon S3
/// bucket").
fn delivery(context: &Context<'_>) -> [BucketStatement; 2] {
    let service = || Principal::Service("config.amazonaws.com".into());
    let account = context.account;
    let look: BucketStatement = Box::new(move |bucket| {
        Statement::allow(["s3:GetBucketAcl", "s3:ListBucket"], [bucket.arn()])
            .sid("ConfigLooks")
            .principal(service())
            .condition("StringEquals", "aws:SourceAccount", account.id())
    });
    let write: BucketStatement = Box::new(move |bucket| {
        let objects = Value::concat([
            bucket.arn(),
            "/AWSLogs/".into(),
            account.id(),
            "/Config/*".into(),
        ]);
        Statement::allow(["s3:PutObject"], [objects])
            .sid("ConfigWrites")
            .principal(service())
            .condition("StringEquals", "aws:SourceAccount", account.id())
    });
    [look, write]
}
