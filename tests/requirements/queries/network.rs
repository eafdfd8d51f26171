//! Networks: addresses, subnets, routes, security groups and endpoints.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::Ipv4Net;
use paymig::aws;
use paymig::terraform::tree::{Argument, Kind, Node, Read, View};

use crate::framework::case::{Amount, Case, Item, Known, Text, Verdict};
use crate::framework::policy::statements;

/// The Availability Zones that a tier of subnets spans.
const ZONES: usize = 3;

/// Two networks in the primary region: the system's and its migration's.
pub(crate) fn primary_region_has_two_networks(case: Case<'_>) -> Verdict {
    let first = case.tree.providers()[0].region();
    case.every::<aws::Vpc>()
        .that("in the primary region", |vpc| vpc.region() == first)
        .exactly(2)
        .must("resolve the names of its endpoints", |vpc| {
            vpc.enable_dns_support().is(true) && vpc.enable_dns_hostnames().is(true)
        })
        .verdict()
}

pub(crate) fn networks_do_not_overlap(case: Case<'_>) -> Verdict {
    let ranges: Vec<_> = case.items::<aws::Vpc>().iter().map(range).collect();
    let apart = |range: &Ipv4Net| overlapping(*range, &ranges) == 1;
    case.every::<aws::Vpc>()
        .must("overlap with no other network", |vpc| {
            range(vpc).is_some_and(|range| apart(&range))
        })
        .verdict()
}

pub(crate) fn subnets_divide_their_network(case: Case<'_>) -> Verdict {
    case.every::<aws::Subnet>()
        .must(
            "be inside its network, and overlap with no other subnet",
            |subnet| {
                let networks = subnet.to::<aws::Vpc, _>(subnet.vpc_id());
                let [network] = &networks[..] else {
                    return false;
                };
                let siblings = network.from::<aws::Subnet, _>(View::<aws::Subnet>::vpc_id);
                let siblings: Vec<_> = siblings.iter().map(subnet_range).collect();
                let (Some(outer), Some(inner)) = (range(network), subnet_range(subnet)) else {
                    return false;
                };
                outer.contains(&inner) && overlapping(inner, &siblings) == 1
            },
        )
        .must("assign no public addresses", |subnet| {
            subnet.map_public_ip_on_launch().is(false)
        })
        .verdict()
}

pub(crate) fn every_tier_spans_three_zones(case: Case<'_>) -> Verdict {
    let mut tiers: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for subnet in case.items::<aws::Subnet>() {
        let path = subnet.path();
        let tier = path.rsplit_once('-').map_or("", |(tier, _zone)| tier);
        let zones = tiers.entry(tier.to_owned()).or_default();
        zones.extend(subnet.availability_zone().text().filter(|zone| {
            let letter = zone.strip_prefix(subnet.region());
            letter.is_some_and(|letter| letter.len() == 1)
        }));
    }
    let narrow = tiers.iter().find(|(_, zones)| zones.len() != ZONES);
    Verdict::of(
        !tiers.is_empty() && narrow.is_none(),
        format!("in fewer than {ZONES} zones: {narrow:?}"),
    )
}

/// Database subnets have no route to an internet or NAT gateway.
pub(crate) fn databases_have_no_route_to_the_internet(case: Case<'_>) -> Verdict {
    case.every::<aws::DbSubnetGroup>()
        .must("span three Availability Zones", |group| {
            group.to::<aws::Subnet, _>(group.subnet_ids()).len() == ZONES
        })
        .must("have no route to the internet", |group| {
            let subnets = group.to::<aws::Subnet, _>(group.subnet_ids());
            subnets
                .iter()
                .all(|subnet| ways(subnet) == Some(Ways::NONE))
        })
        .verdict()
}

/// Programs that reach no database, and no address in a network.
const OUTSIDE_NETWORKS: &[&str] = &[
    "approval.",
    "authorizer.",
    "custom_resource.",
    "dns_failback.",
];

/// Whether a function needs a network. Keys that sign tokens are in no database, so neither is their rotation.
fn needs_network(function: &Item<'_, aws::LambdaFunction>) -> bool {
    let handler = function.handler().text().unwrap_or_default();
    let is_outside = OUTSIDE_NETWORKS.iter().any(|it| handler.starts_with(it));
    !is_outside && !function.path().starts_with("api/")
}

