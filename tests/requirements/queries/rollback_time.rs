//! Time of a rollback of the traffic in DNS.

use paymig::aws;
use paymig::config::{RollbackPath, RollbackTime};
use paymig::retention;
use paymig::terraform::tree::View;

use crate::framework::case::{Case, Known, Verdict};

/// Five minutes from the outage to the last request of the new side: detection by the alarms of the tree, fence, drain,
/// change and propagation of the weights, the TTL of the records and the longest connection of clients. The failback by an
/// alarm is part of it, and faster.
pub(crate) fn rollback_takes_five_minutes_at_most(case: Case<'_>) -> Verdict {
    let sides = case.tree.nodes().iter().filter(|node| {
        let record = View::<aws::Route53Record>::of(node);
        record.is_some_and(|record| {
            let side = record.set_identifier();
            side.is("old") || side.is("new")
        })
    });
    let time = retention::dns_rollback_time(case.tree, sides);
    let seconds = time.seconds(RollbackPath::Operator);
    Verdict::of(
        time.dns.is_some_and(|dns| dns.ttl > 0)
            && time.detect > 0
            && seconds <= RollbackTime::LIMIT,
        format!("a rollback takes {seconds} s: {time:?}"),
    )
}
