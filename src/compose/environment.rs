//! The layers of a declared environment, in their order: each one uses those before it.

use super::composer::{Composer, NamingContext};
use super::migration::MigrationDeps;
use super::outputs::OutputDeps;
use super::{
    alarms, dashboards, foundations, ingress, migration, outputs, remote_states, workload,
};
use crate::config::{Stack, TargetEnvironment};
use crate::terraform::tree::{NodeId, Tree};

/// Adds the environment that `stack` describes at `target` to `tree`.
///
/// Returns the nodes that hold the traffic weights, where Terraform manages them.
pub(super) fn compose(
    tree: &mut Tree,
    naming: NamingContext<'_>,
    stack: &Stack,
    target: &TargetEnvironment,
) -> Vec<NodeId> {
    let composer = &mut Composer::new(tree, naming, stack, target);
    let foundations = foundations::add(composer);
    let ingress = ingress::add(composer, &foundations);
    let workload = workload::add(composer, &foundations, &ingress);
    let guard_alarms = alarms::add(composer, &foundations, &ingress, &workload);
    let migration = migration::add(
        composer,
        MigrationDeps {
            foundations: &foundations,
            ingress: &ingress,
            guard_alarms: &guard_alarms,
        },
    );
    let dashboard_url = dashboards::add(composer, &foundations, &ingress, &workload, &migration);
    remote_states::add(composer);
    outputs::add(
        composer,
        OutputDeps {
            foundations: &foundations,
            ingress: &ingress,
            workload: &workload,
            migration: &migration,
            dashboard_url: dashboard_url.as_ref(),
        },
    );
    ingress.traffic_weights(stack)
}
