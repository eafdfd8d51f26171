//! Calls of AWS APIs through VPC endpoints.

use std::collections::BTreeSet;

use paymig::aws;
use paymig::terraform::tree::View;

use super::network::is_open;
use super::pipeline::statements_of;
use crate::framework::case::{Case, Item, Known, Verdict};

/// Services that functions call through VPC endpoints.
const WITH_ENDPOINTS: &[&str] = &[
    "dynamodb",
    "kms",
    "lambda",
    "logs",
    "s3",
    "secretsmanager",
    "ssm",
];

/// Services that every program calls, with card data or passwords.
const OF_SECRETS: &[&str] = &["logs", "s3", "secretsmanager"];

/// Services that a role allows have VPC endpoints: no payment, password or log passes a gateway
/// to the internet.
pub(crate) fn calls_of_functions_use_vpc_endpoints(case: Case<'_>) -> Verdict {
    case.every::<aws::LambdaFunction>()
        .that("in a network", |function| function.vpc_config().is_some())
        .must("call AWS through VPC endpoints", |function| {
            let statements = statements_of(function);
            let called: BTreeSet<&str> = statements
                .iter()
                .flat_map(|statement| statement.actions())
                .filter_map(|action| Some(action.split_once(':')?.0))
                .filter(|service| WITH_ENDPOINTS.contains(service))
                .collect();
            let networks = networks(function);
            !called.is_empty()
                && networks
                    .iter()
                    .all(|vpc| called.iter().all(|service| reaches(vpc, service)))
        })
        .verdict()
}

/// Endpoints of the services whose calls must not depend on the zone of a single NAT gateway, by prefix of their actions.
const BY_ACTION: &[(&str, &str)] = &[
    ("cloudwatch", "monitoring"),
    ("dms", "dms"),
    ("elasticloadbalancing", "elasticloadbalancing"),
    ("kms", "kms"),
    ("logs", "logs"),
    ("s3", "s3"),
    ("secretsmanager", "secretsmanager"),
    ("sns", "sns"),
    ("ssm", "ssm"),
];

/// A function behind a single NAT gateway calls AWS through endpoints: between fence and promotion, the loss of one zone must not
/// stop it.
pub(crate) fn functions_behind_one_nat_gateway_use_vpc_endpoints(case: Case<'_>) -> Verdict {
    case.every::<aws::LambdaFunction>()
        .that("behind a single NAT gateway", |function| {
            let networks = networks(function);
            networks.iter().any(|vpc| nat_gateways(vpc) == 1)
        })
        .must("call AWS through VPC endpoints", |function| {
            let statements = statements_of(function);
            let called: BTreeSet<&str> = statements
                .iter()
                .flat_map(|statement| statement.actions())
                .filter_map(|action| Some(action.split_once(':')?.0))
                .collect();
            let networks = networks(function);
            let used = BY_ACTION
                .iter()
                .filter(|(prefix, _)| called.contains(prefix));
            let mut services = used.map(|(_, service)| service);
            services.all(|service| networks.iter().all(|vpc| reaches(vpc, service)))
        })
        .verdict()
}

fn nat_gateways(vpc: &Item<'_, aws::Vpc>) -> usize {
    let subnets = vpc.from::<aws::Subnet, _>(View::<aws::Subnet>::vpc_id);
    let by_subnet = View::<aws::NatGateway>::subnet_id;
    subnets
        .iter()
        .map(|subnet| subnet.from::<aws::NatGateway, _>(by_subnet).len())
        .sum()
}

/// Secrets, objects and logs are read and written through endpoints.
pub(crate) fn calls_for_secrets_objects_and_logs_use_vpc_endpoints(case: Case<'_>) -> Verdict {
    case.every::<aws::Vpc>()
        .must("have VPC endpoints for secrets, objects and logs", |vpc| {
            OF_SECRETS.iter().all(|service| reaches(vpc, service))
        })
        .verdict()
}

/// The networks of a function.
fn networks<'t>(function: &Item<'t, aws::LambdaFunction>) -> Vec<Item<'t, aws::Vpc>> {
    let subnets = function
        .vpc_config()
        .map(|config| function.to::<aws::Subnet, _>(config.subnet_ids()));
    let subnets = subnets.unwrap_or_default();
    let networks = subnets
        .iter()
        .flat_map(|subnet| subnet.to::<aws::Vpc, _>(subnet.vpc_id()));
    networks.collect()
}

fn reaches(vpc: &Item<'_, aws::Vpc>, service: &str) -> bool {
    let name = format!("com.amazonaws.{}.{service}", vpc.region());
    let endpoints = vpc.from::<aws::VpcEndpoint, _>(View::<aws::VpcEndpoint>::vpc_id);
    endpoints
        .iter()
        .any(|endpoint| endpoint.service_name().is(&name) && is_open(endpoint))
}
