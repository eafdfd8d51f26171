//! A workflow whose functions play a script (`scripted.py`), in a local AWS.

use std::fs;
use std::io::{Cursor, Write as _};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use paymig::aws;
use paymig::aws::lambda_function::{Environment, LambdaFunctionArgs};
use paymig::aws::s3_object::S3ObjectArgs;
use paymig::config::Protection;
use paymig::constructs::core::Context as Constructs;
use paymig::constructs::core::{Account, Role, SectionRef};
use paymig::constructs::data::bucket::{PrivateBucket, PrivateBucketProps};
use paymig::constructs::migration::workflow::{
    LambdaTarget, PollPolicy, Procedure, ProcedureProps, Timing, TrafficSteps, Workflow,
    WorkflowProps,
};
use paymig::constructs::observability::alarms::AlarmActions;
use paymig::constructs::security::kms_key::{DataClass, KmsKey, KmsKeyProps};
use paymig::naming::Names;
use paymig::newtypes::{Region, RetentionDays, Seconds};
use paymig::terraform::synth;
use paymig::terraform::tree::{Scope, Tree, Value};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::support::api::states;
use crate::support::local_aws::LocalAws;
use crate::support::stacks::{embedded, loaded, selection};
use crate::support::terraform::Workspace;
use crate::support::{self, Harness};

/// Each wait takes a second, so that a migration takes some.
pub(crate) fn short_timing() -> Timing {
    let polls = |max_polls| PollPolicy {
        interval: Duration::from_secs(1),
        max_polls: NonZeroU32::new(max_polls).unwrap(),
    };
    Timing {
        replication: polls(2),
        max_executions: NonZeroU32::new(3).unwrap(),
        alarms: polls(2),
        lag: polls(2),
        approval_timeout: Duration::from_secs(20),
        max_rollback_attempts: NonZeroU32::new(3).unwrap(),
    }
}

/// An applied workflow.
pub(crate) struct Stage {
    aws: LocalAws,
    trace: TempDir,
    workspace: Workspace,
    migration: String,
    rollback: String,
}

impl Stage {
    /// Applies a workflow into a fresh local AWS.
    pub(crate) fn set(harness: &Harness) -> anyhow::Result<Self> {
        let aws = harness.local_aws()?;
        let trace = TempDir::new()?;
        let workspace = harness.workspace(&configuration(trace.path())?, &aws)?;
        workspace.apply()?;
        Ok(Self {
            migration: workspace.output("migration")?,
            rollback: workspace.output("rollback")?,
            aws,
            trace,
            workspace,
        })
    }

    /// The workspace, with nothing left to change.
    pub(crate) fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Starts a migration named `name`, whose functions play `script`.
    pub(crate) fn migrate(&self, name: &str, script: &Json) -> anyhow::Result<()> {
        self.play(name, script)?;
        self.start(&self.migration, name, &json!({}))
    }

    /// Starts a rollback as an operator would.
    pub(crate) fn roll_back(&self, name: &str, script: &Json) -> anyhow::Result<()> {
        self.play(name, script)?;
        self.start(&self.rollback, name, &json!({ "reason": "a test" }))
    }

    /// Starts a rollback without the reason that an operator has to give.
    pub(crate) fn roll_back_without_reason(&self, name: &str) -> anyhow::Result<()> {
        self.play(name, &json!({}))?;
        self.start(&self.rollback, name, &json!({}))
    }

    /// Stops the migration `name`.
    pub(crate) fn abort(&self, name: &str) -> anyhow::Result<()> {
        let arn = execution(&self.migration, name);
        states(&self.aws, "StopExecution", &json!({ "executionArn": arn })).map(drop)
    }

    /// How the migration `name` ended.
    pub(crate) fn end_of_migration(&self, name: &str) -> anyhow::Result<End> {
        self.end(&execution(&self.migration, name))
    }

