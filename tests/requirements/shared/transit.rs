//! Shared evidence about transit gateways.

use paymig::aws::{
    Ec2TransitGateway, Ec2TransitGatewayVpcAttachment, Route53ResolverEndpoint,
    Route53ResolverRule, Route53ResolverRuleAssociation, SecurityGroup, VpcSecurityGroupEgressRule,
    VpnConnection,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, weakened};
use crate::framework::requirement::{MIGRATING, Query, query};
use crate::queries::transit;

pub(crate) fn gateway_connects_the_networks_of_its_region() -> Query {
    query!(
        transit::gateway_connects_the_networks_of_its_region,
        [
            removed::<Ec2TransitGateway>(),
            removed::<Ec2TransitGatewayVpcAttachment>(),
            dropped(A::<Ec2TransitGatewayVpcAttachment>::transit_gateway_id()),
            weakened(A::<Ec2TransitGatewayVpcAttachment>::subnet_ids()),
        ]
    )
}

pub(crate) fn on_premises_names_are_resolved() -> Query {
    query!(
        transit::on_premises_names_are_resolved,
        MIGRATING,
        [
            removed::<Route53ResolverRule>(),
            removed::<Route53ResolverRuleAssociation>(),
            removed::<Route53ResolverEndpoint>(),
            removed::<SecurityGroup>().within("transit/datacenter/resolver"),
            removed::<VpcSecurityGroupEgressRule>().within("transit/datacenter/resolver"),
            weakened(A::<Route53ResolverEndpoint>::ip_address()),
        ]
    )
}

pub(crate) fn nothing_is_routed_by_default() -> Query {
    query!(
        transit::nothing_is_routed_by_default,
        [
            weakened(A::<Ec2TransitGateway>::default_route_table_association()),
            weakened(A::<Ec2TransitGateway>::default_route_table_propagation()),
            weakened(A::<Ec2TransitGateway>::auto_accept_shared_attachments()),
        ]
    )
}

pub(crate) fn tunnels_use_strong_ciphers() -> Query {
    query!(
        transit::tunnels_use_strong_ciphers,
        [
            dropped(A::<VpnConnection>::tunnel1_ike_versions()),
            dropped(A::<VpnConnection>::tunnel2_ike_versions()),
            weakened(A::<VpnConnection>::tunnel1_phase1_encryption_algorithms()),
            weakened(A::<VpnConnection>::tunnel1_phase2_encryption_algorithms()),
            weakened(A::<VpnConnection>::tunnel2_phase1_encryption_algorithms()),
            weakened(A::<VpnConnection>::tunnel2_phase2_encryption_algorithms()),
        ]
    )
}
