//! Which alarms the system has, and whom they tell.

use super::authorizers::Authorizers;
use super::bucket_replicas::BucketReplicas;
use super::dns::Names as DnsNames;
use super::edge::Edge;
use super::environment::{Composer, Databases};
use super::fargate::Running;
use super::functions::Functions;
use super::instances::Fleets;
use super::operations::Topics;
use super::replications::Replications;
use super::rotations::Rotation;
use super::tables::Tables;
use crate::config::{Phase, Topic as About, coloured};
use crate::constructs::core::SectionRef;
use crate::constructs::ingress::balancer::Side;
use crate::constructs::observability::alarms::{self, AlarmHandle};
use crate::newtypes::Region;
use crate::terraform::tree::{ConstructId, Scope};

/// What is watched.
#[derive(Clone, Copy)]
pub(super) struct Watched<'a> {
    pub(super) databases: &'a Databases,
    pub(super) rotations: &'a [Rotation],
    pub(super) functions: &'a Functions,
    pub(super) replications: &'a Replications,
    pub(super) authorizers: &'a Authorizers,
    pub(super) edge: &'a Edge,
    pub(super) fleets: &'a Fleets,
    pub(super) tables: &'a Tables,
    pub(super) bucket_replicas: &'a BucketReplicas,
    pub(super) tasks: &'a [Running<'a>],
    pub(super) dns: &'a DnsNames,
}

/// The alarms that tell whether payments suffer: a shift of requests stops at them.
#[derive(Debug)]
pub(super) struct Suffering {
    /// Where requests enter. Whoever goes back in DNS looks at these alone: a database that is being loaded
    /// has alarms of its own, and takes no payments.
    pub(super) entry: Vec<AlarmHandle>,
    /// What answers them.
    behind: Vec<AlarmHandle>,
}

impl Suffering {
    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &AlarmHandle> {
        self.behind.iter().chain(&self.entry)
    }
}