/// Functions reach the internet through NAT gateways, and cannot be reached from it.
pub(crate) fn functions_run_in_private_subnets(case: Case<'_>) -> Verdict {
    case.every::<aws::LambdaFunction>()
        .that("that needs a network", needs_network)
        .must(
            "run in private subnets of three Availability Zones",
            |function| {
                let Some(config) = function.vpc_config() else {
                    return false;
                };
                let subnets = function.to::<aws::Subnet, _>(config.subnet_ids());
                subnets.len() == ZONES && subnets.iter().all(|s| ways(s) == Some(Ways::OUT))
            },
        )
        .verdict()
}

/// Private subnets have a route to a NAT gateway; subnets of the transit gateway have none to the internet.
pub(crate) fn tiers_have_the_routes_that_they_need(case: Case<'_>) -> Verdict {
    case.every::<aws::Subnet>()
        .must("have the routes of its tier", |subnet| {
            let path = subnet.path();
            let tier = path.rsplit_once('/').map_or("", |(_, name)| name);
            let needed = match tier.rsplit_once('-').map_or("", |(tier, _zone)| tier) {
                "public" => Ways::BOTH,
                "private" | "replication" => Ways::OUT,
                _ => Ways::NONE,
            };
            ways(subnet) == Some(needed)
        })
        .verdict()
}

/// NAT gateways need public subnets.
pub(crate) fn nat_gateways_are_in_public_subnets(case: Case<'_>) -> Verdict {
    case.every::<aws::NatGateway>()
        .must("be in a public subnet", |gateway| {
            let subnets = gateway.to::<aws::Subnet, _>(gateway.subnet_id());
            matches!(&subnets[..], [subnet] if ways(subnet) == Some(Ways::BOTH))
        })
        .must("have an Elastic IP address", |gateway| {
            !gateway
                .to::<aws::Eip, _>(gateway.allocation_id())
                .is_empty()
        })
        .verdict()
}

/// A default group without rules, which is the only one that the bindings can declare.
pub(crate) fn default_security_groups_have_no_rules(case: Case<'_>) -> Verdict {
    case.every::<aws::Vpc>()
        .must("have a default security group without rules", |vpc| {
            let groups =
                vpc.from::<aws::DefaultSecurityGroup, _>(View::<aws::DefaultSecurityGroup>::vpc_id);
            groups.len() == 1
        })
        .verdict()
}

/// Ingress rules name a security group or a private range, never all addresses.
pub(crate) fn no_rule_allows_all_addresses(case: Case<'_>) -> Verdict {
    case.every::<aws::VpcSecurityGroupIngressRule>()
        .must("name a security group or a private range", |rule| {
            let group = rule.referenced_security_group_id();
            let private = rule.cidr_ipv4().text().and_then(|range| range.parse().ok());
            let private = private.is_some_and(|range: Ipv4Net| range.addr().is_private());
            private || !rule.to::<aws::SecurityGroup, _>(group).is_empty()
        })
        .must("belong to a security group", |rule| {
            let group = rule.security_group_id();
            !rule.to::<aws::SecurityGroup, _>(group).is_empty()
        })
        .verdict()
}

/// A rule that names a security group has a counterpart in that group.
pub(crate) fn rules_exist_on_both_sides(case: Case<'_>) -> Verdict {
    type In = aws::VpcSecurityGroupIngressRule;
    type Out = aws::VpcSecurityGroupEgressRule;
    let group = |ids: Vec<Item<'_, aws::SecurityGroup>>| ids.first().map(|it| it.node.node_id());
    let halves_in: Vec<_> = case
        .items::<In>()
        .iter()
        .map(|rule| {
            let from = group(rule.to(rule.referenced_security_group_id()));
            let to = group(rule.to(rule.security_group_id()));
            (from, to, rule.from_port().number(), rule.to_port().number())
        })
        .filter(|half| half.0.is_some())
        .collect();
    let halves_out: Vec<_> = case
        .items::<Out>()
        .iter()
        .map(|rule| {
            let from = group(rule.to(rule.security_group_id()));
            let to = group(rule.to(rule.referenced_security_group_id()));
            (from, to, rule.from_port().number(), rule.to_port().number())
        })
        .filter(|half| half.1.is_some())
        .collect();
    let whole = |one: &[_], other: &[_]| one.iter().all(|half| other.contains(half));
    Verdict::of(
        !halves_in.is_empty() && whole(&halves_in, &halves_out) && whole(&halves_out, &halves_in),
        "a rule between two groups lacks its other half",
    )
}

