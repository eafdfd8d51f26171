//! Customer-managed keys: one for each class of data and region.
//!
//! PCI DSS 3.5.1, 3.6 and 3.7: keys are separate by use, rotate, and each policy names who may use
//! it. The account's root stays in every policy, or nobody could manage the key (AWS refuses a
//! policy that locks its caller out).

use std::collections::BTreeMap;

use crate::aws;
use crate::config::Protection;
use crate::constructs::core::{Account, Context, Policy, Principal, Statement};
use crate::newtypes::Region;
use crate::terraform::tree::{Handle, Scope, Value};

/// What a key protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DataClass {
    /// Messages to people.
    Alerts,
    /// The audit trail.
    Audit,
    /// What AWS Config recorded.
    Configuration,
    /// Database storage, snapshots, performance data.
    Database,
    /// Code and settings of functions.
    Functions,
    /// Container images.
    Images,
    /// Log groups.
    Logs,
    /// Objects in buckets.
    Objects,
    /// Secrets.
    Secrets,
    /// The state of Terraform.
    State,
    /// DynamoDB tables.
    Tables,
    /// What tasks write.
    Tasks,
    /// Volumes of instances.
    Volumes,
}

/// A key that data of one class is encrypted with, in one region.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    key: Handle<aws::KmsKey>,
}

/// The keys of a system, each made when it is first asked for.
#[derive(Debug, Default)]
pub struct Keys(BTreeMap<(DataClass, Region), Key>);

impl Keys {
    /// The key for data of `class` in `region`, made below `root` if it is the first time.
    pub fn get(
        &mut self,
        root: &mut Scope<'_>,
        context: &Context<'_>,
        class: DataClass,
        region: Region,
    ) -> Key {
        *self.0.entry((class, region)).or_insert_with(|| {
            let mut scope = root.in_region(region.as_str());
            Key::new(&mut scope, context, class, region)
        })
    }
}

impl DataClass {
    /// The word for it in paths and names.
    pub fn token(self) -> &'static str {
        match self {
            Self::Alerts => "alerts",
            Self::Audit => "audit",
            Self::Configuration => "configuration",
            Self::Database => "database",
            Self::Functions => "functions",
            Self::Images => "images",
            Self::Logs => "logs",
            Self::Objects => "objects",
            Self::Secrets => "secrets",
            Self::State => "state",
            Self::Tables => "tables",
            Self::Tasks => "tasks",
            Self::Volumes => "volumes",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Alerts => "messages to people",
            Self::Audit => "the audit trail",
            Self::Configuration => "what AWS Config recorded",
            Self::Database => "database storage, snapshots and performance data",
            Self::Functions => "code and settings of functions",
            Self::Images => "container images",
            Self::Logs => "log groups",
            Self::Objects => "objects in buckets",
            Self::Secrets => "secrets",
            Self::State => "the state of Terraform",
            Self::Tables => "DynamoDB tables",
            Self::Tasks => "what tasks write",
            Self::Volumes => "volumes of instances",
        }
    }
}

impl Key {
    /// The key for data of `class` in `region`, which is the region of `scope`.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        class: DataClass,
        region: Region,
    ) -> Self {
        let token = Self::token(class, region);
        let mut scope = scope.child("key").into_child(token.clone());
        let deletion_window = match context.protection {
            Protection::Destroyable => 7_u8,
            Protection::Protected => 30,
        };
        let key = aws::KmsKey::new()
            .description(format!("Encrypts {}", class.description()))
            .enable_key_rotation(true)
            .deletion_window_in_days(deletion_window)
            .policy(policy(context, class, region).to_json());
        let key = scope.add("key", context.protect(key));
        scope.add(
            "alias",
            aws::KmsAlias::new(key.key_id()).name(format!("alias/{}", context.names.of(&token))),
        );
        Self { key }
    }

    /// What its alias is made with: aliases of both regions are told apart.
    pub fn token(class: DataClass, region: Region) -> String {
        format!("{}-{}", class.token(), region.short())
    }

    /// Its ARN, the form that every service takes; some refuse the bare id.
    pub fn arn(&self) -> Value<String> {
        self.key.arn()
    }
}

/// In a key policy this is the key that it belongs to, and no other.
const THIS_KEY: &str = "*";