impl Composer<'_> {
    /// Every alarm but the workflow's own; those that tell whether payments suffer are given back.
    pub(super) fn alarms(&mut self, watched: Watched<'_>, topics: &Topics<'_>) -> Suffering {
        self.secondary_alarms(watched.databases, topics);
        self.rotation_alarms(watched.rotations, topics);
        self.replication_alarms(watched.replications, topics);
        self.dns_alarms(watched.dns, topics);
        self.bucket_replica_alarms(watched.bucket_replicas, topics);
        let mut behind = self.database_alarms(watched.databases, topics);
        behind.extend(self.table_alarms(watched.tables, topics));
        behind.extend(self.function_alarms(watched.functions, topics));
        behind.extend(self.transaction_alarms(topics));
        behind.extend(self.task_alarms(watched.tasks, topics));
        behind.extend(self.fleet_alarms(watched.fleets, topics));
        behind.extend(self.authorizer_alarms(watched.authorizers, topics));
        let (mut entry, targets) = self.balancer_alarms(watched.edge, topics);
        behind.extend(targets);
        entry.extend(self.api_alarms(watched.edge, topics));
        Suffering { entry, behind }
    }

    pub(super) fn alarm_scope(
        &mut self,
        family: &'static str,
        id: ConstructId,
        region: Region,
    ) -> Scope<'_> {
        let provider = self.root.in_region(region.as_str()).provider();
        let scope = self.root.child("alarms").into_child(family).into_child(id);
        scope.in_provider(provider)
    }

    fn database_alarms(&mut self, databases: &Databases, topics: &Topics<'_>) -> Vec<AlarmHandle> {
        let mut raised = Vec::new();
        for entry in SectionRef::all(&self.stack.database) {
            let database = databases.of(entry);
            let told = topics.about(About::SystemErrors, database.region);
            let subject = format!("db-{}", entry.physical_name_key());
            let context = self.context;
            let mut scope = self.alarm_scope("database", entry.construct_id(), database.region);
            raised.extend(alarms::add_database_alarms(
                &mut scope,
                &context,
                &subject,
                &database.cluster_id(),
                &told,
            ));
        }
        raised
    }

    fn secondary_alarms(&mut self, databases: &Databases, topics: &Topics<'_>) {
        for entry in SectionRef::all(&self.stack.database) {
            let (Some(secondary), Some(replica)) =
                (databases.of(entry).secondary_id(), &entry.aurora().replica)
            else {
                continue;
            };
            let region = self.stack.network.resolve(&replica.network).region;
            let told = topics.about(About::Replication, region);
            let subject = format!("db-{}", entry.physical_name_key());
            let (context, limits) = (self.context, &self.stack.alarms);
            let mut scope = self.alarm_scope("database-replica", entry.construct_id(), region);
            alarms::add_secondary_cluster_alarms(
                &mut scope, &context, &subject, &secondary, limits, &told,
            );
        }
    }

    fn rotation_alarms(&mut self, rotations: &[Rotation], topics: &Topics<'_>) {
        for rotation in rotations {
            let told = topics.about(About::Security, rotation.region);
            let subject = format!("lambda-{}", rotation.key);
            let context = self.context;
            let mut scope = self.alarm_scope("rotation", rotation.id.clone(), rotation.region);
            alarms::add_function_alarms(
                &mut scope,
                &context,
                &subject,
                &rotation.function.name(),
                &told,
            );
        }
    }

    fn function_alarms(&mut self, functions: &Functions, topics: &Topics<'_>) -> Vec<AlarmHandle> {
        let mut raised = Vec::new();
        for entry in SectionRef::all(&self.stack.function) {
            let Some(colours) = functions.of(entry) else {
                continue;
            };
            let region = self.stack.network.resolve(&entry.network).region;
            let told = topics.about(About::SystemErrors, region);
            let context = self.context;
            for (colour, named) in colours.iter() {
                let subject = coloured(&format!("lambda-{}", entry.physical_name_key()), colour);
                let mut scope = self.alarm_scope("function", entry.construct_id(), region);
                if let Some(colour) = colour {
                    scope = scope.into_child(colour.as_str());
                }
                raised.extend(alarms::add_function_alarms(
                    &mut scope,
                    &context,
                    &subject,
                    &named.function.name(),
                    &told,
                ));
            }
        }
        raised
    }

    fn task_alarms(&mut self, running: &[Running<'_>], topics: &Topics<'_>) -> Vec<AlarmHandle> {
        let mut raised = Vec::new();
        for place in running {
            let told = topics.about(About::SystemErrors, place.region);
            let context = self.context;
            for tasks in &place.versions {
                let scope = self.alarm_scope("tasks", place.service.construct_id(), place.region);
                let mut scope = scope.into_child(place.network.construct_id());
                if let Some(colour) = tasks.colour {
                    scope = scope.into_child(colour.as_str());
                }
                let subject = format!("tasks-{}", tasks.token);
                let dimensions = tasks.dimensions();
                raised.extend(alarms::add_ecs_service_alarms(
                    &mut scope,
                    &context,
                    &subject,
                    &dimensions,
                    tasks.least,
                    &told,
                ));
            }
        }
        raised
    }

    fn authorizer_alarms(
        &mut self,
        authorizers: &Authorizers,
        topics: &Topics<'_>,
    ) -> Vec<AlarmHandle> {
        let mut raised = Vec::new();
        for entry in SectionRef::all(&self.stack.api) {
            let Some(guard) = authorizers.of(entry) else {
                continue;
            };
            let region = self.api_region(entry);
            let context = self.context;
            let identity = entry.physical_name_key();
            let told = topics.about(About::SystemErrors, region);
            let subject = format!("lambda-authorizer-{identity}");
            let mut scope = self.alarm_scope("authorizer", entry.construct_id(), region);
            let authorizer = &guard.authorizer;
            raised.extend(alarms::add_function_alarms(
                &mut scope,
                &context,
                &subject,
                &authorizer.name(),
                &told,
            ));
            let told = topics.about(About::Security, region);
            let subject = format!("lambda-rotation-api-{identity}");
            let mut scope = scope.child("rotation");
            alarms::add_function_alarms(
                &mut scope,
                &context,
                &subject,
                &guard.rotation.name(),
                &told,
            );
        }
        raised
    }

    fn replication_alarms(&mut self, replications: &Replications, topics: &Topics<'_>) {
        for entry in SectionRef::all(&self.stack.replication) {
            let Some(running) = &replications.of(entry).running else {
                continue;
            };
            let region = self.stack.network.resolve(&entry.network).region;
            let told = topics.about(About::Replication, region);
            let (context, limits) = (self.context, &self.stack.alarms);
            for task in running.tasks() {
                let subject = format!("dms-{}-{}", task.way.as_str(), entry.physical_name_key());
                let mut scope = self.alarm_scope("replication", entry.construct_id(), region);
                let mut scope = scope.child(task.way.as_str());
                let dimensions = task.dimensions();
                alarms::add_replication_task_alarms(
                    &mut scope,
                    &context,
                    &subject,
                    &dimensions,
                    limits,
                    &told,
                );
            }
        }
    }

    fn dns_alarms(&mut self, names: &DnsNames, topics: &Topics<'_>) {
        let told = topics.about(About::SystemErrors, Region::GLOBAL);
        for entry in SectionRef::all(&self.stack.dns) {
            for check in &names.of(entry).checks {
                let subject = format!("dns-{}-{}", entry.physical_name_key(), check.label);
                let context = self.context;
                let mut scope = self.alarm_scope("dns", entry.construct_id(), Region::GLOBAL);
                let mut scope = scope.child(check.label.clone());
                alarms::add_health_check_alarm(
                    &mut scope,
                    &context,
                    &subject,
                    &check.check.id(),
                    &told,
                );
            }
        }
    }

    /// Those of the requests, and those of the targets: a version that nobody is sent to has targets too.
    fn balancer_alarms(
        &mut self,
        edge: &Edge,
        topics: &Topics<'_>,
    ) -> (Vec<AlarmHandle>, Vec<AlarmHandle>) {
        let (mut requests, mut targets) = (Vec::new(), Vec::new());
        for entry in SectionRef::all(&self.stack.balancer) {
            let networks = entry.config().networks.iter();
            for (network, (_, balancer)) in networks.zip(edge.balancers.of(entry)) {
                let network = SectionRef::resolve(&self.stack.network, network);
                let region = network.region;
                let phase = self.stage.phase;
                let told = topics.about(About::SystemErrors, region);
                let (context, limits) = (self.context, &self.stack.alarms);
                let subject = format!("alb-{}", balancer.identity);
                let suffix = balancer.load_balancer.arn_suffix();
                let scope = self.alarm_scope("balancer", entry.construct_id(), region);
                let mut scope = scope.into_child(network.construct_id());
                requests.extend(alarms::add_load_balancer_alarms(
                    &mut scope, &context, &subject, &suffix, limits, &told,
                ));
                let groups = balancer.groups();
                for (side, group) in groups.filter(|(side, _)| serves(side, phase)) {
                    let subject = format!("{subject}-{}", side.token());
                    let group = group.arn_suffix();
                    let mut scope = scope.child(side.token());
                    targets.extend(alarms::add_target_group_alarms(
                        &mut scope, &context, &subject, &suffix, &group, &told,
                    ));
                }
            }
        }
        (requests, targets)
    }

    fn api_alarms(&mut self, edge: &Edge, topics: &Topics<'_>) -> Vec<AlarmHandle> {
        let mut raised = Vec::new();
        for entry in SectionRef::all(&self.stack.api) {
            let Some(api) = edge.apis.of(entry) else {
                continue;
            };
            let region = self.api_region(entry);
            let told = topics.about(About::SystemErrors, region);
            let (context, limits) = (self.context, &self.stack.alarms);
            let subject = format!("api-{}", entry.physical_name_key());
            let of = (&api.api.name(), &api.stage.stage_name());
            let mut scope = self.alarm_scope("api", entry.construct_id(), region);
            raised.extend(alarms::add_api_alarms(
                &mut scope, &context, &subject, of, limits, &told,
            ));
        }
        raised
    }
}

/// Whether a side may get requests in a phase: who is woken by the other can do nothing.
fn serves(side: &Side, phase: Phase) -> bool {
    match phase {
        Phase::Legacy => *side == Side::Old,
        Phase::Migration => true,
        Phase::Production => *side != Side::Old,
    }
}
