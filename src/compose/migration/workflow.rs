//! State machines of the migration and of its rollback.

use crate::compose::composer::Composer;
use crate::compose::foundations::topics::Topics;
use crate::compose::migration::functions::permissions::{
    checkpoint_permissions, publish_permissions,
};
use crate::compose::migration::functions::spec::{FunctionSpec, MigrationDeps, MigrationSection};
use crate::compose::migration::functions::variables::approval_variables;
use crate::compose::migration::functions::{
    MAX_TIMEOUT, add_cutover, add_function, add_function_alarms, add_validation,
};
use crate::config::{AlertCategory, Workflow as WorkflowConfig};
use crate::constructs::compute::function::Function;
use crate::constructs::core::{SectionMap, SectionRef, Statement};
use crate::constructs::migration::workflow::{
    LambdaTarget, Timing, TrafficSteps, Workflow, WorkflowProps,
};
use crate::constructs::observability::alarms;
use crate::constructs::security::kms_key::DataClass;
use crate::lambda_packages::Program;
use crate::newtypes::Region;

/// The functions of one workflow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WorkflowFunctions {
    pub(crate) cutover: Function,
    pub(crate) validation: Function,
    pub(crate) approval: Function,
}

/// Workflows by section.
pub(crate) type Workflows = SectionMap<WorkflowConfig, Workflow>;

/// Adds each workflow in every phase: the history of its state machines is evidence.
pub(crate) fn add(composer: &mut Composer<'_>, deps: MigrationDeps<'_>) -> Workflows {
    SectionMap::build(&composer.stack.workflow, |section| {
        let region = deps.foundations.networks.get(&section.network).region;
        let functions = workflow_functions(composer, section, deps);
        let traffic = composer.stack.traffic.as_ref();
        let traffic = traffic.map(TrafficSteps::from_config).unwrap_or_default();
        let logs_key = composer.key(DataClass::Logs, region);
        let alarm_actions = deps
            .foundations
            .topics
            .actions_for(AlertCategory::Migration, region);
        let props = WorkflowProps {
            section,
            region,
            cutover: lambda_target(functions.cutover),
            validation: lambda_target(functions.validation),
            approval: lambda_target(functions.approval),
            checkpoints: *deps.foundations.buckets.get(&section.checkpoints),
            timing: Timing::from_config(section.config(), &traffic),
            traffic,
            logs_key,
            retention: composer.retention(),
            alarm_actions: &alarm_actions,
        };
        let mut root = composer.root.in_region(region.as_str());
        let mut scope = section.scope(&mut root);
        let workflow = Workflow::new(&mut scope, &composer.context, props);
        add_alarms(
            composer,
            section,
            region,
            functions,
            &workflow,
            &deps.foundations.topics,
        );
        workflow
    })
}

fn add_alarms(
    composer: &mut Composer<'_>,
    section: SectionRef<'_, WorkflowConfig>,
    region: Region,
    functions: WorkflowFunctions,
    workflow: &Workflow,
    topics: &Topics<'_>,
) {
    let alarm_actions = topics.actions_for(AlertCategory::Migration, region);
    let context = composer.context;
    let identity = section.physical_name_key();
    for (machine, arn) in [
        ("migration", workflow.migration_arn()),
        ("rollback", workflow.rollback_arn()),
    ] {
        let mut scope = composer.alarm_scope("workflow", section.construct_id(), region);
        let mut scope = scope.child(machine);
        let subject = format!("workflow-{identity}-{machine}");
        alarms::add_state_machine_alarms(&mut scope, &context, &subject, &arn, &alarm_actions);
    }
    let functions = [
        ("cutover", functions.cutover),
        ("validation", functions.validation),
        ("approval", functions.approval),
    ];
    add_function_alarms(composer, section, region, functions, &alarm_actions);
}

/// Adds the functions of a workflow.
fn workflow_functions(
    composer: &mut Composer<'_>,
    section: SectionRef<'_, WorkflowConfig>,
    deps: MigrationDeps<'_>,
) -> WorkflowFunctions {
    let migration_section = MigrationSection::from(section);
    let cutover = add_cutover(composer, migration_section, deps);
    let validation = add_validation(composer, migration_section, deps);
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
