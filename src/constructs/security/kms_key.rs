//! Customer-managed KMS keys, one for each data class and region.
//!
//! PCI DSS 3.5.1, 3.6 and 3.7: keys are separate by use and rotate, and each key policy lists the principals that
//! may use the key. The account's root is in every policy: KMS rejects a policy that locks out its caller.

use std::collections::BTreeMap;

use crate::aws;
use crate::config::Protection;
use crate::constructs::core::{Account, Context, Policy, Principal, Statement};
use crate::newtypes::Region;
use crate::terraform::tree::{Handle, Scope, Value};

/// The data that a key encrypts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DataClass {
    /// SNS messages of alerts.
    Alerts,
    /// The audit trail.
    Audit,
    /// Records of AWS Config.
    Configuration,
    /// Database storage, snapshots, performance data.
    Database,
    /// Code and environment variables of Lambda functions.
    Functions,
    /// Container images.
    Images,
    /// Log groups.
    Logs,
    /// Objects in buckets.
    Objects,
    /// Secrets.
    Secrets,
    /// Terraform state.
    State,
    /// DynamoDB tables.
    Tables,
    /// Ephemeral storage of ECS tasks.
    Tasks,
    /// EBS volumes.
    Volumes,
}

/// The KMS key of one data class in one region.
#[derive(Clone, Copy, Debug)]
pub struct KmsKey {
    key: Handle<aws::KmsKey>,
}

/// The KMS keys of an environment, each added on first use.
#[derive(Debug, Default)]
pub struct KmsKeys(BTreeMap<(DataClass, Region), KmsKey>);

impl KmsKeys {
    /// The key of `class` in `region`, added below `root` on first use.
    pub fn get(
        &mut self,
        root: &mut Scope<'_>,
        context: &Context<'_>,
        class: DataClass,
        region: Region,
    ) -> KmsKey {
        *self.0.entry((class, region)).or_insert_with(|| {
            let mut scope = root.in_region(region.as_str());
            KmsKey::new(&mut scope, context, KmsKeyProps { class, region })
        })
    }
}

impl DataClass {
    /// Component of paths and physical names.
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
            Self::Alerts => "SNS alert messages",
            Self::Audit => "the CloudTrail audit trail",
            Self::Configuration => "AWS Config records",
            Self::Database => "database storage, snapshots and Performance Insights data",
            Self::Functions => "Lambda code and environment variables",
            Self::Images => "container images",
            Self::Logs => "CloudWatch log groups",
            Self::Objects => "S3 objects",
            Self::Secrets => "secrets",
            Self::State => "Terraform state",
            Self::Tables => "DynamoDB tables",
            Self::Tasks => "ephemeral storage of ECS tasks",
            Self::Volumes => "EBS volumes",
        }
    }
}

/// Configuration of a key.
#[derive(Clone, Copy, Debug)]
pub struct KmsKeyProps {
    /// The data that it encrypts.
    pub class: DataClass,
    /// The region of the scope.
    pub region: Region,
}

impl KmsKey {
    /// Adds a key and its alias.
    pub fn new(scope: &mut Scope<'_>, context: &Context<'_>, props: KmsKeyProps) -> Self {
        let KmsKeyProps { class, region } = props;
        let token = Self::token(class, region);
        let mut scope = scope.child("key").into_child(token.clone());
        let key = aws::KmsKey::new()
            .description(format!("Encrypts {}", class.description()))
            .enable_key_rotation(true)
            .deletion_window_in_days(deletion_window_days(context.protection))
            .policy(policy(context, class, region).to_json());
        let key = scope.add("key", context.protect(key));
        scope.add(
            "alias",
            aws::KmsAlias::new(key.key_id()).name(format!("alias/{}", context.names.of(&token))),
        );
        Self { key }
    }

    /// Token of the alias, different in each region.
    pub fn token(class: DataClass, region: Region) -> String {
        format!("{}-{}", class.token(), region.short())
    }

    /// The key ARN. Some services reject the key id.
    pub fn arn(&self) -> Value<String> {
        self.key.arn()
    }
}

/// In a key policy, `*` means the key that the policy belongs to.
pub(super) const THIS_KEY: &str = "*";

/// Days in which the deletion of a key can be canceled.
pub(super) fn deletion_window_days(protection: Protection) -> u8 {
    match protection {
        Protection::Destroyable => 7,
        Protection::Protected => 30,
    }
}

/// IAM policies of the account may allow access to the key.
pub(super) fn administration(account: Account) -> Statement {
    Statement::allow(["kms:*"], [THIS_KEY.into()])
        .sid("AccountAdministration")
        .principal(Principal::Aws(account.root()))
}

fn policy(context: &Context<'_>, class: DataClass, region: Region) -> Policy {
    let account = context.account;
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
    Policy::new(std::iter::once(administration(account)).chain(services))
}

/// CloudWatch Logs user guide, "Encrypt log data using KMS": the principal is regional, and the condition restricts
/// the key to log groups of this account. The guide also allows `kms:Describe*`, which has no encryption context, so
/// that the condition excludes it.
fn log_groups(account: Account, region: Region) -> Statement {
    let actions = [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
    ];
    let service = format!("logs.{region}.amazonaws.com");
    Statement::allow(actions, [THIS_KEY.into()])
        .sid("LogGroupsOfThisAccount")
        .principal(Principal::Service(service.into()))
        .condition(
            "ArnLike",
            "kms:EncryptionContext:aws:logs:arn",
            account.arn("logs", region.as_str(), "log-group:*"),
        )
}

/// SNS developer guide, "Enable compatibility between event sources from AWS services and encrypted topics": without
/// this statement notifications are lost.
fn publishers() -> Statement {
    // EventBridge does not support conditions here.
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
            statement.principal(Principal::Service(service.into()))
        })
}

/// EC2 Auto Scaling user guide, "Required AWS KMS key policy for use with encrypted volumes": without it instances
/// terminate at launch. The service-linked role exists only after the first group of the account, and KMS rejects
/// unknown principals, so a condition names the role.
fn scaling(account: Account) -> [Statement; 2] {
    const ROLE: &str =
        "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
    let role = |statement: Statement| {
        statement.principal(Principal::Anyone).condition(
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
            .condition("Bool", "kms:GrantIsForAWSResource", "true"),
    ]
}

/// CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail".
fn trails(account: Account) -> Statement {
    let actions = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"];
    Statement::allow(actions, [THIS_KEY.into()])
        .sid("TrailsOfThisAccount")
        .principal(Principal::Service("cloudtrail.amazonaws.com".into()))
        .condition("StringEquals", "aws:SourceAccount", account.id())
}

fn config_delivery(account: Account) -> Statement {
    Statement::allow(["kms:Decrypt", "kms:GenerateDataKey*"], [THIS_KEY.into()])
        .sid("ConfigOfThisAccount")
        .principal(Principal::Service("config.amazonaws.com".into()))
        .condition("StringEquals", "aws:SourceAccount", account.id())
}

/// ECS developer guide, "Customer managed keys for Fargate ephemeral storage".
fn task_storage(account: Account) -> [Statement; 2] {
    let of_this_account = |statement: Statement| {
        statement
            .principal(Principal::Service("fargate.amazonaws.com".into()))
            .condition(
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
            .condition(
                "ForAllValues:StringEquals",
                "kms:GrantOperations",
                "Decrypt",
            ),
    ]
}
