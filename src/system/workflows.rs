//! The state machines that lead through the migration, and the functions that do what they say.

use std::collections::BTreeMap;

use super::application_secrets::{APPLICATION_USER, ApplicationSecret, ApplicationSecrets};
use super::edge::Edge;
use super::environment::{Composer, Databases, Networks};
use super::operations::{Buckets, Topics};
use super::replications::Replications;
use super::uses::{reach, reads_secrets};
use crate::config::{
    Architecture, Owner, Ref, Replication as ReplicationConfig, Split, Topic as About,
    Workflow as WorkflowConfig,
};
use crate::constructs::alarms::{self, Raised};
use crate::constructs::balancer::Side;
use crate::constructs::bucket::PrivateBucket;
use crate::constructs::entry::{Built, Entry};
use crate::constructs::events::{self, count};
use crate::constructs::function::{Function, Plan};
use crate::constructs::key::{DataClass, Key};
use crate::constructs::policy::Statement;
use crate::constructs::reach::connect_outside;
use crate::constructs::replication::{Running, Task};
use crate::constructs::secret_key::hash_key;
use crate::constructs::transit::dashed;
use crate::constructs::workflow::{self, Called, Pace, Traffic, Workflow};
use crate::programs::Program;
use crate::quantity::{Region, Seconds};
use crate::tree::{Any, List, Object, Term, Value};

/// What workflows act on.
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

impl On<'_> {
    /// The topic that a workflow tells.
    fn topic(&self, composer: &Composer<'_>, entry: Entry<'_, WorkflowConfig>) -> Value<String> {
        let alerts = Entry::of(&composer.stack.alerts, &entry.alerts);
        let region = self.networks.get(&entry.network).region;
        let topic = self.topics.of(alerts, region);
        topic.map_or_else(|| "".into(), |topic| topic.arn())
    }
}

/// The functions of one workflow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hands {
    pub(super) cutover: Function,
    pub(super) validation: Function,
    pub(super) approval: Function,
}

/// The workflows of a system.
pub(super) type Workflows = Built<WorkflowConfig, Workflow>;

