//! State machines of the migration and of its rollback.

use crate::compose::composer::Composer;
use crate::compose::migration::functions::permissions::{
    checkpoint_permissions, publish_permissions,
};
use crate::compose::migration::functions::spec::{FunctionSpec, MigrationDeps, MigrationSection};
use crate::compose::migration::functions::variables::approval_variables;
use crate::compose::migration::functions::{
    MAX_TIMEOUT, add_cutover, add_function, add_function_alarms, add_hash_key, add_log_groups,
    add_validation,
};
use crate::compose::phase::migration_unavailable;
use crate::config::{AlertCategory, Workflow as WorkflowConfig};
use crate::constructs::compute::function::Function;
use crate::constructs::core::{SectionMap, SectionRef, Statement};
use crate::constructs::migration::workflow::{
    LambdaTarget, Procedure, ProcedureProps, Timing, TrafficSteps, Workflow, WorkflowProps,
};
use crate::constructs::observability::alarms::{self, AlarmActions};
use crate::constructs::security::hmac_key::HmacKey;
use crate::constructs::security::kms_key::DataClass;
use crate::lambda_packages::Program;
use crate::newtypes::Region;

/// The functions of one workflow.
#[derive(Clone, Copy, Debug)]
struct WorkflowFunctions {
    cutover: Function,
    validation: Function,
    approval: Function,
}

impl WorkflowFunctions {
    /// The functions with the names of their programs.
    fn named(self) -> [(&'static str, Function); 3] {
        [
            ("cutover", self.cutover),
            ("validation", self.validation),
            ("approval", self.approval),
        ]
    }
}

/// Workflows by section.
pub(crate) type Workflows = SectionMap<WorkflowConfig, Workflow>;

/// Adds the state machines of each workflow in every phase: their history is evidence. So are the logs of its functions,
/// and the key of the hashes in them.
pub(crate) fn add(composer: &mut Composer<'_>, deps: MigrationDeps<'_>) -> Workflows {
    SectionMap::build(&composer.stack.workflow, |section| {
        let region = deps.foundations.networks.get(&section.network).region;
        let alarm_actions = deps
            .foundations
            .topics
            .actions_for(AlertCategory::Migration, region);
        let migration_section = MigrationSection::from(section);
        let hash_key = add_hash_key(composer, migration_section, deps);
        let procedure = if let Some(cause) = migration_unavailable(composer.target.phase) {
            add_log_groups(composer, migration_section, deps, PROGRAMS);
            Procedure::Unavailable(cause)
        } else {
            let functions = add_functions(composer, migration_section, deps, hash_key);
            add_function_alarms(composer, section, region, functions.named(), &alarm_actions);
            let props = procedure_props(composer, section, functions, deps, &alarm_actions);
            Procedure::Available(Box::new(props))
        };
        let props = WorkflowProps {
            section,
            region,
            procedure,
            logs_key: composer.key(DataClass::Logs, region),
            retention: composer.retention(),
        };
        let mut root = composer.root.in_region(region.as_str());
        let mut scope = section.scope(&mut root);
        let workflow = Workflow::new(&mut scope, &composer.context, &props);
        add_machine_alarms(composer, section, region, &workflow, &alarm_actions);
        workflow
    })
}

/// The programs of a workflow.
const PROGRAMS: [Program; 3] = [Program::Approval, Program::Cutover, Program::Validation];

fn procedure_props<'a>(
    composer: &Composer<'_>,
    section: SectionRef<'_, WorkflowConfig>,
    functions: WorkflowFunctions,
    deps: MigrationDeps<'_>,
    alarm_actions: &'a AlarmActions,
) -> ProcedureProps<'a> {
    let traffic = composer.stack.traffic.as_ref();
    ProcedureProps {
        cutover: lambda_target(functions.cutover),
        validation: lambda_target(functions.validation),
        approval: lambda_target(functions.approval),
        checkpoints: *deps.foundations.buckets.get(&section.checkpoints),
        timing: Timing::from_config(section.config(), traffic),
        traffic: traffic.map(TrafficSteps::from_config).unwrap_or_default(),
        alarm_actions,
    }
}

fn add_machine_alarms(
    composer: &mut Composer<'_>,
    section: SectionRef<'_, WorkflowConfig>,
    region: Region,
    workflow: &Workflow,
    alarm_actions: &AlarmActions,
) {
    let context = composer.context;
    let identity = section.physical_name_key();
    for (machine, arn) in [
        ("migration", workflow.migration_arn()),
        ("rollback", workflow.rollback_arn()),
    ] {
        let mut scope = composer.alarm_scope("workflow", section.construct_id(), region);
        let mut scope = scope.child(machine);
        let subject = format!("workflow-{identity}-{machine}");
        alarms::add_state_machine_alarms(&mut scope, &context, &subject, &arn, alarm_actions);
    }
}

/// Adds the functions of a workflow.
fn add_functions(
    composer: &mut Composer<'_>,
    migration_section: MigrationSection<'_, WorkflowConfig>,
    deps: MigrationDeps<'_>,
    hash_key: HmacKey,
) -> WorkflowFunctions {
    let cutover = add_cutover(composer, migration_section, deps);
    let validation = add_validation(composer, migration_section, deps, hash_key);
    let mut allowed: Vec<Statement> =
        checkpoint_permissions(composer, migration_section, deps).into();
    allowed.extend(publish_permissions(composer, migration_section, deps));
    allowed.push(task_result_permissions());
    let approval = FunctionSpec {
        program: Program::Approval,
        description: "Requests approvals and submits decisions",
        environment: approval_variables(composer, migration_section, deps),
        allowed,
    };
    WorkflowFunctions {
        cutover,
        validation,
        approval: add_function(composer, migration_section, deps, approval),
    }
}

fn lambda_target(function: Function) -> LambdaTarget {
    LambdaTarget {
        function_arn: function.arn(),
        version: function.version(),
        timeout: MAX_TIMEOUT,
    }
}

/// Permission to send the result of a waiting task. IAM has no resource for a task token.
fn task_result_permissions() -> Statement {
    Statement::allow(
        ["states:SendTaskFailure", "states:SendTaskSuccess"],
        ["*".into()],
    )
    .sid("SendTaskResult")
}
