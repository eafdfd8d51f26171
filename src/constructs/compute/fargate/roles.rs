//! Who starts tasks, and who the tasks are: two roles, since what starts a task needs none of what it may do.

use super::Plan;
use crate::aws;
use crate::constructs::core::{Context, Policy, Role, Statement};
use crate::terraform::tree::{Handle, NodeId, Scope, Value};

/// The service that assumes both.
const TASKS: &str = "ecs-tasks.amazonaws.com";

/// The roles of a service in one network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Roles {
    execution: Role,
    task: Role,
    policies: [Handle<aws::IamRolePolicy>; 2],
}

impl Roles {
    /// The roles of tasks that run an image of `repository`, log to `log_group`, and do what is `allowed`.
    pub(super) fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        plan: Plan<'_>,
        repository: &str,
        log_group: Handle<aws::CloudwatchLogGroup>,
        allowed: Vec<Statement>,
    ) -> Self {
        let mut role = |id: &'static str, token, description, allowed| {
            let mut scope = scope.child(id);
            let name = context.names.keyed(token, plan.keys);
            let role = Role::of_account(&mut scope, context, name, description, TASKS);
            (role, role.allow(&mut scope, Policy::new(allowed)))
        };
        let repository = format!("repository/{repository}");
        let repository = context
            .account
            .arn("ecr", plan.network.region.as_str(), repository);
        let starts = vec![
            registry_login(),
            Statement::allow(
                [
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:BatchGetImage",
                    "ecr:GetDownloadUrlForLayer",
                ],
                [repository],
            )
            .sid("PullImage"),
            Statement::allow(
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                [Value::concat([log_group.arn(), ":*".into()])],
            )
            .sid("WriteOwnLog"),
        ];
        let (execution, starts) = role(
            "execution-role",
            "exec-role",
            "Task execution role of an ECS service",
            starts,
        );
        let (task, does) = role(
            "task-role",
            "task-role",
            "Task role of an ECS service",
            allowed,
        );
        Self {
            execution,
            task,
            policies: [starts, does],
        }
    }

    /// Who starts tasks.
    pub(super) fn execution(&self) -> Value<String> {
        self.execution.arn()
    }

    /// Who tasks are.
    pub(super) fn task(&self) -> Value<String> {
        self.task.arn()
    }

    /// What must be there before a task starts, beside the roles themselves.
    pub(super) fn policies(&self) -> [NodeId; 2] {
        self.policies.map(Into::into)
    }
}

/// A login is to the account's whole registry (ECR user guide, "Private registry authentication").
fn registry_login() -> Statement {
    Statement::allow(["ecr:GetAuthorizationToken"], ["*".into()]).sid("GetRegistryToken")
}
