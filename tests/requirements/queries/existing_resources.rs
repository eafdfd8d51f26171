//! Existing resources: looked up at plan by name, and never created.

use ipnet::Ipv4Net;
use paymig::aws;
use paymig::terraform::tree::{Kind, View};

use super::network::{Ways, range, route_table, ways};
use crate::framework::case::{Amount, Case, Item, Known, Text, Verdict};

/// The port of MySQL.
const MYSQL: i64 = 3306;
const HTTPS: i64 = 443;

/// The VPN and its transit gateway are looked up by name; neither is
/// created.
pub(crate) fn existing_vpn_is_looked_up(case: Case<'_>) -> Verdict {
    let made = none_of::<aws::VpnConnection>(case)
        && none_of::<aws::CustomerGateway>(case)
        && none_of::<aws::Ec2TransitGateway>(case);
    let gateways = case
        .every::<aws::data::Ec2TransitGateway>()
        .must("be found by its name", |gateway| {
            let filters = gateway.filter();
            filters
                .iter()
                .any(|filter| filter.name().is("tag:Name") && filter.values().is_some())
        })
        .verdict();
    let attachments = case
        .every::<aws::data::Ec2TransitGatewayVpnAttachment>()
        .must("be found at the gateway, by its name", |vpn| {
            let gateway = vpn.transit_gateway_id();
            let found = vpn.to::<aws::data::Ec2TransitGateway, _>(gateway);
            found.len() == 1 && (vpn.tags().is_some() || !vpn.filter().is_empty())
        })
        .must("propagate its routes to the networks", |vpn| {
            type Propagation = aws::Ec2TransitGatewayRouteTablePropagation;
            let by_attachment = View::<Propagation>::transit_gateway_attachment_id;
            let propagations = vpn.from::<Propagation, _>(by_attachment);
            propagations.iter().any(|propagation| {
                let table = propagation.transit_gateway_route_table_id();
                propagation
                    .to::<aws::Ec2TransitGatewayRouteTable, _>(table)
                    .len()
                    == 1
            })
        })
        .verdict();
    Verdict::of(made, "what should be looked up is made")
        .and(gateways)
        .and(attachments)
}

/// The network is attached to the gateway, and its routes are propagated to the datacenter.
pub(crate) fn network_is_attached_to_the_existing_gateway(case: Case<'_>) -> Verdict {
    type Association = aws::Ec2TransitGatewayRouteTableAssociation;
    type Propagation = aws::Ec2TransitGatewayRouteTablePropagation;
    case.every::<aws::Ec2TransitGatewayVpcAttachment>()
        .exactly(case.items::<aws::Vpc>().len())
        .must(
            "attach three Availability Zones to the existing gateway",
            |it| {
                let gateway = it.transit_gateway_id();
                let subnets = it.to::<aws::Subnet, _>(it.subnet_ids());
                it.to::<aws::data::Ec2TransitGateway, _>(gateway).len() == 1 && subnets.len() == 3
            },
        )
        .must("be routed by a table of its own", |it| {
            let by_attachment = View::<Association>::transit_gateway_attachment_id;
            let tables = it.from::<Association, _>(by_attachment);
            matches!(&tables[..], [one] if one
                .to::<aws::Ec2TransitGatewayRouteTable, _>(one.transit_gateway_route_table_id())
                .len() == 1)
        })
        .must(
            "be propagated to its own route table and to the VPN's",
            |it| {
                let by_attachment = View::<Propagation>::transit_gateway_attachment_id;
                let propagations = it.from::<Propagation, _>(by_attachment);
                let table = |it: &Item<'_, Propagation>| {
                    let own = it.transit_gateway_route_table_id();
                    it.to::<aws::Ec2TransitGatewayRouteTable, _>(own).len()
                };
                let of_vpn = |it: &Item<'_, Propagation>| {
                    let theirs = it.transit_gateway_route_table_id();
                    let found = it.to::<aws::data::Ec2TransitGatewayAttachment, _>(theirs);
                    found.iter().filter(|it| is_vpn(it)).count()
                };
                propagations.iter().map(table).sum::<usize>() == 1
                    && propagations.iter().map(of_vpn).sum::<usize>() == 1
            },
        )
        .verdict()
}

/// Whether it is the attachment of the VPN, and fails a plan without a route table.
fn is_vpn(attachment: &Item<'_, aws::data::Ec2TransitGatewayAttachment>) -> bool {
    let id = attachment.transit_gateway_attachment_id();
    let vpn = attachment.to::<aws::data::Ec2TransitGatewayVpnAttachment, _>(id);
    vpn.len() == 1
        && !attachment
            .node
            .meta()
            .lifecycle()
            .postconditions()
            .is_empty()
}

/// Every private subnet has a route to the datacenter, and no public one has.
pub(crate) fn private_subnets_have_routes_to_the_datacenter(case: Case<'_>) -> Verdict {
    case.every::<aws::Subnet>()
        .must(
            "have a route to the datacenter only if it is private",
            |subnet| {
                let routes = route_table(subnet)
                    .map(|table| table.from::<aws::Route, _>(View::<aws::Route>::route_table_id));
                let mut routes = routes.into_iter().flatten();
                let reaches = routes.any(|route| {
                    let gateway = route.transit_gateway_id();
                    let to = route.destination_cidr_block().text();
                    !route
                        .to::<aws::data::Ec2TransitGateway, _>(gateway)
                        .is_empty()
                        && to.is_some_and(|to| lies_outside(case, to))
                });
                reaches == (ways(subnet) == Some(Ways::OUT))
            },
        )
        .verdict()
}