fn policy(context: &Context<'_>, class: DataClass, region: Region) -> Policy {
    let account = context.account;
    let administration = Statement::allow(["kms:*"], [THIS_KEY.into()])
        .sid("AccountAdministration")
        .to(Principal::Aws(account.root()));
    let services = match class {
        DataClass::Alerts => vec![publishers()],
        DataClass::Audit => vec![trails(account)],
        DataClass::Configuration => vec![config_delivery(account)],
        DataClass::Logs => vec![log_groups(account, region)],
        DataClass::Tasks => task_storage(account).into(),
        DataClass::Volumes => scaling(account).into(),
        DataClass::Database
        | DataClass::Functions
        | DataClass::Images
        | DataClass::Objects
        | DataClass::Secrets
        | DataClass::State
        | DataClass::Tables => Vec::new(),
    };
    Policy::new(std::iter::once(administration).chain(services))
}

/// CloudWatch Logs user guide, "Encrypt log data using KMS": the principal is regional, and the
/// condition binds the key to groups of this account.
fn log_groups(account: Account, region: Region) -> Statement {
    let actions = [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:Describe*",
    ];
    let service = format!("logs.{region}.amazonaws.com");
    Statement::allow(actions, [THIS_KEY.into()])
        .sid("LogGroupsOfThisAccount")
        .to(Principal::Service(service.into()))
        .when(
            "ArnLike",
            "kms:EncryptionContext:aws:logs:arn",
            account.arn("logs", region.as_str(), "log-group:*"),
        )
}

/// SNS developer guide, "Enable compatibility between event sources from AWS services and encrypted
/// topics": without it alarms are dropped, and nobody is told.
fn publishers() -> Statement {
    // No condition: EventBridge sends none of its own.
    let publishers = [
        "budgets.amazonaws.com",
        "cloudwatch.amazonaws.com",
        "events.amazonaws.com",
        "rds.amazonaws.com",
    ];
    let statement = Statement::allow(["kms:Decrypt", "kms:GenerateDataKey*"], [THIS_KEY.into()])
        .sid("PublishersToTopics");
    publishers
        .into_iter()
        .fold(statement, |statement, service| {
            statement.to(Principal::Service(service.into()))
        })
}

/// EC2 Auto Scaling user guide, "Required AWS KMS key policy for use with encrypted volumes": without it
/// instances end as soon as they start. AWS makes the role with the account's first group; a policy that
/// names it before is refused, so a condition names it.
fn scaling(account: Account) -> [Statement; 2] {
    const ROLE: &str =
        "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
    let role = |statement: Statement| {
        statement.to(Principal::Anyone).when(
            "StringEquals",
            "aws:PrincipalArn",
            account.arn("iam", "", ROLE),
        )
    };
    let actions = [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:DescribeKey",
    ];
    [
        role(Statement::allow(actions, [THIS_KEY.into()])).sid("VolumesOfGroups"),
        role(Statement::allow(["kms:CreateGrant"], [THIS_KEY.into()]))
            .sid("GrantsForVolumes")
            .when("Bool", "kms:GrantIsForAWSResource", "true"),
    ]
}

/// CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail".
fn trails(account: Account) -> Statement {
    let actions = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"];
    Statement::allow(actions, [THIS_KEY.into()])
        .sid("TrailsOfThisAccount")
        .to(Principal::Service("cloudtrail.amazonaws.com".into()))
        .when("StringEquals", "aws:SourceAccount", account.id())
}

fn config_delivery(account: Account) -> Statement {
    Statement::allow(["kms:Decrypt", "kms:GenerateDataKey*"], [THIS_KEY.into()])
        .sid("ConfigOfThisAccount")
        .to(Principal::Service("config.amazonaws.com".into()))
        .when("StringEquals", "aws:SourceAccount", account.id())
}

/// ECS developer guide, "Customer managed keys for Fargate ephemeral storage".
fn task_storage(account: Account) -> [Statement; 2] {
    let of_this_account = |statement: Statement| {
        statement
            .to(Principal::Service("fargate.amazonaws.com".into()))
            .when(
                "StringEquals",
                "kms:EncryptionContext:aws:ecs:clusterAccount",
                account.id(),
            )
    };
    let generate = ["kms:GenerateDataKeyWithoutPlaintext"];
    [
        of_this_account(Statement::allow(generate, [THIS_KEY.into()])).sid("StorageOfTasks"),
        of_this_account(Statement::allow(["kms:CreateGrant"], [THIS_KEY.into()]))
            .sid("GrantsOfTasks")
            .when(
                "ForAllValues:StringEquals",
                "kms:GrantOperations",
                "Decrypt",
            ),
    ]
}
