//! SSM parameters of the environment, and access to them.

use std::collections::BTreeSet;

use crate::compose::composer::Composer;
use crate::compose::queries::payment_code::payment_code;
use crate::config::{ManagedBy, Phase, Stack, TargetEnvironment};
use crate::constructs::core::{PlanCondition, Statement};
use crate::constructs::data::parameters::add_parameters as add_stack_parameters;
use crate::constructs::migration::migration_state;
use crate::constructs::migration::migration_state::PlannedWeight;
use crate::lambda_packages::RequiredActions;
use crate::newtypes::Region;
use crate::terraform::tree::Value;
use crate::transitions::{Ledger, Parameter, RollbackWindow, Stage, Writer, conditions};

/// Adds the parameters of the stack file, and those that hold the state of the migration. Returns the condition of a
/// plan that sets traffic weights.
pub(super) fn add(composer: &mut Composer<'_>) -> Option<PlanCondition> {
    let parameters = &composer.stack.parameters;
    add_stack_parameters(&mut composer.root, &composer.context, parameters);
    let weight_condition = add_migration_state(composer);
    add_replicas(composer);
    weight_condition
}

/// Environment variables with the prefix and the region of the parameters, for code that reads those of `region`.
pub(crate) fn parameter_variables(
    composer: &Composer<'_>,
    region: Region,
) -> [(&'static str, Value<String>); 2] {
    [
        (
            "PARAMETER_PREFIX",
            composer.context.names.parameter_root().into(),
        ),
        ("PARAMETER_REGION", region.as_str().into()),
    ]
}

/// Regions other than the first with payment code, in order. Each has a replica of the parameters that payment code
/// reads, so that the loss of a region does not stop the code of the others.
pub(crate) fn parameter_replica_regions(stack: &Stack) -> BTreeSet<Region> {
    let networks = payment_code(stack).flat_map(|(_, networks)| networks);
    let regions = networks.map(|network| stack.network.resolve(network).region);
    regions
        .filter(|region| *region != stack.primary_region())
        .collect()
}

/// Permission to read the parameters of this environment in `region`.
pub(crate) fn get_parameter_permissions(
    composer: &Composer<'_>,
    actions: RequiredActions,
    region: Region,
) -> Option<Statement> {
    if actions.parameters.is_empty() {
        return None;
    }
    let path = format!("parameter{}/*", composer.context.names.parameter_root());
    let parameters = composer.context.account.arn("ssm", region.as_str(), path);
    let read = Statement::allow(actions.parameters.iter().copied(), [parameters]);
    Some(read.sid("GetParameters"))
}

/// Whether the environment has the parameters with the writer and the hold: only a replication has two databases.
pub(crate) fn has_writer(composer: &Composer<'_>) -> bool {
    !composer.stack.replication.is_empty()
}

/// The writer of an environment whose first apply is in `phase`.
fn initial_writer(phase: Phase) -> Writer {
    match phase {
        Phase::Legacy | Phase::Migration => Writer::Source,
        Phase::Production => Writer::Target,
    }
}

/// Adds the parameters with the runtime state of the migration: the writer, the rollback window, the traffic weight
/// and the hold. Returns the condition of a plan that sets traffic weights.
fn add_migration_state(composer: &mut Composer<'_>) -> Option<PlanCondition> {
    let (stack, target) = (composer.stack, composer.target);
    let stage = Stage::new(stack, target.phase, target.traffic);
    let conditions = conditions(stack, stage);
    let condition = |of: Parameter| conditions.iter().find(|it| it.parameter == of);
    let has_writer = has_writer(composer);
    let context = &composer.context;
    let mut scope = composer.root.child("runtime");
    let mut weight_condition = None;
    if has_writer {
        let shared = planned_weight(stack, target);
        let of_phase = condition(Parameter::Writer).filter(|_| target.phase != Phase::Migration);
        let writer = migration_state::add_writer_parameter(
            &mut scope,
            context,
            initial_writer(target.phase),
            of_phase,
        );
        let of_weight = condition(Parameter::Writer).zip(shared);
        weight_condition = of_weight.and_then(|(condition, weight)| {
            migration_state::add_weight_condition(&mut scope, writer, weight, condition)
        });
        // A database that never was migrated has nothing to end: its first apply in production finds it closed.
        let first = match target.phase {
            Phase::Legacy | Phase::Migration => RollbackWindow::Open,
            Phase::Production => RollbackWindow::Closed,
        };
        let window = condition(Parameter::RollbackWindow);
        migration_state::add_rollback_window_parameter(&mut scope, context, first, window);
        let replication = condition(Parameter::Replication);
        migration_state::add_replication_parameter(&mut scope, context, replication);
    }
    if stack.ledger_functions().next().is_some() {
        // A database that never shared traffic has nothing to import.
        let first = match target.phase {
            Phase::Legacy | Phase::Migration => Ledger::Closed,
            Phase::Production => Ledger::Open,
        };
        let ledger = condition(Parameter::Ledger);
        migration_state::add_ledger_parameter(&mut scope, context, first, ledger);
    }
    let traffic = stack.traffic.as_ref().map(|traffic| traffic.managed_by);
    // Without a replication no function reads the traffic weight that Terraform manages.
    let weight = traffic.filter(|managed_by| *managed_by == ManagedBy::Workflow || has_writer);
    if let Some(managed_by) = weight {
        let required = condition(Parameter::TrafficWeight);
        migration_state::add_traffic_weight(
            &mut scope,
            context,
            managed_by,
            target.traffic,
            required,
        );
    }
    if has_writer || weight.is_some() {
        let hold = condition(Parameter::TrafficHold);
        migration_state::add_traffic_hold(&mut scope, context, hold);
    }
    weight_condition
}

/// The traffic weight, if Terraform shares the requests between the sides.
fn planned_weight<'a>(stack: &Stack, target: &'a TargetEnvironment) -> Option<PlannedWeight<'a>> {
    let traffic = stack.traffic.as_ref()?;
    let is_shared = target.phase == Phase::Migration && traffic.managed_by == ManagedBy::Terraform;
    is_shared.then_some(PlannedWeight {
        environment: &target.environment,
        percent: target.traffic,
    })
}

