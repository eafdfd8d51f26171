//! Customer-managed keys: one for each class of data and region.
//!
//! PCI DSS 3.5.1, 3.6 and 3.7: keys are separate by use, rotate, and each policy names who may use
//! it. The account's root stays in every policy, or nobody could manage the key (AWS refuses a
//! policy that locks its caller out).

use super::Context;
use super::policy::{Policy, Principal, Statement};
use crate::aws;
use crate::config::Protection;
use crate::quantity::Region;
use crate::tree::{Handle, Scope, Value};

/// What a key protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DataClass {
    /// Database storage, snapshots, performance data.
    Database,
    /// Log groups.
    Logs,
    /// Secrets.
    Secrets,
    /// The state of Terraform.
    State,
}

/// A key that data of one class is encrypted with, in one region.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    key: Handle<aws::KmsKey>,
}

impl DataClass {
    /// The word for it in paths and names.
    pub fn token(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Logs => "logs",
            Self::Secrets => "secrets",
            Self::State => "state",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Database => "database storage, snapshots and performance data",
            Self::Logs => "log groups",
            Self::Secrets => "secrets",
            Self::State => "the state of Terraform",
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
        let key = scope.add("key", context.keep(key));
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

fn policy(context: &Context<'_>, class: DataClass, region: Region) -> Policy {
    // In a key policy `*` is the key that it belongs to.
    let this_key = || [Value::from("*")];
    let account = context.account;
    let administration = Statement::allow(["kms:*"], this_key())
        .sid("AccountAdministration")
        .to(Principal::Aws(account.root()));
    let mut statements = vec![administration];
    if class == DataClass::Logs {
        // CloudWatch Logs, "Encrypt log data in CloudWatch Logs using KMS": the principal is
        // regional and the condition binds the key to groups of this account.
        let service = format!("logs.{region}.amazonaws.com");
        statements.push(
            Statement::allow(
                [
                    "kms:Encrypt",
                    "kms:Decrypt",
                    "kms:ReEncrypt*",
                    "kms:GenerateDataKey*",
                    "kms:Describe*",
                ],
                this_key(),
            )
            .sid("LogGroupsOfThisAccount")
            .to(Principal::Service(service.into()))
            .when(
                "ArnLike",
                "kms:EncryptionContext:aws:logs:arn",
                account.arn("logs", region.as_str(), "log-group:*"),
            ),
        );
    }
    Policy::new(statements)
}
