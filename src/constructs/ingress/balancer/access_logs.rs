//! Where a load balancer writes who asked it for what (PCI DSS 10.2).

use crate::aws;
use crate::config::Lifecycle;
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

impl AccessLogs {
    /// The bucket of the load balancer `identity` in `region`, where AWS delivers as the account `balancers`.
    pub(super) fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        identity: &str,
        region: Region,
        balancers: Value<String>,
    ) -> Self {
        let mut scope = scope.child("access-logs");
        let account = context.account.id();
        let statement: BucketStatement = Box::new(move |bucket| {
            let folder = Value::concat([bucket.arn(), "/AWSLogs/".into(), account, "/*".into()]);
            // Regions older than 2022 know load balancers by account, newer ones by service.
            Statement::allow(["s3:PutObject"], [folder])
                .sid("LoadBalancersWriteTheirLogs")
                .principal(Principal::Aws(balancers))
                .principal(Principal::Service(
                    "logdelivery.elasticloadbalancing.amazonaws.com".into(),
                ))
        });
        // Elastic Load Balancing delivers only where S3 manages the key ("Access logs for your
        // Application Load Balancer"): the one exception to customer-managed keys.
        let props = S3ManagedBucketProps {
            // Bucket names are global, and another region may have such a load balancer also.
            token: &token(identity, region),
            statements: vec![statement],
        };
        let S3ManagedBucket { bucket, policy } = S3ManagedBucket::new(&mut scope, context, props);
        scope.add(
            "lifecycle",
            archive_and_expire(bucket.id(), &Lifecycle::default()),
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
