//! IAM roles of tasks: ECS starts them with the execution role, and the program has the task role.

use crate::aws;
use crate::constructs::core::{Context, Policy, Role, Statement};
use crate::newtypes::Region;
use crate::terraform::tree::{Handle, NodeId, Scope, Value};

/// The service that assumes both.
const TASKS: &str = "ecs-tasks.amazonaws.com";

/// The roles of a service in one network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Roles {
    execution: Handle<aws::IamRole>,
    task: Handle<aws::IamRole>,
    policies: [Handle<aws::IamRolePolicy>; 2],
}

/// Configuration of the roles.
#[derive(Clone, Debug)]
pub(super) struct RolesProps<'a> {
    pub(super) keys: [&'a str; 2],
    pub(super) region: Region,
    /// The name of the image's repository.
    pub(super) repository: &'a str,
    /// Permissions of the tasks.
    pub(super) permissions: Vec<Statement>,
}

impl Roles {
    /// Adds the roles of tasks that log to `log_group`.
    pub(super) fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: RolesProps<'_>,
        log_group: Handle<aws::CloudwatchLogGroup>,
    ) -> Self {
        let mut role = |id: &'static str, token, description, allowed| {
            let mut scope = scope.child(id);
            let name = context.names.keyed(token, props.keys);
            let role = Role::of_account(&mut scope, context, name, description, TASKS);
            let policy = role.allow(&mut scope, Policy::new(allowed));
            (role.handle(), policy)
        };
        let repository = format!("repository/{}", props.repository);
        let repository = context
            .account
            .arn("ecr", props.region.as_str(), repository);
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
            props.permissions,
        );
        Self {
            execution,
            task,
            policies: [starts, does],
        }
    }

    /// The ARN of the task execution role.
    pub(super) fn execution(&self) -> Value<String> {
        self.execution.arn()
    }

    /// The ARN of the task role.
    pub(super) fn task(&self) -> Value<String> {
        self.task.arn()
    }

    /// The policies of the roles, which must exist before a task starts.
    pub(super) fn policies(&self) -> [NodeId; 2] {
        self.policies.map(Into::into)
    }
}

/// A login is to the account's whole registry (ECR user guide, "Private registry authentication").
fn registry_login() -> Statement {
    Statement::allow(["ecr:GetAuthorizationToken"], ["*".into()]).sid("GetRegistryToken")
}
