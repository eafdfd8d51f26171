//! The alarm of payments that were not booked.

use super::alarm::{Alarm, AlarmActions, AlarmHandle};
use crate::constructs::core::Context;
use crate::constructs::observability::metric_filters::namespace;
use crate::constructs::observability::transactions::Outcome;
use crate::terraform::tree::Scope;

/// The alarm of the transactions that failed in the region of `scope`.
pub fn add_failed_transactions_alarm(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    actions: &AlarmActions,
) -> AlarmHandle {
    let alarm = Alarm::on_any_occurrence(
        "failed",
        "A payment was not booked; its caller was told to repeat it",
        (namespace(context), Outcome::Failed.metric()),
        Vec::new(),
        "transactions",
    );
    alarm.add(scope, context, actions)
}
