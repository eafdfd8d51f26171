//! The functions that carry a migration out, whoever calls them: a workflow, or an operator by the runbook.

use std::collections::BTreeMap;

use super::application_secrets::{APPLICATION_USER, ApplicationSecrets};
use super::edge::Edge;
use super::environment::{Composer, Databases, Networks};
use super::operations::{Buckets, Topics};
use super::replications::Replications;
use super::uses::{reach, reads_secrets};
use crate::config::{
    Alerts as AlertsConfig, Architecture, Bucket as BucketConfig, Checks as ChecksConfig,
    Network as NetworkConfig, Owner, Ref, Replication as ReplicationConfig, Section, Split,
    Workflow as WorkflowConfig,
};
use crate::constructs::alarms::Raised;
use crate::constructs::balancer::Side;
use crate::constructs::bucket::PrivateBucket;
use crate::constructs::entry::Entry;
use crate::constructs::events::{self, count};
use crate::constructs::function::{Function, Plan};
use crate::constructs::key::{DataClass, Key};
use crate::constructs::policy::Statement;
use crate::constructs::reach::connect_outside;
use crate::constructs::replication::{Running, Task};
use crate::constructs::secret::Credentials;
use crate::constructs::secret_key::hash_key;
use crate::constructs::transit::dashed;
use crate::programs::Program;
use crate::quantity::{Region, Seconds};
use crate::tree::{Any, List, Object, Term, Value};

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
    pub(super) suffering: &'a [Raised],
}

/// Whom the functions serve, and with what.
#[derive(Debug)]
pub(super) struct Duty<'a, T> {
    pub(super) section: Entry<'a, T>,
    replications: &'a [Ref<ReplicationConfig>],
    pub(super) network: &'a Ref<NetworkConfig>,
    pub(super) checkpoints: &'a Ref<BucketConfig>,
    alerts: &'a Ref<AlertsConfig>,
    max_lag: Seconds,
    fence: Seconds,
}

