//! What a task is: one container, which can write to `/tmp` and has no right on its host.

use std::collections::BTreeMap;

use super::roles::Roles;
use crate::aws;
use crate::aws::ecs_task_definition::{EcsTaskDefinitionArgs, RuntimePlatform, Volume};
use crate::config::{Architecture, Fargate as Config};
use crate::constructs::compute::image::Image;
use crate::newtypes::Region;
use crate::terraform::tree::{Any, Declared, Handle, Object, Term, Value};

/// The name of the container.
pub(super) const CONTAINER: &str = "payments";
/// The user and group that images without a shell know as `nonroot`.
const NOBODY: &str = "65532:65532";
/// The only place to write to.
const SCRATCH: &str = "/tmp";
/// Seconds from SIGTERM, which comes after the target has drained, to SIGKILL: longer than any request,
/// which an API ends after 29. AWS takes 120 at most on Fargate.
const STOP: i64 = 60;
/// Mebibytes of log lines that wait for CloudWatch; payments do not (ECS developer guide, "Use the
/// awslogs driver").
const LOG_BUFFER: &str = "25m";

/// Configuration of a task definition.
#[derive(Clone, Debug)]
pub(super) struct TaskDefinitionProps<'a> {
    pub(super) family: String,
    pub(super) config: &'a Config,
    pub(super) image: Image,
    pub(super) environment: BTreeMap<String, Value<String>>,
    pub(super) roles: Roles,
    pub(super) log: ContainerLog,
}

/// The log streams of a container.
#[derive(Clone, Copy, Debug)]
pub(super) struct ContainerLog {
    pub(super) group: Handle<aws::CloudwatchLogGroup>,
    pub(super) region: Region,
    pub(super) stream_prefix: &'static str,
}

/// The definition of a task.
pub(super) fn task_definition(props: TaskDefinitionProps<'_>) -> Declared<aws::EcsTaskDefinition> {
    let config = props.config;
    let container = container(config, props.image, props.environment, props.log);
    let architecture = match config.architecture {
        Architecture::Arm64 => "ARM64",
        Architecture::X8664 => "X86_64",
    };
    aws::EcsTaskDefinition::new(EcsTaskDefinitionArgs {
        container_definitions: Value::<Any>::from(vec![container]).to_json(),
        family: props.family.into(),
    })
    .requires_compatibilities(["FARGATE"])
    .network_mode("awsvpc")
    .cpu(config.cpu.units().to_string())
    .memory(config.memory.to_string())
    .execution_role_arn(props.roles.execution())
    .task_role_arn(props.roles.task())
    .runtime_platform(
        RuntimePlatform::new()
            .cpu_architecture(architecture)
            .operating_system_family("LINUX"),
    )
    .volume([Volume::new("scratch")])
    // A service goes back to the revision before only while it is registered.
    .create_before_destroy()
}

fn container(
    config: &Config,
    image: Image,
    mut environment: BTreeMap<String, Value<String>>,
    log: ContainerLog,
) -> Object {
    let port = Term::Integer(config.port.get().into());
    environment.insert("PORT".to_owned(), config.port.to_string().into());
    let mut container = Object::from_iter([
        ("name", text(CONTAINER)),
        ("image", image.uri().into_term()),
        ("essential", Term::Bool(true)),
        ("user", text(NOBODY)),
        ("readonlyRootFilesystem", Term::Bool(true)),
        ("stopTimeout", Term::Integer(STOP)),
        ("environment", variables(environment)),
        (
            "portMappings",
            objects([[
                ("containerPort", port.clone()),
                ("hostPort", port),
                ("protocol", text("tcp")),
            ]]),
        ),
        (
            "mountPoints",
            objects([[
                ("sourceVolume", text("scratch")),
                ("containerPath", text(SCRATCH)),
                ("readOnly", Term::Bool(false)),
            ]]),
        ),
        (
            "linuxParameters",
            object([
                // Reaps what the program leaves, and hands SIGTERM on.
                ("initProcessEnabled", Term::Bool(true)),
                (
                    "capabilities",
                    object([("drop", Term::List(vec![text("ALL")]))]),
                ),
            ]),
        ),
        ("logConfiguration", log_configuration(log)),
    ]);
    if !config.health_command.is_empty() {
        container.set("healthCheck", health_check(&config.health_command));
    }
    container
}

fn log_configuration(log: ContainerLog) -> Term {
    let options = object([
        ("awslogs-group", log.group.name().into_term()),
        ("awslogs-region", text(log.region.as_str())),
        ("awslogs-stream-prefix", text(log.stream_prefix)),
        ("mode", text("non-blocking")),
        ("max-buffer-size", text(LOG_BUFFER)),
    ]);
    object([("logDriver", text("awslogs")), ("options", options)])
}

fn health_check(command: &[String]) -> Term {
    let command = command.iter().cloned().map(|word| Term::Text(word.into()));
    object([
        ("command", Term::List(command.collect())),
        ("interval", Term::Integer(10)),
        ("retries", Term::Integer(3)),
        ("startPeriod", Term::Integer(30)),
        ("timeout", Term::Integer(5)),
    ])
}

fn variables(variables: BTreeMap<String, Value<String>>) -> Term {
    let variables = variables.into_iter().map(|(name, value)| {
        object([
            ("name", Term::Text(name.into())),
            ("value", value.into_term()),
        ])
    });
    Term::List(variables.collect())
}

fn objects<const N: usize, const M: usize>(objects: [[(&'static str, Term); N]; M]) -> Term {
    Term::List(objects.map(object).into())
}

fn object<const N: usize>(fields: [(&'static str, Term); N]) -> Term {
    Term::Object(Object::from_iter(fields))
}

fn text(text: &'static str) -> Term {
    Term::Text(text.into())
}