/// AWS rejects a duplicate rule of a security group, even with another description.
pub(crate) fn rules_are_unique(case: Case<'_>) -> Verdict {
    type In = aws::VpcSecurityGroupIngressRule;
    type Out = aws::VpcSecurityGroupEgressRule;
    let said = |rule: &Node| {
        let mut said = rule.arguments().clone();
        said.remove(Argument::<In>::description().terraform_name());
        said.remove(Argument::<In>::tags().terraform_name());
        (rule.type_name(), said)
    };
    let nodes = case.tree.nodes().iter();
    let rules: Vec<_> = nodes
        .filter(|node| View::<In>::of(node).is_some() || View::<Out>::of(node).is_some())
        .map(|node| (node, said(node)))
        .collect();
    let again: Vec<String> = rules
        .iter()
        .filter(|(_, said)| rules.iter().filter(|(_, other)| other == said).count() > 1)
        .map(|(node, _)| case.tree.path(node))
        .collect();
    Verdict::of(
        !rules.is_empty() && again.is_empty(),
        format!("said again: {again:?}"),
    )
}

/// The APIs of AWS, which all functions in networks call.
pub(crate) fn functions_may_call_aws_apis(case: Case<'_>) -> Verdict {
    case.every::<aws::LambdaFunction>()
        .that("in a network", |function| function.vpc_config().is_some())
        .must("have an egress rule for HTTPS", |function| {
            let config = function.vpc_config();
            let groups = config
                .map(|config| function.to::<aws::SecurityGroup, _>(config.security_group_ids()));
            groups.unwrap_or_default().iter().any(|group| {
                type Out = aws::VpcSecurityGroupEgressRule;
                let rules = group.from::<Out, _>(View::<Out>::security_group_id);
                rules.iter().any(|rule| {
                    rule.cidr_ipv4().is("0.0.0.0/0")
                        && rule.from_port().is(443)
                        && rule.to_port().is(443)
                })
            })
        })
        .verdict()
}

/// Services that every program calls.
const CALLED: &[&str] = &["kms", "logs", "s3", "secretsmanager"];
/// Services that programs in the region of the database call in addition.
const CALLED_BESIDE_DATABASES: &[&str] = &["monitoring", "rds", "ssm", "states"];

/// Calls of AWS APIs stay in the network: an endpoint for each service, with private DNS, for principals of
/// this account.
pub(crate) fn calls_of_aws_apis_use_vpc_endpoints(case: Case<'_>) -> Verdict {
    case.every::<aws::Vpc>()
        .that("with subnets of compute", |vpc| {
            let subnets = vpc.from::<aws::Subnet, _>(View::<aws::Subnet>::vpc_id);
            subnets.iter().any(|subnet| ways(subnet) == Some(Ways::OUT))
        })
        .must("have VPC endpoints for the calls of programs", |vpc| {
            let endpoints = vpc.from::<aws::VpcEndpoint, _>(View::<aws::VpcEndpoint>::vpc_id);
            let subnets = vpc.from::<aws::Subnet, _>(View::<aws::Subnet>::vpc_id);
            let mut groups = subnets.iter().flat_map(|subnet| {
                subnet.from::<aws::DbSubnetGroup, _>(View::<aws::DbSubnetGroup>::subnet_ids)
            });
            let more = groups.next().map_or(&[][..], |_| CALLED_BESIDE_DATABASES);
            CALLED.iter().chain(more).all(|service| {
                let name = format!("com.amazonaws.{}.{service}", vpc.region());
                let mut endpoints = endpoints.iter();
                endpoints.any(|endpoint| endpoint.service_name().is(&name) && is_open(endpoint))
            })
        })
        .verdict()
}

