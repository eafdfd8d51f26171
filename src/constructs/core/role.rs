//! Roles: what a service may do, and nothing else.

use std::borrow::Cow;

use crate::aws;
use crate::constructs::core::{Context, Policy, Principal, Statement};
use crate::terraform::tree::{Handle, Scope, Value};

/// A role that one service assumes.
#[derive(Clone, Copy, Debug)]
pub struct Role {
    role: Handle<aws::IamRole>,
}

impl Role {
    /// The role `name` that the service principal `service` assumes, such as `lambda.amazonaws.com`.
    pub fn new(
        scope: &mut Scope<'_>,
        name: String,
        description: &'static str,
        service: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::assumed(scope, name, description, Policy::new([trust(service)]))
    }

    /// The same, for a service that says for which account it acts: it assumes the role for this one
    /// only (IAM user guide, "The confused deputy problem").
    pub fn of_account(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        name: String,
        description: &'static str,
        service: impl Into<Cow<'static, str>>,
    ) -> Self {
        let trust = trust(service).when("StringEquals", "aws:SourceAccount", context.account.id());
        Self::assumed(scope, name, description, Policy::new([trust]))
    }

    fn assumed(
        scope: &mut Scope<'_>,
        name: String,
        description: &'static str,
        trust: Policy,
    ) -> Self {
        let role = aws::IamRole::new(trust.to_json())
            .name(name)
            .description(description);
        Self {
            role: scope.add("role", role),
        }
    }

    /// Lets the role do what `policy` allows.
    pub fn allow(&self, scope: &mut Scope<'_>, policy: Policy) -> Handle<aws::IamRolePolicy> {
        scope.add(
            "policy",
            aws::IamRolePolicy::new(aws::iam_role_policy::IamRolePolicyArgs {
                policy: policy.to_json(),
                role: self.role.name(),
            })
            .name("inline"),
        )
    }

    /// Lets the role do what a policy that AWS manages allows.
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

    /// Its name.
    pub fn name(&self) -> Value<String> {
        self.role.name()
    }

    /// Its ARN.
    pub fn arn(&self) -> Value<String> {
        self.role.arn()
    }
}

fn trust(service: impl Into<Cow<'static, str>>) -> Statement {
    Statement::allow(["sts:AssumeRole"], []).to(Principal::Service(service.into()))
}
