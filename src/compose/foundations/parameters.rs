//! SSM parameters of the environment, and access to them.

use crate::compose::composer::Composer;
use crate::config::{ManagedBy, Phase};
use crate::constructs::core::Statement;
use crate::constructs::data::parameters::add_parameters as add_stack_parameters;
use crate::constructs::migration::migration_state;
use crate::constructs::migration::migration_state::{RequiredValue, RollbackWindow, Writer};
use crate::lambda_packages::RequiredActions;
use crate::newtypes::Percent;
use crate::terraform::tree::Value;

/// Adds the parameters of the stack file, and those that hold the state of the migration.
pub(super) fn add(composer: &mut Composer<'_>) {
    let parameters = &composer.stack.parameters;
    add_stack_parameters(&mut composer.root, &composer.context, parameters);
    add_migration_state(composer);
}

/// Environment variables with the prefix and the region of the parameters. Each parameter exists once, in the first
/// region: copies could disagree about the writer.
pub(crate) fn parameter_variables(composer: &Composer<'_>) -> [(&'static str, Value<String>); 2] {
    let region = composer.stack.primary_region();
    [
        (
            "PARAMETER_PREFIX",
            composer.context.names.parameter_root().into(),
        ),
        ("PARAMETER_REGION", region.as_str().into()),
    ]
}

/// Permission to read the parameters of this environment.
pub(crate) fn get_parameter_permissions(
    composer: &Composer<'_>,
    actions: RequiredActions,
) -> Option<Statement> {
    if actions.parameters.is_empty() {
        return None;
    }
    let region = composer.stack.primary_region();
    let path = format!("parameter{}/*", composer.context.names.parameter_root());
    let parameters = composer.context.account.arn("ssm", region.as_str(), path);
    let read = Statement::allow(actions.parameters.iter().copied(), [parameters]);
    Some(read.sid("GetParameters"))
}

/// Whether the environment has the parameters with the writer and the hold: only a replication has two databases.
pub(crate) fn has_writer(composer: &Composer<'_>) -> bool {
    !composer.stack.replication.is_empty()
}

/// Adds the parameters with the runtime state of the migration: the writer, the rollback window, the traffic weight
/// and the hold.
fn add_migration_state(composer: &mut Composer<'_>) {
    let (writer, share) = match composer.target.phase {
        // The target shrinks to a pilot light, so it must not be the writer.
        Phase::Legacy => (Some(Writer::Source), Some(Percent::NONE)),
        Phase::Migration => (None, None),
        // The rollback is no longer possible.
        Phase::Production => (Some(Writer::Target), Some(Percent::ALL)),
    };
    let by = match composer.target.phase {
        Phase::Legacy => "phase legacy",
        Phase::Migration => "phase migration",
        Phase::Production => "phase production",
    };
    let has_writer = has_writer(composer);
    let mut scope = composer.root.child("runtime");
    if has_writer {
        let demand = writer.map(|value| RequiredValue { value, by });
        let first = writer.unwrap_or(Writer::Source);
        migration_state::add_writer_parameter(&mut scope, &composer.context, first, demand);
        // A database that never was migrated has nothing to end: its first apply in production finds it closed.
        let (first, demand) = match composer.target.phase {
            Phase::Legacy | Phase::Migration => (RollbackWindow::Open, None),
            Phase::Production => {
                let value = RollbackWindow::Closed;
                (value, Some(RequiredValue { value, by }))
            }
        };
        migration_state::add_rollback_window_parameter(
            &mut scope,
            &composer.context,
            first,
            demand,
        );
    }
    let traffic = composer
        .stack
        .traffic
        .as_ref()
        .map(|traffic| traffic.managed_by);
    // Without a replication no function reads the traffic weight that Terraform manages.
    let weight = traffic.filter(|managed_by| *managed_by == ManagedBy::Workflow || has_writer);
    let planned = composer.target.traffic;
    if let Some(managed_by) = weight {
        let demand = share.map(|value| RequiredValue { value, by });
        let context = &composer.context;
        migration_state::add_traffic_weight(&mut scope, context, managed_by, planned, demand);
    }
    if has_writer || weight.is_some() {
        migration_state::add_traffic_hold(&mut scope, &composer.context, planned);
    }
}

pub(crate) fn put_parameter_permissions(composer: &Composer<'_>) -> Statement {
    let region = composer.stack.primary_region();
    let root = composer.context.names.parameter_root();
    let names = [
        "rollback-window",
        "traffic/hold",
        "traffic/weight",
        "writer",
    ];
    let parameters = names.map(|name| {
        let path = format!("parameter{root}/{name}");
        composer.context.account.arn("ssm", region.as_str(), path)
    });
    Statement::allow(["ssm:PutParameter"], parameters).sid("PutParameters")
}
