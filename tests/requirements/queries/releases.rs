//! Two versions of one service in parallel.

use paymig::aws;

use super::traffic::{attachments, is_new, weighed};
use crate::framework::case::{Case, Known, Text, Verdict};

/// One rule splits requests between a blue and a green target group by the weights of the
/// configuration, so that an apply shifts them, forward and back.
pub(crate) fn blue_and_green_share_one_rule(case: Case<'_>) -> Verdict {
    case.every::<aws::LbListenerRule>()
        .exactly(1)
        .must("forward to a blue alias and to a green one", |rule| {
            let mut colors: Vec<_> = weighed(rule)
                .iter()
                .filter(|(group, _)| is_new(group))
                .flat_map(|(group, _)| attachments(group))
                .flat_map(|it| it.to::<aws::LambdaAlias, _>(it.target_id()))
                .filter_map(|alias| alias.name().text())
                .collect();
            colors.sort_unstable();
            colors == ["blue", "green"]
        })
        .must("add up to 100 percent", |rule| {
            let weights = weighed(rule).into_iter().map(|(_, weight)| weight);
            weights.sum::<Option<i64>>() == Some(100)
        })
        .must("have the weights of the configuration", |rule| {
            rule.node.meta().lifecycle().ignore_changes().is_empty()
        })
        .must("belong to a listener for HTTPS", |rule| {
            let listeners = rule.to::<aws::LbListener, _>(rule.listener_arn());
            matches!(&listeners[..], [one] if one.protocol().is("HTTPS"))
        })
        .verdict()
}
