//! VPC endpoints: requests to AWS services do not use the internet (PCI DSS 1.4).

use super::subnets::Subnet;
use crate::aws;
use crate::config::{Endpoint, Network as Config, Tier};
use crate::constructs::core::{Context, Policy, Principal, SectionRef, Statement};
use crate::constructs::network::security_group_rules::{HTTPS_PORT, ingress_rule};
use crate::newtypes::Region;
use crate::terraform::tree::{Handle, NodeId, Scope, Value};

/// Adds the endpoints that `config` lists, and returns them.
pub(super) fn add(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Config>,
    vpc: Handle<aws::Vpc>,
    subnets: &[Subnet],
) -> Vec<NodeId> {
    let (gateways, interfaces): (Vec<Endpoint>, Vec<Endpoint>) = config
        .endpoints
        .iter()
        .copied()
        .partition(|endpoint| endpoint.is_gateway());
    let mut scope = scope.child("endpoint");
    let declare = |endpoint: Endpoint, kind: &'static str| {
        let service = endpoint.service();
        aws::VpcEndpoint::new(vpc.id())
            .service_name(format!("com.amazonaws.{}.{service}", config.region))
            .vpc_endpoint_type(kind)
            .policy(policy(context, endpoint, config.region).to_json())
            .tags(context.name_tag("endpoint", [config.physical_name_key(), service]))
    };
    let tables: Vec<_> = users(subnets).map(|subnet| subnet.routes.id()).collect();
    let mut added = Vec::new();
    for endpoint in gateways {
        let gateway = declare(endpoint, "Gateway").route_table_ids(tables.clone());
        added.push(scope.add(endpoint.service(), gateway).into());
    }
    if interfaces.is_empty() {
        return added;
    }
    let group = security_group(&mut scope, context, config, vpc);
    let homes: Vec<_> = homes(subnets).map(|subnet| subnet.subnet.id()).collect();
    for endpoint in interfaces {
        let interface = declare(endpoint, "Interface")
            .private_dns_enabled(true)
            .security_group_ids([group.id()])
            .subnet_ids(homes.clone());
        added.push(scope.add(endpoint.service(), interface).into());
    }
    added
}

/// Endpoint policy: only principals of this account have access (PCI DSS 1.4). ECR stores layers in buckets of AWS, and
/// Amazon Linux its packages.
fn policy(context: &Context<'_>, endpoint: Endpoint, region: Region) -> Policy {
    let own = Statement::allow(["*"], ["*".into()])
        .sid("PrincipalsOfThisAccount")
        .principal(Principal::Anyone)
        .condition("StringEquals", "aws:PrincipalAccount", context.account.id());
    let of_aws = (endpoint == Endpoint::S3).then(|| {
        let buckets = [
            format!("arn:aws:s3:::prod-{region}-starport-layer-bucket/*"),
            format!("arn:aws:s3:::al2023-repos-{region}-de612dc2/*"),
        ];
        Statement::allow(["s3:GetObject"], buckets.map(Value::from))
            .sid("ImagesAndPackagesOfAws")
            .principal(Principal::Anyone)
    });
    Policy::new(std::iter::once(own).chain(of_aws))
}

/// The tiers with routes to the gateway endpoints of S3 and `DynamoDB`: those that run code.
fn users(subnets: &[Subnet]) -> impl Iterator<Item = &Subnet> {
    subnets
        .iter()
        .filter(|subnet| matches!(subnet.tier, Tier::Private | Tier::Replication))
}

/// One tier holds the interfaces: an endpoint takes one subnet a zone.
fn homes(subnets: &[Subnet]) -> impl Iterator<Item = &Subnet> {
    let tiers = [Tier::Private, Tier::Replication, Tier::Database];
    let tier = tiers
        .into_iter()
        .find(|tier| subnets.iter().any(|subnet| subnet.tier == *tier));
    subnets
        .iter()
        .filter(move |subnet| Some(subnet.tier) == tier)
}

fn security_group(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Config>,
    vpc: Handle<aws::Vpc>,
) -> Handle<aws::SecurityGroup> {
    let key = config.physical_name_key();
    let group = scope.add(
        "security-group",
        aws::SecurityGroup::new()
            .name(context.names.keyed("endpoints", [key]))
            .description(format!(
                "Security group of the interface endpoints of network {key}"
            ))
            .vpc_id(vpc.id())
            .tags(context.name_tag("endpoints", [key])),
    );
    scope.add(
        "https-from-network",
        ingress_rule(group.id(), HTTPS_PORT)
            .cidr_ipv4(config.cidr.to_string())
            .description("HTTPS from the VPC"),
    );
    group
}
