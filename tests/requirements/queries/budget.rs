//! Budget of a system.

use paymig::aws;
use paymig::terraform::tree::{List, Read};

use crate::framework::case::{Case, Item, Known, Text, Verdict};

/// USD a month.
const LIMIT: i64 = 3000;

/// Notifications before the limit, at the limit, and for a forecast above it.
pub(crate) fn monthly_cost_has_a_budget(case: Case<'_>) -> Verdict {
    case.every::<aws::BudgetsBudget>()
        .must("limit the monthly cost of this system", |budget| {
            let limit = budget.limit_amount().text().and_then(|it| it.parse().ok());
            let filters = budget.cost_filter();
            let own = filters
                .iter()
                .any(|it| it.name().is("TagKeyValue") && is_own(budget, it.values()));
            budget.budget_type().is("COST")
                && budget.time_unit().is("MONTHLY")
                && budget.limit_unit().is("USD")
                && limit.is_some_and(|limit: i64| (1..=LIMIT).contains(&limit))
                && own
        })
        .must("notify of actual and forecast cost", |budget| {
            let notifications = budget.notification();
            ["ACTUAL", "FORECASTED"].iter().all(|kind| {
                notifications.iter().any(|it| {
                    it.notification_type().is(kind)
                        && it.threshold_type().is("PERCENTAGE")
                        && budget.uses_own::<aws::SnsTopic, _>(it.subscriber_sns_topic_arns())
                })
            })
        })
        .verdict()
}

fn is_own(budget: &Item<'_, aws::BudgetsBudget>, values: Option<Read<'_, List<String>>>) -> bool {
    let own = format!("/{}/{}", budget.case.environment, Case::suffix());
    let values = values.and_then(|values| values.items()).unwrap_or_default();
    !values.is_empty()
        && values
            .iter()
            .all(|it| it.literal().is_some_and(|it| it.ends_with(&own)))
}