impl Composer<'_> {
    /// Every workflow: in every phase, since its machines' history is a record.
    pub(super) fn workflows(&mut self, on: On<'_>) -> Workflows {
        Built::all(&self.stack.workflow, |entry| {
            let region = on.networks.get(&entry.network).region;
            let hands = self.hands(entry, on);
            let traffic = self.stack.traffic.as_ref();
            let traffic = traffic.map(Traffic::of).unwrap_or_default();
            let logs_key = self.key(DataClass::Logs, region);
            let told = on.topics.about(About::Migration, region);
            let inputs = workflow::Inputs {
                region,
                cutover: called(hands.cutover),
                validation: called(hands.validation),
                approval: called(hands.approval),
                checkpoints: *on.buckets.get(&entry.checkpoints),
                pace: Pace::of(entry.section(), &traffic),
                traffic,
                logs_key,
                retention: self.retention(),
                told: &told,
            };
            let mut root = self.root.in_region(region.as_str());
            let mut scope = entry.scope(&mut root);
            let workflow = Workflow::new(&mut scope, &self.context, entry, inputs);
            self.workflow_alarms(entry, region, hands, &workflow, on.topics);
            workflow
        })
    }

    fn workflow_alarms(
        &mut self,
        entry: Entry<'_, WorkflowConfig>,
        region: Region,
        hands: Hands,
        workflow: &Workflow,
        topics: &Topics<'_>,
    ) {
        let told = topics.about(About::Migration, region);
        let context = self.context;
        let identity = entry.identity();
        for (machine, arn) in [
            ("migration", workflow.migration_arn()),
            ("rollback", workflow.rollback_arn()),
        ] {
            let mut scope = self.alarm_scope("workflow", entry.construct_id(), region);
            let mut scope = scope.child(machine);
            let subject = format!("workflow-{identity}-{machine}");
            alarms::state_machine(&mut scope, &context, &subject, &arn, &told);
        }
        for (hand, function) in [
            ("cutover", hands.cutover),
            ("validation", hands.validation),
            ("approval", hands.approval),
        ] {
            let mut scope = self.alarm_scope("workflow", entry.construct_id(), region);
            let mut scope = scope.child(hand);
            let subject = format!("lambda-{hand}-{identity}");
            alarms::function(&mut scope, &context, &subject, &function, &told);
        }
    }

    /// The functions of a workflow.
    fn hands(&mut self, entry: Entry<'_, WorkflowConfig>, on: On<'_>) -> Hands {
        let region = on.networks.get(&entry.network).region;
        let objects_key = self.key(DataClass::Objects, region);
        let alerts_key = self.key(DataClass::Alerts, region);
        let secrets_key = self.key(DataClass::Secrets, region);
        let subject = entry.identity();
        let hash_key = {
            let mut root = self.root.in_region(region.as_str());
            let mut scope = entry.scope(&mut root).into_child("hash-key");
            hash_key(&mut scope, &self.context, subject, secrets_key)
        };
        let common = self.common(entry, on);
        let bucket = *on.buckets.get(&entry.checkpoints);
        let keeps = keeps(bucket, objects_key);
        let tells = tells(on.topic(self, entry), alerts_key);
        let parameters = self.reads_parameters(region);

        let mut allowed = vec![parameters.clone(), self.writes_parameters(region)];
        allowed.extend(keeps.clone());
        allowed.extend(tells.clone());
        allowed.extend(reads_secrets(self.logins(on), secrets_key));
        allowed.extend(Self::runs_tasks(on));
        allowed.extend(self.moves_requests(on));
        let mut variables = common.clone();
        variables.extend(self.cutover_variables(entry, on));
        let cutover = self.hand(entry, on, Program::Cutover, variables, allowed);

        let mut allowed = vec![parameters];
        allowed.extend(keeps.clone());
        let logins = self.logins(on).into_iter().chain([hash_key.clone()]);
        allowed.extend(reads_secrets(logins, secrets_key));
        let mut variables = common.clone();
        variables.insert("HASH_KEY_SECRET", hash_key);
        variables.insert("MAX_LAG", entry.max_lag.get().to_string().into());
        let validation = self.hand(entry, on, Program::Validation, variables, allowed);

        let mut allowed: Vec<Statement> = keeps.into();
        allowed.extend(tells);
        allowed.push(answers());
        let approval = self.hand(entry, on, Program::Approval, common, allowed);
        Hands {
            cutover,
            validation,
            approval,
        }
    }

    /// One function of a workflow. Those that speak to databases stand in the workflow's network.
    fn hand(
        &mut self,
        entry: Entry<'_, WorkflowConfig>,
        on: On<'_>,
        program: Program,
        environment: BTreeMap<&'static str, Value<String>>,
        allowed: Vec<Statement>,
    ) -> Function {
        let network = on.networks.get(&entry.network);
        let key = format!("{}-{}", program.package(), entry.identity());
        let plan = Plan {
            key: &key,
            description: "Does the steps of a migration",
            network: program.needs_drivers().then_some(network),
            architecture: Architecture::default(),
            memory: 1024,
            timeout: LONGEST,
            reserved_concurrency: None,
            environment,
            allowed,
        };
        let site = self.function_site(program, network.region);
        let sources: Vec<_> = entry
            .section()
            .replications
            .iter()
            .map(|replication| {
                let section = Entry::of(&self.stack.replication, replication);
                let port = on.replications.get(replication).source_port;
                (section, port, self.source_cidrs(section))
            })
            .collect();
        let mut root = self.root.in_region(network.region.as_str());
        let mut scope = entry.scope(&mut root).into_child(program.package());
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

    fn common(
        &self,
        entry: Entry<'_, WorkflowConfig>,
        on: On<'_>,
    ) -> BTreeMap<&'static str, Value<String>> {
        let replications = entry.replications.iter();
        let replications = replications.map(|replication| self.replication_of(replication, on));
        let replications = Value::<Any>::from(replications.collect::<Value<List<Any>>>());
        BTreeMap::from([
            ("CHECKPOINTS", on.buckets.get(&entry.checkpoints).name()),
            ("NAMESPACE", events::namespace(&self.context).into()),
            ("PARAMETERS", self.context.names.parameter_root().into()),
            ("REPLICATIONS", replications.to_json()),
            ("TOPIC", on.topic(self, entry)),
            ("WORKFLOW", entry.identity().to_owned().into()),
        ])
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

    fn cutover_variables(
        &self,
        entry: Entry<'_, WorkflowConfig>,
        on: On<'_>,
    ) -> Vec<(&'static str, Value<String>)> {
        let alarms = on.suffering.iter().map(|alarm| alarm.alarm_name());
        let alarms = Value::<Any>::from(alarms.collect::<Value<List<String>>>());
        let mut variables = vec![
            ("FENCE", entry.fence.get().to_string().into()),
            ("MAX_LAG", entry.max_lag.get().to_string().into()),
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
            secrets.extend(source.chain(target).map(ApplicationSecret::arn));
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

/// How a machine calls a function.
fn called(function: Function) -> Called {
    Called {
        function: function.arn(),
        version: function.version(),
        timeout: LONGEST,
    }
}

/// Lambda's longest: a step that waits for a database is killed no sooner.
const LONGEST: Seconds = Seconds::constant::<900>();

/// Lets a function keep checkpoints, approvals and findings.
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

/// Lets a function tell people.
fn tells(topic: Value<String>, key: Key) -> [Statement; 2] {
    [
        Statement::allow(["sns:Publish"], [topic]).sid("Tells"),
        Statement::allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.arn()]).sid("TellsKey"),
    ]
}

/// Lets a function answer a machine that waits: a task's token is no resource of IAM's.
fn answers() -> Statement {
    Statement::allow(
        ["states:SendTaskFailure", "states:SendTaskSuccess"],
        ["*".into()],
    )
    .sid("Answers")
}

fn text(text: impl Into<String>) -> Term {
    Term::Text(text.into().into())
}
