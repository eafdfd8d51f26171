//! Shared evidence about a system of one network.

use paymig::aws::{NatGateway, Vpc};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{redirected, removed, weakened};
use crate::framework::requirement::{Query, query};
use crate::queries::single_network;

pub(crate) fn zones_have_a_nat_gateway_each() -> Query {
    query!(
        single_network::zones_have_a_nat_gateway_each,
        [
            removed::<NatGateway>(),
            redirected(A::<NatGateway>::subnet_id(), "network/main/subnet/public-b")
                .within("network/main/nat/a"),
        ]
    )
}

pub(crate) fn one_network_in_us_east_1() -> Query {
    query!(
        single_network::one_network_in_us_east_1,
        [
            removed::<Vpc>(),
            weakened(A::<Vpc>::enable_dns_support()),
            weakened(A::<Vpc>::enable_dns_hostnames()),
        ]
    )
}