    /// How the rollback `name` ended.
    pub(crate) fn end_of_rollback(&self, name: &str) -> anyhow::Result<End> {
        self.end(&execution(&self.rollback, name))
    }

    /// Waits until `execution` did `operation`.
    pub(crate) fn wait_for(&self, execution: &str, operation: &str) -> anyhow::Result<()> {
        self.wait_for_times(execution, operation, 1)
    }

    /// Waits until `execution` did `operation` this often.
    pub(crate) fn wait_for_times(
        &self,
        execution: &str,
        operation: &str,
        times: usize,
    ) -> anyhow::Result<()> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if self.payloads(execution, operation)?.len() >= times {
                return Ok(());
            }
            sleep(Duration::from_millis(200));
        }
        bail!(
            "{execution} did not do {operation} {times} times: {:?}",
            self.operations(execution)?
        )
    }

    /// The operations of `execution`, in order.
    pub(crate) fn operations(&self, execution: &str) -> anyhow::Result<Vec<String>> {
        let calls = self.calls(execution)?;
        Ok(calls.into_iter().map(|(operation, _)| operation).collect())
    }

    /// The payloads of one operation of `execution`, in order.
    pub(crate) fn payloads(&self, execution: &str, wanted: &str) -> anyhow::Result<Vec<Json>> {
        let calls = self.calls(execution)?.into_iter();
        let wanted = calls.filter(|(operation, _)| operation == wanted);
        wanted
            .map(|(_, file)| Ok(serde_json::from_slice(&fs::read(file)?)?))
            .collect()
    }

    fn calls(&self, execution: &str) -> anyhow::Result<Vec<(String, PathBuf)>> {
        let folder = self.trace.path().join(execution);
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let mut files: Vec<PathBuf> = fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect::<anyhow::Result<_>>()?;
        files.sort();
        let calls = files.into_iter().filter_map(|file| {
            let name = file.file_name()?.to_str()?.strip_suffix(".call")?;
            let (_, operation) = name.split_once('-')?;
            Some((operation.to_owned(), file.clone()))
        });
        Ok(calls.collect())
    }

    fn play(&self, name: &str, script: &Json) -> anyhow::Result<()> {
        let folder = self.trace.path().join(name);
        fs::create_dir(&folder)?;
        Ok(fs::write(folder.join("script.json"), script.to_string())?)
    }

    fn start(&self, machine: &str, name: &str, input: &Json) -> anyhow::Result<()> {
        let input = input.to_string();
        let input = json!({ "stateMachineArn": machine, "name": name, "input": input });
        states(&self.aws, "StartExecution", &input).map(drop)
    }

    fn end(&self, arn: &str) -> anyhow::Result<End> {
        let began = Instant::now();
        let input = json!({ "executionArn": arn });
        loop {
            let found = states(&self.aws, "DescribeExecution", &input)?;
            let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
            if text("status") != "RUNNING" {
                let history = states(&self.aws, "GetExecutionHistory", &input)?;
                let events = history["events"].as_array().context("no history")?.len();
                return Ok(End {
                    status: text("status"),
                    error: text("error"),
                    cause: text("cause"),
                    events,
                });
            }
            if began.elapsed() > PATIENCE {
                bail!("{arn} goes on and on\n{}", self.aws.log());
            }
            sleep(Duration::from_millis(200));
        }
    }
}

/// How an execution ended.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) status: String,
    pub(crate) error: String,
    pub(crate) cause: String,
    pub(crate) events: usize,
}

/// A function's call takes some tenths of a second on an idle machine, and there are dozens.
const PATIENCE: Duration = Duration::from_mins(4);

fn execution(machine: &str, name: &str) -> String {
    format!(
        "{}:{name}",
        machine.replace(":stateMachine:", ":execution:")
    )
}

