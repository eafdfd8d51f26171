//! The old system: looked up and connected, not created.

use paymig::aws;
use paymig::newtypes::Cidr;
use paymig::terraform::tree::View;

use crate::framework::case::{Amount, Case, Item, Known, Text, Verdict};

/// Its network, subnets, routes and security groups are looked up by name.
pub(crate) fn existing_system_is_looked_up(case: Case<'_>) -> Verdict {
    let vpcs = case
        .every::<aws::data::Vpc>()
        .must("be the network of the stack file", |vpc| {
            !vpc.node.meta().lifecycle().postconditions().is_empty()
        })
        .verdict();
    let subnets = case
        .every::<aws::data::Subnet>()
        .exactly(3)
        .must("be in the existing network", |subnet| {
            !subnet.to::<aws::data::Vpc, _>(subnet.vpc_id()).is_empty()
        })
        .must("have routes that are looked up", |subnet| {
            type Table = aws::data::RouteTable;
            !subnet.from::<Table, _>(View::<Table>::subnet_id).is_empty()
        })
        .verdict();
    let groups = case
        .every::<aws::data::SecurityGroup>()
        .exactly(2)
        .must("be in the existing network", |group| {
            !group.to::<aws::data::Vpc, _>(group.vpc_id()).is_empty()
        })
        .verdict();
    vpcs.and(subnets).and(groups)
}

/// It is attached to the gateway, and its subnets have routes to every network of the new system.
pub(crate) fn existing_network_is_attached(case: Case<'_>) -> Verdict {
    let networks = case.items::<aws::Vpc>();
    let attached = case
        .every::<aws::Ec2TransitGatewayVpcAttachment>()
        .some("attaches the existing network", |attachment| {
            !attachment
                .to::<aws::data::Vpc, _>(attachment.vpc_id())
                .is_empty()
                && attachment
                    .to::<aws::data::Subnet, _>(attachment.subnet_ids())
                    .len()
                    == 3
        })
        .verdict();
    let led = case
        .every::<aws::data::RouteTable>()
        .must("have a route to each new network", |table| {
            let routes = table.from::<aws::Route, _>(View::<aws::Route>::route_table_id);
            networks.iter().all(|network| {
                let range = network.cidr_block().text();
                routes.iter().any(|route| {
                    route.destination_cidr_block().text() == range
                        && !route
                            .to::<aws::Ec2TransitGateway, _>(route.transit_gateway_id())
                            .is_empty()
                })
            })
        })
        .verdict();
    attached.and(led)
}

/// Its database allows the migration, and its code may reach the new database.
pub(crate) fn existing_security_groups_get_rules(case: Case<'_>) -> Verdict {
    type In = aws::VpcSecurityGroupIngressRule;
    type Out = aws::VpcSecurityGroupEgressRule;
    let networks = case.items::<aws::Vpc>();
    case.every::<aws::data::SecurityGroup>()
        .some("allows every new network at the old database", |group| {
            let rules = group.from::<In, _>(View::<In>::security_group_id);
            networks.iter().all(|network| {
                let range = network.cidr_block().text();
                rules
                    .iter()
                    .any(|rule| rule.cidr_ipv4().text() == range && rule.to_port().is(5432))
            })
        })
        .some("allows the old code to reach the new database", |group| {
            let rules = group.from::<Out, _>(View::<Out>::security_group_id);
            rules
                .iter()
                .any(|rule| rule.to_port().number() == Some(5432))
        })
        .verdict()
}

/// The database allows the network of the old code, and that of the other region.
pub(crate) fn target_database_allows_other_networks(case: Case<'_>) -> Verdict {
    type In = aws::VpcSecurityGroupIngressRule;
    let ours: Vec<_> = case.items::<aws::Vpc>();
    case.every::<aws::RdsCluster>()
        .that("that takes writes", |cluster| {
            cluster.master_username().is_some()
        })
        .must("allow the other region and the old network", |cluster| {
            let groups = cluster.to::<aws::SecurityGroup, _>(cluster.vpc_security_group_ids());
            let ranges: Vec<_> = groups
                .iter()
                .flat_map(|group| group.from::<In, _>(View::<In>::security_group_id))
                .filter_map(|rule| rule.cidr_ipv4().text())
                .collect();
            let other = ours.iter().filter(|vpc| vpc.region() != cluster.region());
            let mut other = other.filter_map(|vpc| vpc.cidr_block().text());
            let own: Vec<Cidr> = ours.iter().filter_map(block_of).collect();
            let is_foreign = |range: &&str| {
                let range = range.parse::<Cidr>();
                range.is_ok_and(|range| !own.iter().any(|own| own.contains(range)))
            };
            other.all(|range| ranges.contains(&range)) && ranges.iter().any(is_foreign)
        })
        .verdict()
}

fn block_of(vpc: &Item<'_, aws::Vpc>) -> Option<Cidr> {
    vpc.cidr_block().text()?.parse().ok()
}

/// The instance has egress rules to both databases and AWS, and ingress to the target.
pub(crate) fn replication_instance_reaches_both_databases(case: Case<'_>) -> Verdict {
    type In = aws::VpcSecurityGroupIngressRule;
    type Out = aws::VpcSecurityGroupEgressRule;
    case.every::<aws::DmsReplicationInstance>()
        .must(
            "have egress rules to both databases and AWS, and ingress to the target",
            |instance| {
                let groups =
                    instance.to::<aws::SecurityGroup, _>(instance.vpc_security_group_ids());
                let out: Vec<_> = groups
                    .iter()
                    .flat_map(|group| group.from::<Out, _>(View::<Out>::security_group_id))
                    .collect();
                let far = |port| {
                    let mut out = out.iter();
                    out.any(|rule| rule.to_port().is(port) && rule.cidr_ipv4().text().is_some())
                };
                let let_in = groups
                    .iter()
                    .flat_map(|group| group.from::<In, _>(View::<In>::referenced_security_group_id))
                    .flat_map(|rule| rule.to::<aws::SecurityGroup, _>(rule.security_group_id()))
                    .any(|group| {
                        let by_group = View::<aws::RdsCluster>::vpc_security_group_ids;
                        !group.from::<aws::RdsCluster, _>(by_group).is_empty()
                    });
                let let_out = out.iter().any(|rule| {
                    let to = rule.referenced_security_group_id();
                    rule.to_port().is(5432) && !rule.to::<aws::SecurityGroup, _>(to).is_empty()
                });
                far(5432) && far(443) && let_out && let_in
            },
        )
        .verdict()
}
