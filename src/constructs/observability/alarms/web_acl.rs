//! Alarm of a web ACL.

use super::alarm::{AlarmActions, AlarmHandle};
use super::expression::Operand;
use super::failed_requests::RequestRate;
use crate::constructs::core::Context;
use crate::newtypes::{Percent, Region};
use crate::terraform::tree::{Scope, Value};

/// Adds the alarm on requests that the web ACL `name` blocks: callers receive 403, which no other alarm counts.
///
/// Scanners on the internet are blocked all the time, so the alarm compares with the allowed requests.
pub fn add_web_acl_alarm(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    (name, region): (&Value<String>, Region),
    actions: &AlarmActions,
) -> AlarmHandle {
    let sum = |id, metric| Operand {
        id,
        namespace: "AWS/WAFV2".into(),
        metric,
        dimensions: vec![
            ("WebACL", name.clone()),
            ("Region", region.as_str().into()),
            ("Rule", "ALL".into()),
        ],
        statistic: "Sum".to_owned(),
    };
    let rate = RequestRate {
        failed: vec![sum("blocked", "BlockedRequests")],
        requests: sum("requests", "AllowedRequests"),
    };
    let blocked = (
        "blocked",
        "AWS WAF blocked more than 5 requests for each 100 that it allowed, in two of three minutes",
    );
    let alarm = rate.errors_alarm(blocked, BLOCKED_PERCENT, subject);
    alarm.add(scope, context, actions)
}

const BLOCKED_PERCENT: Percent = Percent::constant::<5>();
