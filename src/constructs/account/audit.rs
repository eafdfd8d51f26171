//! The CloudTrail audit trail: management events, and data events of buckets and tables.
//!
//! PCI DSS 10.2 (audit logs), 10.3 (protection from changes), 10.5.1 (retention).

use crate::aws;
use crate::aws::cloudtrail::{CloudtrailArgs, DataResource, DataResourceArgs, EventSelector};
use crate::constructs::core::{Context, Policy, Principal, Role, Statement};
use crate::constructs::data::bucket::{BucketStatement, PrivateBucket};
use crate::constructs::observability::log_group::log_group;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::{Region, RetentionDays};
use crate::terraform::tree::{Block, Handle, Scope, Value};

/// Configuration of a trail.
#[derive(Clone, Debug)]
pub struct AuditTrailProps {
    /// ARNs of the buckets with data events.
    pub buckets: Vec<Value<String>>,
    /// ARNs of the tables with data events, in each of their regions.
    pub tables: Vec<Value<String>>,
    /// Retention of the log group.
    pub retention: RetentionDays,
}

/// Components that a trail uses, in its region.
#[derive(Clone, Copy, Debug)]
pub struct AuditTrailDeps {
    /// The bucket of the records. Its policy has the [`statements`].
    pub bucket: PrivateBucket,
    /// Encrypts the log group.
    pub logs_key: KmsKey,
}

/// A trail that was added to a tree.
#[derive(Clone, Copy, Debug)]
pub struct AuditTrail {
    /// A copy of the records, for metric filters.
    pub log_group: Handle<aws::CloudwatchLogGroup>,
}

impl AuditTrail {
    /// Adds a trail over all regions with log file validation.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: AuditTrailProps,
        deps: AuditTrailDeps,
    ) -> Self {
        let name = name(context);
        let group = scope.add(
            "log-group",
            log_group(
                format!("/aws/cloudtrail/{name}"),
                props.retention,
                deps.logs_key,
            ),
        );
        let streams = Value::concat([group.arn(), ":*".into()]);
        let role = Role::new(
            scope,
            context.names.of("trail-role"),
            "Writes the CloudTrail audit trail to CloudWatch Logs",
            "cloudtrail.amazonaws.com",
        );
        let policy = role.allow(
            scope,
            Policy::new([Statement::allow(
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                [streams.clone()],
            )]),
        );
        let trail = aws::Cloudtrail::new(CloudtrailArgs {
            name: name.into(),
            s3_bucket_name: deps.bucket.name(),
        })
        .is_multi_region_trail(true)
        .include_global_service_events(true)
        .enable_log_file_validation(true)
        .kms_key_id(deps.bucket.key().arn())
        .cloud_watch_logs_group_arn(streams)
        .cloud_watch_logs_role_arn(role.arn())
        .event_selector(selector(props.buckets, props.tables))
        .depends_on(policy)
        // CloudTrail writes to the bucket when the trail is created.
        .depends_on(deps.bucket.policy());
        scope.add("trail", trail);
        Self { log_group: group }
    }
}

/// Bucket policy statements for the trail (CloudTrail user guide, "Amazon S3 bucket policy
/// for CloudTrail").
pub fn statements(context: &Context<'_>, region: Region) -> [BucketStatement; 2] {
    let service = || Principal::Service("cloudtrail.amazonaws.com".into());
    let trail = format!("trail/{}", name(context));
    let trail = context.account.arn("cloudtrail", region.as_str(), trail);
    let same = trail.clone();
    let account = context.account.id();
    [
        Box::new(move |bucket| {
            Statement::allow(["s3:GetBucketAcl"], [bucket.arn()])
                .sid("TrailReadsAcl")
                .principal(service())
                .condition("StringEquals", "aws:SourceArn", trail)
        }),
        Box::new(move |bucket| {
            let records = Value::concat([bucket.arn(), "/AWSLogs/".into(), account, "/*".into()]);
            Statement::allow(["s3:PutObject"], [records])
                .sid("TrailWrites")
                .principal(service())
                .condition("StringEquals", "aws:SourceArn", same)
                .condition("StringEquals", "s3:x-amz-acl", "bucket-owner-full-control")
        }),
    ]
}

fn name(context: &Context<'_>) -> String {
    context.names.of("trail")
}

/// All management events, and the data events of buckets and tables.
fn selector(buckets: Vec<Value<String>>, tables: Vec<Value<String>>) -> Block<EventSelector> {
    let objects = buckets
        .into_iter()
        .map(|bucket| Value::concat([bucket, "/".into()]));
    let watched = [
        ("AWS::S3::Object", objects.collect::<Vec<_>>()),
        ("AWS::DynamoDB::Table", tables),
    ];
    let watched = watched.into_iter().filter(|(_, values)| !values.is_empty());
    EventSelector::new()
        .include_management_events(true)
        .read_write_type("All")
        .data_resource(watched.map(|(kind, values)| {
            DataResource::new(DataResourceArgs {
                r#type: kind.into(),
                values: values.into(),
            })
        }))
}
