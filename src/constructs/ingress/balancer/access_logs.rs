//! Where a load balancer writes who asked it for what (PCI DSS 10.2).

use crate::aws;
use crate::config::{Lifecycle, ObjectLifecycle};
use crate::constructs::core::{Context, Principal, Statement};
use crate::constructs::data::bucket::{BucketStatement, S3ManagedBucket, S3ManagedBucketProps};
use crate::constructs::data::data_bucket::archive_and_expire;
use crate::newtypes::Region;
use crate::terraform::tree::{Handle, Scope, Value};

/// The bucket, and what must exist before load balancers may write to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct AccessLogs {
    pub(super) bucket: Handle<aws::S3Bucket>,
    pub(super) policy: Handle<aws::S3BucketPolicy>,
}

/// Configuration of access logs.
#[derive(Clone, Debug)]
pub(super) struct AccessLogsProps<'a> {
    /// The load balancer's key in physical names.
    pub(super) balancer: &'a str,
    pub(super) region: Region,
    /// The ARN of the account with which AWS delivers access logs.
    pub(super) log_delivery_account_arn: Value<String>,
}

impl AccessLogs {
    /// Adds the bucket.
    pub(super) fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: AccessLogsProps<'_>,
    ) -> Self {
        let AccessLogsProps {
            balancer,
            region,
            log_delivery_account_arn,
        } = props;
        let mut scope = scope.child("access-logs");
        let account = context.account.id();
        let statement: BucketStatement = Box::new(move |bucket| {
            let folder = Value::concat([bucket.arn(), "/AWSLogs/".into(), account, "/*".into()]);
            // Regions older than 2022 know load balancers by account, newer ones by service.
            Statement::allow(["s3:PutObject"], [folder])
                .sid("LoadBalancersWriteTheirLogs")
                .principal(Principal::Aws(log_delivery_account_arn))
                .principal(Principal::Service(
                    "logdelivery.elasticloadbalancing.amazonaws.com".into(),
                ))
        });
        // Elastic Load Balancing delivers only where S3 manages the key ("Access logs for your
        // Application Load Balancer"): the one exception to customer-managed keys.
        let props = S3ManagedBucketProps {
            // Bucket names are global, and another region may have such a load balancer also.
            token: &token(balancer, region),
            statements: vec![statement],
        };
        let S3ManagedBucket { bucket, policy } = S3ManagedBucket::new(&mut scope, context, props);
        scope.add(
            "lifecycle",
            archive_and_expire(
                bucket.id(),
                ObjectLifecycle::of_records(&Lifecycle::default()),
            ),
        );
        Self { bucket, policy }
    }
}

fn token(identity: &str, region: Region) -> String {
    let token = format!("alb-logs-{}", region.short());
    match identity {
        crate::naming::MAIN => token,
        identity => format!("{token}-{identity}"),
    }
}
