//! Weights of the old and the new side, tied to the stage of the migration.

use paymig::aws;
use paymig::config::Phase;

use super::traffic::{is_old, weighed};
use crate::framework::case::{Amount, Case, Item, Known, Verdict};

/// The records of the sides have the weights of the traffic step. Phase `legacy` has the old side only, `production` the new
/// one.
pub(crate) fn records_have_the_weights_of_the_stage(case: Case<'_>) -> Verdict {
    let new = case.new_side_percent().unwrap_or(-1);
    let is_new = |record: &Item<'_, aws::Route53Record>| record.set_identifier().is("new");
    let is_old = |record: &Item<'_, aws::Route53Record>| record.set_identifier().is("old");
    let weights = case
        .every::<aws::Route53Record>()
        .that("of a side", |record| is_new(record) || is_old(record))
        .must("have the weight of its side at this stage", |record| {
            let policy = record.weighted_routing_policy();
            let weight = policy.and_then(|policy| policy.weight().number());
            weight == Some(if is_new(record) { new } else { 100 - new })
        })
        .verdict();
    let records = case.items::<aws::Route53Record>();
    weights.and(Verdict::of(
        records.iter().any(is_new) == (case.phase != Some(Phase::Legacy))
            && records.iter().any(is_old) == (case.phase != Some(Phase::Production)),
        "a side lacks its record, or has one in a phase without the side",
    ))
}

/// The rule of the load balancer has the weights of the traffic step.
pub(crate) fn rule_has_the_weights_of_the_stage(case: Case<'_>) -> Verdict {
    let new = case.new_side_percent().unwrap_or(-1);
    case.every::<aws::LbListenerRule>()
        .must("have the weights of both sides at this stage", |rule| {
            let groups = weighed(rule);
            let of_old = groups.iter().filter(|(group, _)| is_old(group));
            let of_new = groups.iter().filter(|(group, _)| !is_old(group));
            let sum = |weights: Vec<Option<i64>>| weights.into_iter().sum::<Option<i64>>();
            let has_both = groups.iter().any(|(group, _)| is_old(group))
                && groups.iter().any(|(group, _)| !is_old(group));
            has_both
                && sum(of_old.map(|(_, weight)| *weight).collect()) == Some(100 - new)
                && sum(of_new.map(|(_, weight)| *weight).collect()) == Some(new)
        })
        .verdict()
}
