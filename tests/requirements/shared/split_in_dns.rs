//! Shared evidence about traffic that DNS splits.

use paymig::aws::{CloudwatchMetricAlarm, Lb, Route53Record, data};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, replaced, replaced_in, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Query, query};
use crate::queries::{rollback_time, split_in_dns, stage_weights};

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

pub(crate) fn records_have_the_weights_of_the_stage() -> Query {
    query!(
        stage_weights::records_have_the_weights_of_the_stage,
        [
            // The sum stays 100.
            replaced_in(
                A::<Route53Record>::weighted_routing_policy(),
                "weight",
                "50"
            )
            .within("dns/payments/split")
            .at_once(),
            removed::<Route53Record>().within("dns/payments/split/new"),
            removed::<Route53Record>().within("dns/payments/split/old"),
        ]
    )
}

/// With a public load balancer and records with a TTL of their own.
pub(crate) fn rollback_takes_five_minutes_at_most() -> Query {
    query!(
        rollback_time::rollback_takes_five_minutes_at_most,
        MIGRATING,
        [
            dropped(A::<Route53Record>::ttl()).within("dns/payments/split/new"),
            dropped(A::<Route53Record>::ttl()).within("dns/payments/split/old"),
            replaced(A::<Route53Record>::ttl(), "60").within("dns/payments/split"),
            dropped(A::<Lb>::client_keep_alive()),
            replaced(A::<Lb>::client_keep_alive(), "300"),
            removed::<CloudwatchMetricAlarm>().within("alarms/balancer/main/main/outage"),
            replaced_in(A::<CloudwatchMetricAlarm>::metric_query(), "period", "300")
                .within("alarms/balancer/main/main/outage"),
        ]
    )
}