impl<'a> From<Entry<'a, WorkflowConfig>> for Duty<'a, WorkflowConfig> {
    fn from(section: Entry<'a, WorkflowConfig>) -> Self {
        let workflow = section.section();
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

impl<'a> From<Entry<'a, ChecksConfig>> for Duty<'a, ChecksConfig> {
    fn from(section: Entry<'a, ChecksConfig>) -> Self {
        let checks = section.section();
        Self {
            section,
            replications: &checks.replications,
            network: &checks.network,
            checkpoints: &checks.checkpoints,
            alerts: &checks.alerts,
            max_lag: checks.max_lag,
            fence: checks.fence,
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
        let region = on.networks.get(duty.network).region;
        let secrets_key = self.key(DataClass::Secrets, region);
        let mut allowed = vec![
            self.reads_parameters(region),
            self.writes_parameters(region),
        ];
        allowed.extend(self.keeps(duty, on));
        allowed.extend(self.tells(duty, on));
        allowed.extend(reads_secrets(self.logins(on), secrets_key));
        allowed.extend(Self::runs_tasks(on));
        allowed.extend(self.moves_requests(on));
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
            let subject = duty.section.identity();
            hash_key(&mut scope, &self.context, subject, secrets_key)
        };
        let mut allowed = vec![self.reads_parameters(region)];
        allowed.extend(self.keeps(duty, on));
        let logins = self.logins(on).into_iter().chain([hash_key.clone()]);
        allowed.extend(reads_secrets(logins, secrets_key));
        let mut environment = self.common(duty, on);
        environment.insert("HASH_KEY_SECRET", hash_key);
        environment.insert("MAX_LAG", duty.max_lag.get().to_string().into());
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
        let key = format!("{}-{}", program.package(), duty.section.identity());
        let plan = Plan {
            key: &key,
            description: hand.description,
            network: program.needs_drivers().then_some(network),
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
                let section = Entry::of(&self.stack.replication, replication);
                let port = on.replications.get(replication).source_port;
                (section, port, self.source_cidrs(section))
            })
            .collect();
        let mut root = self.root.in_region(network.region.as_str());
        let mut scope = duty
            .section
            .scope(&mut root)
            .into_child(program.package());
        let function = Function::new(&mut scope, &self.context, plan, site);
        count(&mut scope, &self.context, &key, &function);
        let Some(standing) = function.standing() else {
            return function;
        };
        for (section, port, cidrs) in sources {
            let target = on.databases.get(&section.target);
            reach(&mut scope, function, section.target.name().as_str(), target);
            for cidr in cidrs {
                let id = format!("{}-source-{}", section.key(), dashed(cidr));
                let why = "Functions to the database that is left";
                connect_outside(&mut scope, &id, standing.security_group, cidr, port, why);
            }
        }
        function
    }

    /// What every function of a duty is told.
    pub(super) fn common<T: Section>(
        &self,
        duty: Duty<'_, T>,
        on: On<'_>,
    ) -> BTreeMap<&'static str, Value<String>> {
        let replications = duty.replications.iter();
        let replications = replications.map(|replication| self.replication_of(replication, on));
        let replications = Value::<Any>::from(replications.collect::<Value<List<Any>>>());
        BTreeMap::from([
            ("CHECKPOINTS", on.buckets.get(duty.checkpoints).name()),
            ("NAMESPACE", events::namespace(&self.context).into()),
            ("PARAMETERS", self.context.names.parameter_root().into()),
            ("REPLICATIONS", replications.to_json()),
            ("TOPIC", self.topic(duty, on)),
            ("WORKFLOW", duty.section.identity().to_owned().into()),
        ])
    }

    /// Lets a function keep checkpoints, approvals and findings.
    pub(super) fn keeps<T: Section>(&mut self, duty: Duty<'_, T>, on: On<'_>) -> [Statement; 3] {
        let region = on.networks.get(duty.network).region;
        let key = self.key(DataClass::Objects, region);
        keeps(*on.buckets.get(duty.checkpoints), key)
    }

    /// Lets a function tell people.
    pub(super) fn tells<T: Section>(&mut self, duty: Duty<'_, T>, on: On<'_>) -> [Statement; 2] {
        let region = on.networks.get(duty.network).region;
        let key = self.key(DataClass::Alerts, region);
        tells(self.topic(duty, on), key)
    }

    /// The topic that a duty tells.
    fn topic<T: Section>(&self, duty: Duty<'_, T>, on: On<'_>) -> Value<String> {
        let alerts = Entry::of(&self.stack.alerts, duty.alerts);
        let region = on.networks.get(duty.network).region;
        let topic = on.topics.of(alerts, region);
        topic.map_or_else(|| "".into(), |topic| topic.arn())
    }

    /// One replication as the programs read it (`lambda/common/replication.py`).
    fn replication_of(&self, name: &Ref<ReplicationConfig>, on: On<'_>) -> Value<Any> {
        let section = Entry::of(&self.stack.replication, name);
        let replicated = on.replications.get(name);
        let database = on.databases.get(&section.target);
        let address = |host: Value<String>, port: u16, database: Value<String>| {
            Term::Object(Object::from_iter([
                ("dbname", database.into_term()),
                ("host", host.into_term()),
                ("port", Term::Integer(port.into())),
            ]))
        };
        let tables = section.tables.iter();
        let tables = tables.map(|table| text(table.to_string())).collect();
        let mut told = Object::from_iter([
            ("application_role", text(APPLICATION_USER)),
            ("name", text(section.identity())),
            (
                "source_address",
                address(
                    section.source.host.to_string().into(),
                    replicated.source_port,
                    section.source.database.clone().into(),
                ),
            ),
            (
                "source_secret",
                replicated.source_secret.clone().into_term(),
            ),
            ("tables", Term::List(tables)),
            (
                "target_address",
                address(database.endpoint(), database.port, database.name()),
            ),
            (
                "target_master_secret",
                database.secret_arn.clone().into_term(),
            ),
            (
                "target_secret",
                replicated.target_secret.clone().into_term(),
            ),
        ]);
        if let Some(version) = &section.source.version {
            told.set("source_version", text(version.as_str()));
        }
        let source = on.secrets.sources.of(section);
        let target = on.secrets.databases.get(&section.target);
        for (field, secret) in [
            ("source_application_secret", source),
            ("target_application_secret", target),
        ] {
            if let Some(secret) = secret {
                told.set(field, secret.arn().into_term());
            }
        }
        if let Some(running) = &replicated.running {
            told.set("load_task", running.load.arn().into_term());
            told.set("forward_task", running.forward.arn().into_term());
            if let Some(reverse) = &running.reverse {
                told.set("reverse_task", reverse.arn().into_term());
            }
        }
        told.into()
    }

    fn cutover_variables<T: Section>(
        &self,
        duty: Duty<'_, T>,
        on: On<'_>,
    ) -> Vec<(&'static str, Value<String>)> {
        let alarms = on.suffering.iter().map(|alarm| alarm.alarm_name());
        let alarms = Value::<Any>::from(alarms.collect::<Value<List<String>>>());
        let mut variables = vec![
            ("FENCE", duty.fence.get().to_string().into()),
            ("MAX_LAG", duty.max_lag.get().to_string().into()),
            ("STEP_ALARMS", alarms.to_json()),
        ];
        if let Some(split) = self.split(on) {
            variables.push(("LISTENER_RULE", split.rule));
            variables.push(("OLD_TARGET_GROUP", split.old));
            variables.push(("NEW_TARGET_GROUP", split.new));
        }
        variables
    }

    /// Where the workflow moves requests, if it does.
    fn split(&self, on: On<'_>) -> Option<Weighed> {
        let traffic = self.stack.traffic.as_ref()?;
        let Split::Balancer(at) = &traffic.at else {
            return None;
        };
        if traffic.owner != Owner::Workflow {
            return None;
        }
        let (_, balancer) = on.edge.balancers.get(at).first()?;
        let service = traffic.new.first()?.name().clone();
        Some(Weighed {
            rule: balancer.rule.arn(),
            old: balancer.group(&Side::Old)?.arn(),
            new: balancer.group(&Side::New(service))?.arn(),
        })
    }

    fn logins(&self, on: On<'_>) -> Vec<Value<String>> {
        let mut secrets = Vec::new();
        for section in Entry::all(&self.stack.replication) {
            let replicated = on.replications.of(section);
            secrets.push(replicated.source_secret.clone());
            secrets.push(replicated.target_secret.clone());
            secrets.push(on.databases.get(&section.target).secret_arn.clone());
            let source = on.secrets.sources.of(section).iter();
            let target = on.secrets.databases.get(&section.target).iter();
            secrets.extend(source.chain(target).map(Credentials::arn));
        }
        secrets
    }

    fn runs_tasks(on: On<'_>) -> Vec<Statement> {
        let tasks = on.replications.iter().flat_map(|(_, replicated)| {
            let running = replicated.running.iter();
            running.flat_map(Running::tasks).map(Task::arn)
        });
        let tasks: Vec<_> = tasks.collect();
        if tasks.is_empty() {
            return Vec::new();
        }
        vec![
            Statement::allow(
                [
                    "dms:DescribeTableStatistics",
                    "dms:StartReplicationTask",
                    "dms:StopReplicationTask",
                ],
                tasks,
            )
            .sid("Tasks"),
            // DMS has no permission to describe single tasks.
            Statement::allow(["dms:DescribeReplicationTasks"], ["*".into()]).sid("FindsTasks"),
        ]
    }

    fn moves_requests(&self, on: On<'_>) -> Vec<Statement> {
        let Some(split) = self.split(on) else {
            return Vec::new();
        };
        vec![
            Statement::allow(["elasticloadbalancing:ModifyRule"], [split.rule]).sid("Weights"),
            // Elastic Load Balancing and CloudWatch have no permissions to describe single resources.
            Statement::allow(
                [
                    "cloudwatch:DescribeAlarms",
                    "elasticloadbalancing:DescribeRules",
                    "elasticloadbalancing:DescribeTargetHealth",
                ],
                ["*".into()],
            )
            .sid("Watches"),
        ]
    }

    fn writes_parameters(&self, region: Region) -> Statement {
        let root = self.context.names.parameter_root();
        let parameters = ["writer", "traffic/hold", "traffic/weight"].map(|name| {
            let path = format!("parameter{root}/{name}");
            self.context.account.arn("ssm", region.as_str(), path)
        });
        Statement::allow(["ssm:PutParameter"], parameters).sid("RuntimeValues")
    }
}

/// The rule that splits requests, and its two groups of targets, by ARN.
struct Weighed {
    rule: Value<String>,
    old: Value<String>,
    new: Value<String>,
}

/// Lambda's longest: a step that waits for a database is killed no sooner.
pub(super) const LONGEST: Seconds = Seconds::constant::<900>();

fn keeps(bucket: PrivateBucket, key: Key) -> [Statement; 3] {
    [
        Statement::allow(
            ["s3:GetObject", "s3:PutObject"],
            [
                bucket.objects("approvals/"),
                bucket.objects("checkpoints/"),
                bucket.objects("rollback/"),
                bucket.objects("validation/"),
            ],
        )
        .sid("Checkpoints"),
        // Without it a missing object answers "denied" rather than "not there".
        Statement::allow(["s3:ListBucket"], [bucket.arn()]).sid("CheckpointsThere"),
        Statement::allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.arn()]).sid("CheckpointsKey"),
    ]
}

fn tells(topic: Value<String>, key: Key) -> [Statement; 2] {
    [
        Statement::allow(["sns:Publish"], [topic]).sid("Tells"),
        Statement::allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.arn()]).sid("TellsKey"),
    ]
}

fn text(text: impl Into<String>) -> Term {
    Term::Text(text.into().into())
}
