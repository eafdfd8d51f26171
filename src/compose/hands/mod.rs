//! The functions that carry a migration out, whoever calls them: a workflow, or an operator by the runbook.

mod allowed;
mod told;

use std::collections::BTreeMap;

use super::alarms::Suffering;
use super::application_secrets::ApplicationSecrets;
use super::edge::Edge;
use super::environment::{Composer, Databases, Networks};
use super::operations::{Buckets, Topics};
use super::replications::Replications;
use super::uses::{reach, reach_outside};
use crate::config::{
    Alerts as AlertsConfig, Architecture, Bucket as BucketConfig, Network as NetworkConfig, Ref,
    Replication as ReplicationConfig, Runbook as RunbookConfig, Section,
    Workflow as WorkflowConfig,
};
use crate::constructs::compute::function::{Function, Plan};
use crate::constructs::core::{SectionRef, Statement};
use crate::constructs::observability::metric_filters::count;
use crate::constructs::security::kms_key::DataClass;
use crate::constructs::security::secret_key::hash_key;
use crate::lambda_packages::Program;
use crate::newtypes::Seconds;
use crate::terraform::tree::Value;

/// What the functions act on.
#[derive(Clone, Copy)]
pub(super) struct On<'a> {
    pub(super) networks: &'a Networks,
    pub(super) databases: &'a Databases,
    pub(super) secrets: &'a ApplicationSecrets,
    pub(super) replications: &'a Replications,
    pub(super) buckets: &'a Buckets,
    pub(super) topics: &'a Topics<'a>,
    pub(super) edge: &'a Edge,
    /// The alarms that stop a shift of requests.
    pub(super) suffering: &'a Suffering,
}

/// Whom the functions serve, and with what.
#[derive(Debug)]
pub(super) struct Duty<'a, T> {
    pub(super) section: SectionRef<'a, T>,
    replications: &'a [Ref<ReplicationConfig>],
    pub(super) network: &'a Ref<NetworkConfig>,
    pub(super) checkpoints: &'a Ref<BucketConfig>,
    alerts: &'a Ref<AlertsConfig>,
    max_lag: Seconds,
    fence: Seconds,
}

impl<'a> From<SectionRef<'a, WorkflowConfig>> for Duty<'a, WorkflowConfig> {
    fn from(section: SectionRef<'a, WorkflowConfig>) -> Self {
        let workflow = section.config();
        Self {
            section,
            replications: &workflow.replications,
            network: &workflow.network,
            checkpoints: &workflow.checkpoints,
            alerts: &workflow.alerts,
            max_lag: workflow.max_lag,
            fence: workflow.fence,
        }
    }
}

impl<'a> From<SectionRef<'a, RunbookConfig>> for Duty<'a, RunbookConfig> {
    fn from(section: SectionRef<'a, RunbookConfig>) -> Self {
        let runbook = section.config();
        Self {
            section,
            replications: &runbook.replications,
            network: &runbook.network,
            checkpoints: &runbook.checkpoints,
            alerts: &runbook.alerts,
            max_lag: runbook.max_lag,
            fence: runbook.fence,
        }
    }
}

impl<T> Clone for Duty<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Duty<'_, T> {}

/// A function to be: what it runs, is told, and may do.
pub(super) struct Hand {
    pub(super) program: Program,
    pub(super) description: &'static str,
    pub(super) environment: BTreeMap<&'static str, Value<String>>,
    pub(super) allowed: Vec<Statement>,
}

impl Composer<'_> {
    /// The function that takes the steps of the cutover and of the way back.
    pub(super) fn cutover<T: Section>(&mut self, duty: Duty<'_, T>, on: On<'_>) -> Function {
        let actions = Program::Cutover.required_actions();
        let mut allowed: Vec<Statement> = self.reads_parameters(actions).into_iter().collect();
        allowed.push(self.writes_parameters());
        allowed.extend(self.keeps(duty, on));
        allowed.extend(self.tells(duty, on));
        allowed.extend(self.reads_logins(duty, on, actions, None));
        allowed.extend(Self::runs_tasks(on));
        allowed.extend(self.moves_requests(on));
        allowed.extend(Self::looks_at_alarms(on));
        let mut environment = self.common(duty, on);
        environment.extend(self.cutover_variables(duty, on));
        let hand = Hand {
            program: Program::Cutover,
            description: "Does the steps of a migration",
            environment,
            allowed,
        };
        self.hand(duty, on, hand)
    }

    /// The function that compares rows.
    pub(super) fn validation<T: Section>(&mut self, duty: Duty<'_, T>, on: On<'_>) -> Function {
        let region = on.networks.get(duty.network).region;
        let secrets_key = self.key(DataClass::Secrets, region);
        let hash_key = {
            let mut root = self.root.in_region(region.as_str());
            let mut scope = duty.section.scope(&mut root).into_child("hash-key");
            let subject = duty.section.physical_name_key();
            hash_key(&mut scope, &self.context, subject, secrets_key)
        };
        let actions = Program::Validation.required_actions();
        let mut allowed: Vec<Statement> = self.reads_parameters(actions).into_iter().collect();
        allowed.extend(self.keeps(duty, on));
        allowed.extend(self.reads_logins(duty, on, actions, Some(hash_key.clone())));
        allowed.extend(Self::watches_tasks(on));
        let mut environment = self.common(duty, on);
        environment.insert("HASH_KEY_SECRET", hash_key);
        environment.insert("MAX_LAG_SECONDS", duty.max_lag.get().to_string().into());
        let hand = Hand {
            program: Program::Validation,
            description: "Does the steps of a migration",
            environment,
            allowed,
        };
        self.hand(duty, on, hand)
    }

    /// One function. Those that speak to databases stand in the duty's network.
    pub(super) fn hand<T: Section>(
        &mut self,
        duty: Duty<'_, T>,
        on: On<'_>,
        hand: Hand,
    ) -> Function {
        let network = on.networks.get(duty.network);
        let program = hand.program;
        let key = format!("{}-{}", program.package(), duty.section.physical_name_key());
        let plan = Plan {
            key: &key,
            description: hand.description,
            network: program.uses_databases().then_some(network),
            architecture: Architecture::default(),
            memory: 1024,
            timeout: LONGEST,
            reserved_concurrency: None,
            environment: hand.environment,
            allowed: hand.allowed,
        };
        let site = self.function_site(program, network.region);
        let sources: Vec<_> = duty
            .replications
            .iter()
            .map(|replication| {
                let section = SectionRef::resolve(&self.stack.replication, replication);
                (section, self.ways_to_source(section))
            })
            .collect();
        let mut root = self.root.in_region(network.region.as_str());
        let mut scope = duty.section.scope(&mut root).into_child(program.package());
        let function = Function::new(&mut scope, &self.context, plan, site);
        count(&mut scope, &self.context, &key, &function);
        for (section, ways) in sources {
            let target = on.databases.get(&section.target);
            reach(&mut scope, function, section.target.name().as_str(), target);
            reach_outside(&mut scope, function, &ways);
        }
        function
    }
}

/// Lambda's longest: a step that waits for a database is killed no sooner.
pub(super) const LONGEST: Seconds = Seconds::constant::<900>();