/// The master password comes from an existing secret, and is not in the state.
pub(crate) fn passwords_come_from_existing_secrets(case: Case<'_>) -> Verdict {
    case.every::<aws::RdsCluster>()
        .must("take its password from an existing secret", |cluster| {
            let read = cluster
                .to::<aws::ephemeral::SecretsmanagerSecretVersion, _>(cluster.master_password_wo());
            let secrets = read
                .iter()
                .flat_map(|read| read.to::<aws::data::SecretsmanagerSecret, _>(read.secret_id()));
            secrets.count() == 1
        })
        .verdict()
}

/// Every secret is looked up by its name.
pub(crate) fn no_secret_is_created(case: Case<'_>) -> Verdict {
    let created = case.items::<aws::SecretsmanagerSecret>();
    let paths: Vec<_> = created.iter().map(Item::path).collect();
    case.every::<aws::data::SecretsmanagerSecret>()
        .must("be found by its name", |secret| {
            secret.name().text().is_some()
        })
        .verdict()
        .and(Verdict::of(
            paths.is_empty(),
            format!("secrets are created: {}", paths.join(", ")),
        ))
}

/// PCI DSS 4.2.1 and 8.6.2: TLS, verified by name on both sides; credentials from existing secrets.
pub(crate) fn endpoints_use_tls_and_existing_secrets(case: Case<'_>) -> Verdict {
    case.every::<aws::DmsEndpoint>()
        .must("verify the certificate of the database", |endpoint| {
            let certificates = endpoint.to::<aws::DmsCertificate, _>(endpoint.certificate_arn());
            endpoint.ssl_mode().is("verify-full") && certificates.len() == 1
        })
        .must("log in with a secret, and a role", |endpoint| {
            let secret = endpoint.secrets_manager_arn();
            let role = endpoint.secrets_manager_access_role_arn();
            endpoint
                .to::<aws::data::SecretsmanagerSecret, _>(secret)
                .len()
                == 1
                && endpoint.to::<aws::IamRole, _>(role).len() == 1
        })
        .must("encrypt its storage with a key of its own region", |it| {
            it.uses_own::<aws::KmsKey, _>(it.kms_key_arn())
        })
        .verdict()
}

/// The instance has egress rules to both databases and AWS, and ingress to the target.
pub(crate) fn replication_reaches_both_databases(case: Case<'_>) -> Verdict {
    case.every::<aws::DmsReplicationInstance>()
        .must(
            "be in private subnets of three Availability Zones",
            |instance| {
                let groups = instance.to::<aws::DmsReplicationSubnetGroup, _>(
                    instance.replication_subnet_group_id(),
                );
                let subnets: Vec<_> = groups
                    .iter()
                    .flat_map(|group| group.to::<aws::Subnet, _>(group.subnet_ids()))
                    .collect();
                subnets.len() == 3 && subnets.iter().all(|it| ways(it) == Some(Ways::OUT))
            },
        )
        .must("reach both databases and AWS", |instance| {
            let groups = instance.to::<aws::SecurityGroup, _>(instance.vpc_security_group_ids());
            let [group] = &groups[..] else { return false };
            reaches_both(case, group) && is_let_out(group, HTTPS)
        })
        .verdict()
}

/// Whether a security group reaches the target, which allows it, and the database in the datacenter.
pub(crate) fn reaches_both(case: Case<'_>, group: &Item<'_, aws::SecurityGroup>) -> bool {
    type In = aws::VpcSecurityGroupIngressRule;
    let there = out(group).into_iter().any(|rule| {
        let to = rule.cidr_ipv4().text();
        rule.to_port().is(MYSQL) && to.is_some_and(|to| lies_outside(case, to))
    });
    let here = out(group).into_iter().any(|rule| {
        let databases = rule.to::<aws::SecurityGroup, _>(rule.referenced_security_group_id());
        rule.to_port().is(MYSQL)
            && databases.iter().any(|database| {
                let by_group = View::<aws::RdsCluster>::vpc_security_group_ids;
                !database.from::<aws::RdsCluster, _>(by_group).is_empty()
            })
    });
    let let_in = group.from::<In, _>(View::<In>::referenced_security_group_id);
    here && there && let_in.iter().any(|rule| rule.to_port().is(MYSQL))
}

/// Whether a security group has an egress rule to a port, for any range.
pub(crate) fn is_let_out(group: &Item<'_, aws::SecurityGroup>, port: i64) -> bool {
    out(group)
        .iter()
        .any(|rule| rule.cidr_ipv4().text().is_some() && rule.to_port().number() == Some(port))
}

fn out<'t>(group: &Item<'t, aws::SecurityGroup>) -> Vec<Item<'t, aws::VpcSecurityGroupEgressRule>> {
    type Out = aws::VpcSecurityGroupEgressRule;
    group.from::<Out, _>(View::<Out>::security_group_id)
}

fn none_of<K: Kind>(case: Case<'_>) -> bool {
    case.items::<K>().is_empty()
}

/// Whether a private range belongs to no network of this tree.
fn lies_outside(case: Case<'_>, to: &str) -> bool {
    let to: Option<Ipv4Net> = to.parse().ok();
    to.is_some_and(|to| {
        let networks = case.items::<aws::Vpc>();
        let mut networks = networks.iter().filter_map(range);
        to.addr().is_private() && !networks.any(|network| network.contains(&to))
    })
}
