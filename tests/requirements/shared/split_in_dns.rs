//! Shared evidence about traffic that DNS splits.

use paymig::aws::{Route53Record, data};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Query, query};
use crate::queries::split_in_dns;

pub(crate) fn both_sides_have_weighted_records() -> Query {
    query!(
        split_in_dns::both_sides_have_weighted_records,
        MIGRATING,
        [
            removed::<Route53Record>().within("dns/payments/split/new"),
            removed::<Route53Record>().within("dns/payments/split/old"),
            weakened_in(A::<Route53Record>::weighted_routing_policy(), "weight")
                .within("dns/payments/split/new"),
            weakened(A::<Route53Record>::ttl()).within("dns/payments/split"),
            weakened(A::<Route53Record>::name()).within("dns/payments/split/old"),
            weakened(A::<Route53Record>::r#type()).within("dns/payments/split/old"),
            removed::<data::Route53Zone>(),
        ]
    )
}

pub(crate) fn new_side_record_points_to_the_load_balancer() -> Query {
    query!(
        split_in_dns::new_side_record_points_to_the_load_balancer,
        MIGRATING,
        [
            removed::<Route53Record>().within("dns/payments/split/network"),
            weakened(A::<Route53Record>::records()).within("dns/payments/split/new"),
            weakened(A::<Route53Record>::name()).within("dns/payments/split/network"),
        ]
    )
}