/// Adds the replicas of the parameters that payment code reads: those of the stack file, and the writer.
fn add_replicas(composer: &mut Composer<'_>) {
    let has_writer = has_writer(composer);
    for region in parameter_replica_regions(composer.stack) {
        let mut root = composer.root.in_region(region.as_str());
        let mut scope = root.child("replica").into_child(region.short());
        let context = &composer.context;
        add_stack_parameters(&mut scope, context, &composer.stack.parameters);
        if has_writer {
            let first = initial_writer(composer.target.phase);
            let mut scope = scope.child("runtime");
            migration_state::add_writer_parameter(&mut scope, context, first, None);
        }
    }
}

/// Permission to write the state of the ledger.
pub(crate) fn put_ledger_permission(composer: &Composer<'_>) -> Statement {
    let ledger = parameter_arn(composer, composer.stack.primary_region(), Parameter::Ledger);
    Statement::allow(["ssm:PutParameter"], [ledger]).sid("PutLedger")
}

/// Permissions to write the state of the migration, and the replicas of the writer.
pub(crate) fn put_parameter_permissions(composer: &Composer<'_>) -> Statement {
    let parameters = [
        Parameter::Replication,
        Parameter::RollbackWindow,
        Parameter::TrafficHold,
        Parameter::TrafficWeight,
        Parameter::Writer,
    ];
    let primary = composer.stack.primary_region();
    let state = parameters.map(|it| parameter_arn(composer, primary, it));
    let replicas = parameter_replica_regions(composer.stack).into_iter();
    let replicas = replicas.map(|region| parameter_arn(composer, region, Parameter::Writer));
    Statement::allow(["ssm:PutParameter"], state.into_iter().chain(replicas)).sid("PutParameters")
}

fn parameter_arn(composer: &Composer<'_>, region: Region, parameter: Parameter) -> Value<String> {
    let path = format!(
        "parameter{}/{}",
        composer.context.names.parameter_root(),
        parameter.path()
    );
    composer.context.account.arn("ssm", region.as_str(), path)
}
