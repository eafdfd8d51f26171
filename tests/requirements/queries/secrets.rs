//! Secrets: encryption and rotation.

use paymig::aws;
use paymig::terraform::tree::View;

use crate::framework::case::{Amount, Case, Item, Known, Text, Verdict};

type Secret<'t> = Item<'t, aws::SecretsmanagerSecret>;

/// The longest lifetime of a password, in days (PCI DSS 8.3.9 allows 90).
const DAYS: i64 = 30;
const POSTGRESQL: i64 = 5432;

pub(crate) fn secrets_are_encrypted(case: Case<'_>) -> Verdict {
    case.every::<aws::SecretsmanagerSecret>()
        .must("be encrypted with a key of its own region", |secret| {
            secret.uses_own::<aws::KmsKey, _>(secret.kms_key_id())
        })
        .must("have an initial value", |secret| {
            versions(secret).len() == 1
        })
        .verdict()
}

/// Secrets that are not rotated, by path.
const NOT_ROTATED: &[&str] = &[
    // The old system logs in as the same user, by a password of its own configuration.
    "replication/payments/application/",
];

/// Secrets of a source without replication: before it they have no password, and after it the source may be gone.
const SOURCE_USER: &str = "/source-user/";

pub(crate) fn secrets_are_rotated(case: Case<'_>) -> Verdict {
    let replicates = !case.items::<aws::DmsReplicationTask>().is_empty();
    case.every::<aws::SecretsmanagerSecret>()
        .that("that is rotated", |secret| {
            let path = secret.path();
            (replicates || !path.contains(SOURCE_USER))
                && !NOT_ROTATED.iter().any(|place| path.contains(place))
        })
        .must("be rotated by a function within a month", |secret| {
            let rotations = rotations(secret);
            matches!(&rotations[..], [rotation] if is_monthly(rotation)
                && rotation.uses_own::<aws::LambdaFunction, _>(rotation.rotation_lambda_arn()))
        })
        .verdict()
}

/// The rotation of a source's user reaches the source.
pub(crate) fn rotations_reach_source_databases(case: Case<'_>) -> Verdict {
    type Out = aws::VpcSecurityGroupEgressRule;
    let vpcs = case.items::<aws::Vpc>();
    let own: Vec<_> = vpcs
        .iter()
        .filter_map(|vpc| vpc.cidr_block().text())
        .collect();
    case.every::<aws::SecretsmanagerSecret>()
        .that("of a source's user", |secret| {
            secret.path().contains(SOURCE_USER)
        })
        .must(
            "be rotated by a function that reaches the source",
            |secret| {
                let functions = rotations(secret).into_iter().flat_map(|rotation| {
                    rotation.to::<aws::LambdaFunction, _>(rotation.rotation_lambda_arn())
                });
                functions
                    .flat_map(|function| groups(&function))
                    .flat_map(|group| group.from::<Out, _>(View::<Out>::security_group_id))
                    .filter(|rule| rule.to_port().is(POSTGRESQL))
                    .filter_map(|rule| rule.cidr_ipv4().text())
                    .any(|range| !own.contains(&range))
            },
        )
        .verdict()
}

/// Secrets Manager may invoke each rotation function.
pub(crate) fn rotations_are_permitted(case: Case<'_>) -> Verdict {
    case.every::<aws::SecretsmanagerSecretRotation>()
        .must("be allowed to invoke its function", |rotation| {
            let functions = rotation.to::<aws::LambdaFunction, _>(rotation.rotation_lambda_arn());
            functions.iter().any(|function| {
                let permissions = function
                    .from::<aws::LambdaPermission, _>(View::<aws::LambdaPermission>::function_name);
                permissions.iter().any(|permission| {
                    permission.principal().is("secretsmanager.amazonaws.com")
                        && permission.source_account().is_some()
                })
            })
        })
        .verdict()
}

fn groups<'t>(function: &Item<'t, aws::LambdaFunction>) -> Vec<Item<'t, aws::SecurityGroup>> {
    let config = function.vpc_config();
    let groups =
        config.map(|config| function.to::<aws::SecurityGroup, _>(config.security_group_ids()));
    groups.unwrap_or_default()
}

fn rotations<'t>(secret: &Secret<'t>) -> Vec<Item<'t, aws::SecretsmanagerSecretRotation>> {
    let by_id = View::<aws::SecretsmanagerSecretRotation>::secret_id;
    let mut rotations = secret.from::<aws::SecretsmanagerSecretRotation, _>(by_id);
    for version in versions(secret) {
        rotations.extend(version.from::<aws::SecretsmanagerSecretRotation, _>(by_id));
    }
    rotations
}

fn is_monthly(rotation: &Item<'_, aws::SecretsmanagerSecretRotation>) -> bool {
    let rules = rotation.rotation_rules();
    let days = rules.and_then(|rules| rules.automatically_after_days().number());
    days.is_some_and(|days| (1..=DAYS).contains(&days))
}

fn versions<'t>(secret: &Secret<'t>) -> Vec<Item<'t, aws::SecretsmanagerSecretVersion>> {
    secret.from::<aws::SecretsmanagerSecretVersion, _>(
        View::<aws::SecretsmanagerSecretVersion>::secret_id,
    )
}