/// Whether an endpoint is for principals of this account only, in every Availability Zone.
pub(crate) fn is_open(endpoint: &Item<'_, aws::VpcEndpoint>) -> bool {
    let statements = statements(endpoint.policy());
    let own = !statements.is_empty()
        && statements.iter().all(|statement| {
            let account = statement.condition("StringEquals", "aws:PrincipalAccount");
            // What AWS publishes for everybody: packages and the layers of images.
            account.is_some() || statement.actions() == ["s3:GetObject"]
        });
    if endpoint.vpc_endpoint_type().is("Gateway") {
        let tables = endpoint.to::<aws::RouteTable, _>(endpoint.route_table_ids());
        return own && tables.len() >= ZONES;
    }
    let groups = endpoint.to::<aws::SecurityGroup, _>(endpoint.security_group_ids());
    let mut rules = groups.iter().flat_map(|group| {
        type In = aws::VpcSecurityGroupIngressRule;
        group.from::<In, _>(View::<In>::security_group_id)
    });
    own && endpoint.private_dns_enabled().is(true)
        && endpoint.to::<aws::Subnet, _>(endpoint.subnet_ids()).len() == ZONES
        && rules.any(|rule| rule.from_port().is(443))
}

/// PCI DSS 10.2: flow logs record the traffic of a network.
pub(crate) fn networks_have_flow_logs(case: Case<'_>) -> Verdict {
    case.every::<aws::Vpc>()
        .must("have flow logs of all traffic", |vpc| {
            let logs = vpc.from::<aws::FlowLog, _>(View::<aws::FlowLog>::vpc_id);
            logs.iter().any(|log| {
                log.traffic_type().is("ALL")
                    && log.uses_own::<aws::CloudwatchLogGroup, _>(log.log_destination())
            })
        })
        .verdict()
}

/// The routes between a subnet and the internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ways {
    internet: bool,
    translated: bool,
}

impl Ways {
    pub(crate) const NONE: Self = Self {
        internet: false,
        translated: false,
    };
    pub(crate) const OUT: Self = Self {
        internet: false,
        translated: true,
    };
    pub(crate) const BOTH: Self = Self {
        internet: true,
        translated: false,
    };
}

/// The routes in the route table of a subnet; `None` without a table of its own, because it
/// then uses the network's main table.
pub(crate) fn ways(subnet: &Item<'_, aws::Subnet>) -> Option<Ways> {
    let table = route_table(subnet)?;
    let routes = table.from::<aws::Route, _>(View::<aws::Route>::route_table_id);
    Some(Ways {
        internet: routes
            .iter()
            .any(|route| leads_to::<aws::InternetGateway, _>(route, route.gateway_id())),
        translated: routes
            .iter()
            .any(|route| leads_to::<aws::NatGateway, _>(route, route.nat_gateway_id())),
    })
}

/// The route table of a subnet.
pub(crate) fn route_table<'t>(subnet: &Item<'t, aws::Subnet>) -> Option<Item<'t, aws::RouteTable>> {
    let associations =
        subnet.from::<aws::RouteTableAssociation, _>(View::<aws::RouteTableAssociation>::subnet_id);
    let [association] = &associations[..] else {
        return None;
    };
    association
        .to::<aws::RouteTable, _>(association.route_table_id())
        .pop()
}

fn leads_to<'t, G: Kind, V>(route: &Item<'t, aws::Route>, gateway: Option<Read<'t, V>>) -> bool {
    !route.to::<G, V>(gateway).is_empty()
}

/// The addresses of a network.
pub(crate) fn range(vpc: &Item<'_, aws::Vpc>) -> Option<Ipv4Net> {
    vpc.cidr_block().text()?.parse().ok()
}

fn subnet_range(subnet: &Item<'_, aws::Subnet>) -> Option<Ipv4Net> {
    subnet.cidr_block().text()?.parse().ok()
}

/// How many of `ranges` share an address with `range`.
fn overlapping(range: Ipv4Net, ranges: &[Option<Ipv4Net>]) -> usize {
    let ranges = ranges.iter().flatten();
    ranges
        .filter(|other| other.contains(&range) || range.contains(*other))
        .count()
}
