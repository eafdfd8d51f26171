//! IAM permissions of the migration's functions.

use crate::compose::composer::Composer;
use crate::compose::foundations::application_secrets::ApplicationSecret;
use crate::compose::foundations::secret_permissions::{
    existing_secret_key_permissions, secret_permissions,
};
use crate::compose::migration::functions::spec::{MigrationDeps, MigrationSection};
use crate::compose::migration::functions::variables::{topic_arn, weighted_rule};
use crate::config::{Credentials, Section};
use crate::constructs::core::{SectionRef, Statement};
use crate::constructs::data::bucket::PrivateBucket;
use crate::constructs::replication::{ActiveReplication, Task};
use crate::constructs::security::kms_key::{DataClass, KmsKey};
use crate::lambda_packages::RequiredActions;
use crate::terraform::tree::Value;

/// Permissions on checkpoints, approvals and validation results.
pub(crate) fn checkpoint_permissions<T: Section>(
    composer: &mut Composer<'_>,
    section: MigrationSection<'_, T>,
    deps: MigrationDeps<'_>,
) -> [Statement; 3] {
    let region = deps.foundations.networks.get(section.network).region;
    let key = composer.key(DataClass::Objects, region);
    checkpoint_statements(*deps.foundations.buckets.get(section.checkpoints), key)
}

/// Permissions to publish to the section's topic.
pub(crate) fn publish_permissions<T: Section>(
    composer: &mut Composer<'_>,
    section: MigrationSection<'_, T>,
    deps: MigrationDeps<'_>,
) -> [Statement; 2] {
    let region = deps.foundations.networks.get(section.network).region;
    let key = composer.key(DataClass::Alerts, region);
    publish_statements(topic_arn(composer, section, deps), key)
}

pub(crate) fn login_secrets(
    composer: &Composer<'_>,
    deps: MigrationDeps<'_>,
) -> Vec<Value<String>> {
    let mut secrets = Vec::new();
    for replication in SectionRef::all(&composer.stack.replication) {
        let replicated = deps.foundations.replications.of(replication);
        secrets.push(replicated.source_secret_arn.clone());
        secrets.push(replicated.target_secret_arn.clone());
        secrets.push(
            deps.foundations
                .databases
                .get(&replication.target)
                .secret_arn
                .clone(),
        );
        let source = deps
            .foundations
            .application_secrets
            .sources
            .of(replication)
            .iter();
        let target = deps
            .foundations
            .application_secrets
            .databases
            .get(&replication.target)
            .iter();
        secrets.extend(source.chain(target).map(ApplicationSecret::arn));
    }
    secrets
}

/// The login secrets that the stack does not create.
pub(crate) fn existing_login_secrets(
    composer: &Composer<'_>,
    deps: MigrationDeps<'_>,
) -> Vec<Value<String>> {
    let mut secrets = Vec::new();
    for replication in SectionRef::all(&composer.stack.replication) {
        let replicated = deps.foundations.replications.of(replication);
        let target = SectionRef::resolve(&composer.stack.database, &replication.target);
        let database = deps.foundations.databases.of(target);
        for (credentials, secret) in [
            (
                &replication.source.credentials,
                &replicated.source_secret_arn,
            ),
            (&replication.credentials, &replicated.target_secret_arn),
            (&target.aurora().credentials, &database.secret_arn),
        ] {
            if let Credentials::Existing(_) = credentials {
                secrets.push(secret.clone());
            }
        }
        let source = deps
            .foundations
            .application_secrets
            .sources
            .of(replication)
            .iter();
        let target = deps
            .foundations
            .application_secrets
            .databases
            .get(&replication.target)
            .iter();
        let existing = source
            .chain(target)
            .filter(|secret| matches!(secret, ApplicationSecret::Existing(_)));
        secrets.extend(existing.map(ApplicationSecret::arn));
    }
    secrets
}

/// Permissions to read the login secrets. They include the stack's key only if it encrypts any of them.
pub(crate) fn login_permissions<T: Section>(
    composer: &mut Composer<'_>,
    section: MigrationSection<'_, T>,
    deps: MigrationDeps<'_>,
    actions: RequiredActions,
) -> Vec<Statement> {
    let region = deps.foundations.networks.get(section.network).region;
    let existing = existing_login_secrets(composer, deps);
    let secrets = login_secrets(composer, deps);
    let own = secrets.iter().any(|secret| !existing.contains(secret));
    let key = own.then(|| composer.key(DataClass::Secrets, region));
    let mut allowed = secret_permissions(secrets, actions, key);
    allowed.extend(existing_secret_key_permissions(composer, &existing, region));
    allowed
}

