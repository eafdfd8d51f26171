//! The alarm of payments that were not booked.

use super::{Alarm, Comparison, Missing, Raised, Statistic, Told};
use crate::constructs::Context;
use crate::constructs::events::namespace;
use crate::constructs::transactions::Outcome;
use crate::tree::Scope;

/// The alarm of the transactions that failed in the region of `scope`.
pub fn transactions(scope: &mut Scope<'_>, context: &Context<'_>, told: &Told) -> Raised {
    let alarm = Alarm {
        id: "failed",
        description: "A payment was not booked; its caller was told to repeat it",
        namespace: namespace(context).into(),
        metric: Outcome::Failed.metric(),
        dimensions: Vec::new(),
        statistic: Statistic::Sum,
        when: Comparison::Above,
        threshold: 0.0,
        period: 60,
        periods: 1,
        missing: Missing::Fine,
        subject: "transactions",
    };
    alarm.add(scope, context, told)
}