/// The workflow of the embedded stack `orchestrated`, with scripted functions.
fn configuration(trace: &Path) -> anyhow::Result<String> {
    let stack = loaded(&embedded("orchestrated")?, &selection("migration")?)?.stack;
    let names = Names::new(
        stack.naming.pattern.clone(),
        "migration".parse()?,
        "abc123".parse()?,
        stack.environments.keys(),
    );
    let mut tree = Tree::new("us-east-1");
    let mut root = tree.root();
    let context = Constructs {
        names: &names,
        protection: Protection::Destroyable,
        account: Account::new(&mut root),
    };
    let region: Region = "us-east-1".parse()?;
    let mut key = |class| KmsKey::new(&mut root, &context, KmsKeyProps { class, region });
    let logs_key = key(DataClass::Logs);
    let objects_key = key(DataClass::Objects);
    let mut checkpoints = root.child("checkpoints");
    let bucket = PrivateBucketProps {
        token: "checkpoints",
        key: objects_key,
        statements: Vec::new(),
    };
    let checkpoints = PrivateBucket::new(&mut checkpoints, &context, bucket);
    let code = aws::S3Object::new(S3ObjectArgs {
        bucket: checkpoints.name(),
        key: "scripted.zip".into(),
    })
    .content_base64(archive()?)
    .force_destroy(true);
    let code = root.add("code", code);
    let mut role = root.child("role");
    let role = Role::new(
        &mut role,
        "scripted".to_owned(),
        "Plays a script",
        "lambda.amazonaws.com",
    );
    let variables: Value<paymig::terraform::tree::Map<String>> = [
        ("TRACE", Value::from(trace.display().to_string())),
        ("CHECKPOINT_BUCKET", checkpoints.name()),
    ]
    .into();
    let lambda_target = |scope: &mut Scope<'_>, name: &'static str| {
        let function = aws::LambdaFunction::new(LambdaFunctionArgs {
            function_name: name.into(),
            role: role.arn(),
        })
        .runtime("python3.13")
        .handler("scripted.handle")
        .s3_bucket(code.bucket())
        .s3_key(code.key())
        .s3_object_version(code.version_id())
        .timeout(60_u8)
        .publish(true)
        .environment(Environment::new().variables(variables.clone()));
        let function = scope.add(name, function);
        LambdaTarget {
            function_arn: function.arn(),
            version: function.version(),
            timeout: Seconds::constant::<60>(),
        }
    };
    let section = SectionRef::all(&stack.workflow)
        .next()
        .context("the stack has no workflow")?;
    let traffic = stack.traffic.as_ref().context("the stack has no traffic")?;
    let procedure = ProcedureProps {
        cutover: lambda_target(&mut root, "cutover"),
        validation: lambda_target(&mut root, "validation"),
        approval: lambda_target(&mut root, "approval"),
        checkpoints,
        traffic: TrafficSteps::from_config(traffic),
        timing: short_timing(),
        alarm_actions: &AlarmActions::default(),
    };
    let props = WorkflowProps {
        section,
        region,
        procedure: Procedure::Available(Box::new(procedure)),
        logs_key,
        retention: RetentionDays::PCI,
    };
    let workflow = Workflow::new(&mut section.scope(&mut root), &context, &props);
    root.output(
        "migration",
        "The machine that migrates",
        workflow.migration_arn(),
    );
    root.output(
        "rollback",
        "The machine that goes back",
        workflow.rollback_arn(),
    );
    let (tree, _) = tree
        .finish()
        .map_err(|wrong| anyhow::anyhow!("{wrong:?}"))?;
    written(&tree)
}

fn written(tree: &Tree) -> anyhow::Result<String> {
    let mut configuration = Vec::new();
    synth::write(tree, "workflow-test", &mut configuration)?;
    Ok(String::from_utf8(configuration)?)
}

fn archive() -> anyhow::Result<String> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("scripted.py", zip::write::SimpleFileOptions::default())?;
    archive.write_all(&fs::read(
        support::root().join("tests/state_machines/scripted.py"),
    )?)?;
    Ok(BASE64_STANDARD.encode(archive.finish()?.into_inner()))
}
