//! IAM roles of AWS services.

use std::borrow::Cow;

use crate::aws;
use crate::constructs::core::{Context, Policy, Principal, Statement};
use crate::terraform::tree::{Handle, Scope, Value};

/// An IAM role that one AWS service assumes.
#[derive(Clone, Debug)]
pub struct Role {
    role: Handle<aws::IamRole>,
    physical_name: String,
}

impl Role {
    /// Adds a role for the service principal `service`, such as `lambda.amazonaws.com`.
    pub fn new(
        scope: &mut Scope<'_>,
        name: String,
        description: impl Into<String>,
        service: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::assumed(scope, name, description, Policy::new([trust(service)]))
    }

    /// Adds a role that the service assumes for this account only (IAM user guide, "The confused deputy
    /// problem").
    pub fn of_account(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        name: String,
        description: impl Into<String>,
        service: impl Into<Cow<'static, str>>,
    ) -> Self {
        let trust =
            trust(service).condition("StringEquals", "aws:SourceAccount", context.account.id());
        Self::assumed(scope, name, description, Policy::new([trust]))
    }

    fn assumed(
        scope: &mut Scope<'_>,
        name: String,
        description: impl Into<String>,
        trust: Policy,
    ) -> Self {
        let role = aws::IamRole::new(trust.to_json())
            .name(name.clone())
            .description(description.into());
        Self {
            role: scope.add("role", role),
            physical_name: name,
        }
    }

    /// Adds `policy` as the inline policy, which has the name of the role.
    pub fn allow(&self, scope: &mut Scope<'_>, policy: Policy) -> Handle<aws::IamRolePolicy> {
        scope.add(
            "policy",
            aws::IamRolePolicy::new(aws::iam_role_policy::IamRolePolicyArgs {
                policy: policy.to_json(),
                role: self.role.name(),
            })
            .name(self.physical_name.clone()),
        )
    }

    /// Attaches an AWS managed policy.
    pub fn attach(
        &self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        managed_policy: &'static str,
    ) -> Handle<aws::IamRolePolicyAttachment> {
        scope.add(
            "attachment",
            aws::IamRolePolicyAttachment::new(
                aws::iam_role_policy_attachment::IamRolePolicyAttachmentArgs {
                    policy_arn: context.account.managed_policy(managed_policy),
                    role: self.role.name(),
                },
            ),
        )
    }

    /// The role.
    pub fn handle(&self) -> Handle<aws::IamRole> {
        self.role
    }

    /// The role name.
    pub fn name(&self) -> Value<String> {
        self.role.name()
    }

    /// The role ARN.
    pub fn arn(&self) -> Value<String> {
        self.role.arn()
    }
}

fn trust(service: impl Into<Cow<'static, str>>) -> Statement {
    Statement::allow(["sts:AssumeRole"], []).principal(Principal::Service(service.into()))
}
