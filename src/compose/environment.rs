//! TODO

use crate::compose::alarms::Watched;
use crate::compose::composer::{Composer, NamingContext};
use crate::compose::dashboards::Shown;
use crate::compose::foundations::database_access::add_cross_network_ingress;
use crate::compose::foundations::old_system::allow_old_system;
use crate::compose::foundations::{
    application_secrets, audit, bucket_replicas, buckets, budget, databases, existing_vpcs,
    networks, replications, resolvers, rotations, tables, topics, transits,
};
use crate::compose::ingress::dns::add_child_zones;
use crate::compose::ingress::{IngressDeps, authorizers, dns, weights};
use crate::compose::migration::functions::spec::MigrationDeps;
use crate::compose::migration::{dns_failback, runbook, workflow};
use crate::compose::outputs::OutputDeps;
use crate::compose::workload::access::Stores;
use crate::compose::workload::fargate::FargateDeps;
use crate::compose::workload::{auto_scaling, fargate, functions};
use crate::compose::{alarms, dashboards, ingress, outputs, remote_states};
use crate::config::{Stack, TargetEnvironment};
use crate::constructs::data::parameters::parameters;
use crate::terraform::tree::{NodeId, Tree};

/// Adds the system of `stack`, as it stands at `target`, to `tree`.
///
/// What shares requests between the old system and the new is returned, where the configuration owns it.
pub(super) fn compose(
    tree: &mut Tree,
    naming: NamingContext<'_>,
    stack: &Stack,
    target: &TargetEnvironment,
) -> Vec<NodeId> {
    let composer = &mut Composer::new(tree, naming, stack, target);
    let networks = networks::add(composer);
    let legacy = existing_vpcs::add(composer);
    let transits = transits::add(composer, &networks, &legacy);
    resolvers::add(composer, &networks);
    add_child_zones(composer);
    let topics = topics::add(composer);
    budget::add(composer, &topics);
    let databases = databases::add(composer, &networks);
    let replications = replications::add(composer, &networks, &databases, &topics);
    add_cross_network_ingress(composer, &networks, &databases);
    allow_old_system(composer, &networks, &databases, &legacy);
    let secrets = application_secrets::add(composer, &databases);
    let rotations = rotations::add(composer, &networks, &databases, &secrets, &replications);
    let buckets = buckets::add(composer);
    let bucket_replicas = bucket_replicas::add(composer, &buckets);
    let tables = tables::add(composer);
    let stores = Stores {
        databases: &databases,
        secrets: &secrets,
        buckets: &buckets,
        tables: &tables,
    };
    let functions = functions::add(composer, &networks, stores);
    let authorizers = authorizers::add(composer);
    let edge = ingress::add(
        composer,
        IngressDeps {
            networks: &networks,
            functions: &functions,
            authorizers: &authorizers,
        },
    );
    let fleets = auto_scaling::add(composer, &networks, &edge, stores);
    let tasks = fargate::add(
        composer,
        FargateDeps {
            networks: &networks,
            stores,
            edge: &edge,
            topics: &topics,
        },
    );
    let dns = dns::add(composer, &edge, &topics);
    audit::add(composer, &buckets, &bucket_replicas, &tables);
    parameters(&mut composer.root, &composer.context, &stack.parameters);
    let suffering = alarms::add(
        composer,
        Watched {
            databases: &databases,
            rotations: &rotations,
            functions: &functions,
            replications: &replications,
            authorizers: &authorizers,
            edge: &edge,
            fleets: &fleets,
            tables: &tables,
            bucket_replicas: &bucket_replicas,
            tasks: &tasks,
            dns: &dns,
        },
        &topics,
    );
    let on = MigrationDeps {
        networks: &networks,
        databases: &databases,
        secrets: &secrets,
        replications: &replications,
        buckets: &buckets,
        topics: &topics,
        edge: &edge,
        suffering: &suffering,
    };
    dns_failback::add(composer, &dns, &suffering.entry, &topics);
    let workflows = workflow::add(composer, on);
    let runbook = runbook::add(composer, on);
    let dashboard = dashboards::add(
        composer,
        Shown {
            databases: &databases,
            fleets: &fleets,
            tables: &tables,
            bucket_replicas: &bucket_replicas,
            functions: &functions,
            replications: &replications,
            edge: &edge,
            tasks: &tasks,
            dns: &dns,
            workflows: &workflows,
        },
    );
    remote_states::add(composer);
    outputs::add(
        composer,
        OutputDeps {
            networks: &networks,
            transits: &transits,
            databases: &databases,
            replications: &replications,
            buckets: &buckets,
            tables: &tables,
            functions: &functions,
            edge: &edge,
            dns: &dns,
            workflows: &workflows,
            runbook: &runbook,
            topics: &topics,
            dashboard: dashboard.as_ref(),
        },
    );
    weights(composer, &edge, &dns)
}
