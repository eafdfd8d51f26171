//! Payment code: functions and services, with their networks and the data stores that they use.

use std::collections::BTreeSet;

use crate::config::{
    Database as DatabaseConfig, Network as NetworkConfig, Ref, Service, Stack, Uses,
};
use crate::constructs::core::SectionRef;

/// The networks with code that uses a database.
pub(crate) fn networks_using(
    stack: &Stack,
    database: SectionRef<'_, DatabaseConfig>,
) -> BTreeSet<Ref<NetworkConfig>> {
    let is_used = |used: &Ref<DatabaseConfig>| used.name() == database.key();
    let mut networks = BTreeSet::new();
    for (uses, places) in payment_code(stack) {
        if uses.database.as_ref().is_some_and(is_used) {
            networks.extend(places.iter().cloned());
        }
    }
    let workflows = stack.workflow.iter();
    let workflows = workflows.map(|(_, workflow)| (&workflow.replications, &workflow.network));
    let runbooks = stack.runbook.iter();
    let runbooks = runbooks.map(|(_, runbook)| (&runbook.replications, &runbook.network));
    for (replications, network) in workflows.chain(runbooks) {
        let mut replications = replications.iter();
        if replications.any(|name| is_used(&stack.replication.resolve(name).target)) {
            networks.insert(network.clone());
        }
    }
    networks
}

/// Uses and networks of each function and service.
pub(crate) fn payment_code(stack: &Stack) -> impl Iterator<Item = (&Uses, &[Ref<NetworkConfig>])> {
    let functions = stack.function.iter();
    let functions =
        functions.map(|(_, function)| (&function.uses, std::slice::from_ref(&function.network)));
    let services = stack.service.iter();
    let services = services.filter_map(|(_, service)| match service {
        Service::Fargate(tasks) => Some((&tasks.uses, tasks.networks.as_slice())),
        Service::Instances(instances) => {
            Some((&instances.uses, std::slice::from_ref(&instances.network)))
        }
        // Already listed as a function.
        Service::Function(_) => None,
    });
    functions.chain(services)
}
