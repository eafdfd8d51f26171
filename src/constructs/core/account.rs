//! The AWS account that a configuration is applied in, looked up at plan.

use crate::aws::data;
use crate::terraform::tree::{Handle, Scope, Value};

/// Account id and partition, for policies and ARNs.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    identity: Handle<data::CallerIdentity>,
    partition: Handle<data::Partition>,
}

impl Account {
    /// Looks up the account.
    pub fn new(scope: &mut Scope<'_>) -> Self {
        let mut scope = scope.child("account");
        Self {
            identity: scope.add("identity", data::CallerIdentity::new()),
            partition: scope.add("partition", data::Partition::new()),
        }
    }

    /// The twelve-digit account id.
    pub fn id(&self) -> Value<String> {
        self.identity.account_id()
    }

    /// The ARN of the account's root, which in a policy means every identity that the account allows.
    pub fn root(&self) -> Value<String> {
        self.arn("iam", "", "root")
    }

    /// The ARN of a resource of this account; `region` is empty for global services.
    pub fn arn(
        &self,
        service: &'static str,
        region: impl Into<Value<String>>,
        resource: impl Into<Value<String>>,
    ) -> Value<String> {
        Value::concat([
            "arn:".into(),
            self.partition.partition(),
            ":".into(),
            service.into(),
            ":".into(),
            region.into(),
            ":".into(),
            self.id(),
            ":".into(),
            resource.into(),
        ])
    }

    /// The ARN of an AWS managed policy: `service-role/AmazonRDSEnhancedMonitoringRole`.
    pub fn managed_policy(&self, name: &'static str) -> Value<String> {
        Value::concat([
            "arn:".into(),
            self.partition.partition(),
            ":iam::aws:policy/".into(),
            name.into(),
        ])
    }
}
