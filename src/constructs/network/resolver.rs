//! Route 53 Resolver: queries for names of the datacenter are forwarded to its name servers.
//!
//! TLS verification needs the host name of the certificate, so addresses are not enough.

use std::net::Ipv4Addr;

use crate::aws;
use crate::aws::route53_resolver_endpoint::{IpAddress, Route53ResolverEndpointArgs};
use crate::aws::route53_resolver_rule::{Route53ResolverRuleArgs, TargetIp};
use crate::aws::route53_resolver_rule_association::Route53ResolverRuleAssociationArgs;
use crate::aws::vpc_security_group_egress_rule::VpcSecurityGroupEgressRuleArgs;
use crate::config::{Network as NetworkConfig, OnPremises, Tier, Transit};
use crate::constructs::core::{Context, SectionRef};
use crate::constructs::network::vpc::Network;
use crate::terraform::tree::{Handle, Scope};

/// A network, and its section.
pub type ResolverNetwork<'a> = (SectionRef<'a, NetworkConfig>, &'a Network);

const DNS: u16 = 53;
/// AWS requires at least two addresses (Route 53 guide, "Values that you specify
/// when you create or edit outbound endpoints"); each costs by the hour.
const ADDRESSES: usize = 2;

/// Configuration of a resolver.
#[derive(Clone, Copy, Debug)]
pub struct ResolverProps<'a> {
    /// The section of the transit gateway.
    pub section: SectionRef<'a, Transit>,
    /// The datacenter in that section.
    pub on_premises: &'a OnPremises,
}

/// Adds rules that resolve the datacenter's domain in all of `networks`, and an endpoint in the first of them. The
/// networks are in the region of `scope`. Returns the association of each network.
pub fn add_resolver(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    props: ResolverProps<'_>,
    networks: &[ResolverNetwork<'_>],
) -> Vec<Handle<aws::Route53ResolverRuleAssociation>> {
    let ResolverProps {
        section,
        on_premises,
    } = props;
    let Some((_, home)) = networks.first() else {
        return Vec::new();
    };
    let mut scope = scope.child("resolver");
    let group = security_group(
        &mut scope,
        context,
        section,
        &on_premises.name_servers,
        home,
    );
    let subnets = home.subnet_ids([Tier::Private, Tier::Replication]);
    // In a network with one zone both are in its only subnet.
    let subnets = subnets.iter().cycle().take(ADDRESSES.max(1));
    let name = || {
        context
            .names
            .keyed("resolver", [section.physical_name_key()])
    };
    let endpoint = scope.add(
        "endpoint",
        aws::Route53ResolverEndpoint::new(Route53ResolverEndpointArgs {
            direction: "OUTBOUND".into(),
            security_group_ids: [group.id()].into(),
            ip_address: subnets.map(|id| IpAddress::new(id.clone())).collect(),
        })
        .name(name()),
    );
    let servers = on_premises.name_servers.iter();
    let rule = scope.add(
        "rule",
        aws::Route53ResolverRule::new(Route53ResolverRuleArgs {
            domain_name: on_premises.domain.as_str().to_owned().into(),
            rule_type: "FORWARD".into(),
        })
        .name(name())
        .resolver_endpoint_id(endpoint.id())
        .target_ip(servers.map(|address| TargetIp::new().ip(address.to_string()).port(DNS))),
    );
    let associations = networks.iter().map(|(member, network)| {
        let keys = [section.physical_name_key(), member.physical_name_key()];
        let association =
            aws::Route53ResolverRuleAssociation::new(Route53ResolverRuleAssociationArgs {
                resolver_rule_id: rule.id(),
                vpc_id: network.vpc.id(),
            })
            .name(context.names.keyed("resolver", keys));
        scope
            .child("association")
            .add(member.construct_id(), association)
    });
    associations.collect()
}

/// Adds a security group that allows only queries to the name servers.
fn security_group(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    section: SectionRef<'_, Transit>,
    name_servers: &[Ipv4Addr],
    home: &Network,
) -> Handle<aws::SecurityGroup> {
    let mut scope = scope.child("security-group");
    let group = scope.add(
        "group",
        aws::SecurityGroup::new()
            .name(
                context
                    .names
                    .keyed("resolver", [section.physical_name_key()]),
            )
            .description(format!(
                "Security group of resolver endpoint {}",
                section.physical_name_key()
            ))
            .vpc_id(home.vpc.id())
            .tags(context.name_tag("resolver", [section.physical_name_key()])),
    );
    for protocol in ["tcp", "udp"] {
        for address in name_servers {
            let rule = aws::VpcSecurityGroupEgressRule::new(VpcSecurityGroupEgressRuleArgs {
                ip_protocol: protocol.into(),
                security_group_id: group.id(),
            })
            .cidr_ipv4(format!("{address}/32"))
            .from_port(DNS)
            .to_port(DNS)
            .description("DNS to on-premises name servers");
            let id = address.to_string().replace('.', "-");
            scope.child(protocol).add(id, rule);
        }
    }
    group
}