/// Permissions to describe, start and stop the DMS tasks, and to test the connections of their endpoints.
pub(crate) fn task_control_permissions(deps: MigrationDeps<'_>) -> Vec<Statement> {
    let actions = [
        "dms:DescribeTableStatistics",
        "dms:StartReplicationTask",
        "dms:StopReplicationTask",
    ];
    let mut allowed = task_permissions(deps, &actions);
    allowed.extend(connection_test_permissions(deps));
    allowed
}

/// Permissions to test connections. `dms:TestConnection` needs the endpoint and the replication instance
/// (service authorization reference, "Actions, resources, and condition keys for AWS DMS").
fn connection_test_permissions(deps: MigrationDeps<'_>) -> Vec<Statement> {
    let replications = deps.foundations.replications.iter();
    let active = replications.filter_map(|(_, replicated)| replicated.active.as_ref());
    let tested: Vec<_> = active
        .flat_map(|active| {
            let endpoints = active.endpoints.iter();
            let endpoints = endpoints.map(|endpoint| endpoint.endpoint_arn());
            endpoints.chain([active.instance.replication_instance_arn()])
        })
        .collect();
    if tested.is_empty() {
        return Vec::new();
    }
    vec![
        Statement::allow(["dms:TestConnection"], tested).sid("TestConnections"),
        // DMS has no resource-level permission for this action.
        Statement::allow(["dms:DescribeConnections"], ["*".into()]).sid("DescribeConnections"),
    ]
}

/// Permissions to describe the DMS tasks.
pub(crate) fn task_status_permissions(deps: MigrationDeps<'_>) -> Vec<Statement> {
    task_permissions(deps, &["dms:DescribeTableStatistics"])
}

pub(crate) fn traffic_permissions(
    composer: &Composer<'_>,
    deps: MigrationDeps<'_>,
) -> Vec<Statement> {
    let Some(split) = weighted_rule(composer, deps) else {
        return Vec::new();
    };
    vec![
        Statement::allow(["elasticloadbalancing:ModifyRule"], [split.rule]).sid("ModifyWeights"),
        // Elastic Load Balancing has no resource-level permissions for these actions.
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

/// Permission to describe the guard alarms.
pub(crate) fn alarm_permissions(deps: MigrationDeps<'_>) -> Option<Statement> {
    let alarms: Vec<_> = deps.guard_alarms.all().map(|alarm| alarm.arn()).collect();
    let statement = || Statement::allow(["cloudwatch:DescribeAlarms"], alarms.clone());
    (!alarms.is_empty()).then(|| statement().sid("DescribeAlarms"))
}

fn task_permissions(deps: MigrationDeps<'_>, actions: &[&'static str]) -> Vec<Statement> {
    let tasks = deps
        .foundations
        .replications
        .iter()
        .flat_map(|(_, replicated)| {
            let active = replicated.active.iter();
            active.flat_map(ActiveReplication::tasks).map(Task::arn)
        });
    let tasks: Vec<_> = tasks.collect();
    if tasks.is_empty() {
        return Vec::new();
    }
    vec![
        Statement::allow(actions.iter().copied(), tasks).sid("UseTasks"),
        // DMS has no resource-level permission for this action.
        Statement::allow(["dms:DescribeReplicationTasks"], ["*".into()]).sid("DescribeTasks"),
    ]
}

fn checkpoint_statements(bucket: PrivateBucket, key: KmsKey) -> [Statement; 3] {
    [
        Statement::allow(
            ["s3:GetObject", "s3:PutObject"],
            [
                bucket.objects_arn("approvals/"),
                bucket.objects_arn("assessments/"),
                bucket.objects_arn("checkpoints/"),
                bucket.objects_arn("rollback/"),
                bucket.objects_arn("validation/"),
            ],
        )
        .sid("ReadWriteCheckpoints"),
        // Without it S3 returns `AccessDenied` for a missing object instead of `NoSuchKey`.
        Statement::allow(["s3:ListBucket"], [bucket.arn()]).sid("ListCheckpoints"),
        Statement::allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.arn()]).sid("CheckpointsKey"),
    ]
}

fn publish_statements(topic: Value<String>, key: KmsKey) -> [Statement; 2] {
    [
        Statement::allow(["sns:Publish"], [topic]).sid("PublishAlerts"),
        Statement::allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.arn()]).sid("AlertsKey"),
    ]
}
