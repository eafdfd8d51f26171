//! What the functions of a migration may do.

use super::{Duty, On};
use crate::compose::application_secrets::ApplicationSecret;
use crate::compose::environment::Composer;
use crate::compose::uses::reads_secrets;
use crate::config::{Credentials, Owner, Section, Split};
use crate::constructs::core::{SectionRef, Statement};
use crate::constructs::data::bucket::PrivateBucket;
use crate::constructs::ingress::balancer::Side;
use crate::constructs::replication::{Running, Task};
use crate::constructs::security::kms_key::{DataClass, Key};
use crate::lambda_packages::RequiredActions;
use crate::terraform::tree::Value;

impl Composer<'_> {
    /// Lets a function keep checkpoints, approvals and findings.
    pub(in crate::compose) fn keeps<T: Section>(
        &mut self,
        duty: Duty<'_, T>,
        on: On<'_>,
    ) -> [Statement; 3] {
        let region = on.networks.get(duty.network).region;
        let key = self.key(DataClass::Objects, region);
        keeps(*on.buckets.get(duty.checkpoints), key)
    }

    /// Lets a function tell people.
    pub(in crate::compose) fn tells<T: Section>(
        &mut self,
        duty: Duty<'_, T>,
        on: On<'_>,
    ) -> [Statement; 2] {
        let region = on.networks.get(duty.network).region;
        let key = self.key(DataClass::Alerts, region);
        tells(self.topic(duty, on), key)
    }

    /// Where the workflow moves requests, if it does.
    pub(super) fn split(&self, on: On<'_>) -> Option<Weighed> {
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

    pub(super) fn logins(&self, on: On<'_>) -> Vec<Value<String>> {
        let mut secrets = Vec::new();
        for section in SectionRef::all(&self.stack.replication) {
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

    /// The logins that no key of the stack encrypts.
    pub(super) fn existing_logins(&self, on: On<'_>) -> Vec<Value<String>> {
        let mut secrets = Vec::new();
        for section in SectionRef::all(&self.stack.replication) {
            let replicated = on.replications.of(section);
            let target = SectionRef::resolve(&self.stack.database, &section.target);
            let database = on.databases.of(target);
            for (credentials, secret) in [
                (&section.source.credentials, &replicated.source_secret),
                (&section.credentials, &replicated.target_secret),
                (&target.aurora().credentials, &database.secret_arn),
            ] {
                if let Credentials::Existing(_) = credentials {
                    secrets.push(secret.clone());
                }
            }
            let source = on.secrets.sources.of(section).iter();
            let target = on.secrets.databases.get(&section.target).iter();
            let existing = source
                .chain(target)
                .filter(|secret| matches!(secret, ApplicationSecret::Existing(_)));
            secrets.extend(existing.map(ApplicationSecret::arn));
        }
        secrets
    }

    /// Lets a function read the logins, and one more secret of the stack's. It may use the stack's key only where
    /// that encrypts any of them.
    pub(super) fn reads_logins<T: Section>(
        &mut self,
        duty: Duty<'_, T>,
        on: On<'_>,
        actions: RequiredActions,
        more: Option<Value<String>>,
    ) -> Vec<Statement> {
        let region = on.networks.get(duty.network).region;
        let existing = self.existing_logins(on);
        let mut secrets = self.logins(on);
        secrets.extend(more);
        let own = secrets.iter().any(|secret| !existing.contains(secret));
        let key = own.then(|| self.key(DataClass::Secrets, region));
        let mut allowed = reads_secrets(secrets, actions, key);
        allowed.extend(self.decrypts_existing_secrets(&existing, region));
        allowed
    }

    /// Lets a function see what the tasks do, and start and stop them.
    pub(super) fn runs_tasks(on: On<'_>) -> Vec<Statement> {
        let actions = [
            "dms:DescribeTableStatistics",
            "dms:StartReplicationTask",
            "dms:StopReplicationTask",
        ];
        may_do_to_tasks(on, &actions)
    }

    /// Lets a function see what the tasks do.
    pub(super) fn watches_tasks(on: On<'_>) -> Vec<Statement> {
        may_do_to_tasks(on, &["dms:DescribeTableStatistics"])
    }

    pub(super) fn moves_requests(&self, on: On<'_>) -> Vec<Statement> {
        let Some(split) = self.split(on) else {
            return Vec::new();
        };
        vec![
            Statement::allow(["elasticloadbalancing:ModifyRule"], [split.rule])
                .sid("ModifyWeights"),
            // Elastic Load Balancing has no permissions to describe single resources.
            Statement::allow(
                [
                    "elasticloadbalancing:DescribeRules",
                    "elasticloadbalancing:DescribeTargetHealth",
                ],
                ["*".into()],
            )
            .sid("DescribeTargets"),
        ]
    }

    /// Lets a function see whether payments suffer. It asks for composite alarms also, which takes a permission for
    /// all (CloudWatch API reference, `DescribeAlarms`).
    pub(super) fn looks_at_alarms(on: On<'_>) -> Option<Statement> {
        on.suffering.all().next()?;
        Some(Statement::allow(["cloudwatch:DescribeAlarms"], ["*".into()]).sid("DescribeAlarms"))
    }

    pub(super) fn writes_parameters(&self) -> Statement {
        let region = self.stack.primary_region();
        let root = self.context.names.parameter_root();
        let parameters = ["writer", "traffic/hold", "traffic/weight"].map(|name| {
            let path = format!("parameter{root}/{name}");
            self.context.account.arn("ssm", region.as_str(), path)
        });
        Statement::allow(["ssm:PutParameter"], parameters).sid("PutParameters")
    }
}

/// The rule that splits requests, and its two groups of targets, by ARN.
pub(super) struct Weighed {
    pub(super) rule: Value<String>,
    pub(super) old: Value<String>,
    pub(super) new: Value<String>,
}

fn may_do_to_tasks(on: On<'_>, actions: &[&'static str]) -> Vec<Statement> {
    let tasks = on.replications.iter().flat_map(|(_, replicated)| {
        let running = replicated.running.iter();
        running.flat_map(Running::tasks).map(Task::arn)
    });
    let tasks: Vec<_> = tasks.collect();
    if tasks.is_empty() {
        return Vec::new();
    }
    vec![
        Statement::allow(actions.iter().copied(), tasks).sid("UseTasks"),
        // DMS has no permission to describe single tasks.
        Statement::allow(["dms:DescribeReplicationTasks"], ["*".into()]).sid("DescribeTasks"),
    ]
}

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
        .sid("ReadWriteCheckpoints"),
        // Without it a missing object answers "denied" rather than "not there".
        Statement::allow(["s3:ListBucket"], [bucket.arn()]).sid("ListCheckpoints"),
        Statement::allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.arn()]).sid("CheckpointsKey"),
    ]
}

fn tells(topic: Value<String>, key: Key) -> [Statement; 2] {
    [
        Statement::allow(["sns:Publish"], [topic]).sid("PublishAlerts"),
        Statement::allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.arn()]).sid("AlertsKey"),
    ]
}
