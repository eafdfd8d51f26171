//! Alarm of failed transactions.

use super::alarm::{Alarm, AlarmActions, AlarmHandle};
use crate::constructs::core::Context;
use crate::constructs::observability::metric_filters::namespace;
use crate::constructs::observability::transactions::TransactionOutcome;
use crate::terraform::tree::Scope;

/// Adds the alarm on transactions that failed in the region of `scope`.
pub fn add_failed_transactions_alarm(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    actions: &AlarmActions,
) -> AlarmHandle {
    let alarm = Alarm::on_any_occurrence(
        "failed",
        "A payment was not booked; the caller received an error that allows a retry",
        (namespace(context), TransactionOutcome::Failed.metric_name()),
        Vec::new(),
        "transactions",
    );
    alarm.add(scope, context, actions)
}
