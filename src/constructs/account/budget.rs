//! AWS Budgets budget of one environment.
//!
//! It contains the costs of resources with the tag [`TAG`]. An administrator of the management account must activate it
//! once as a cost allocation tag; earlier costs are not included (Billing user guide, "Activating user-defined cost
//! allocation tags"). AWS Budgets updates costs up to a day late.

use crate::aws;
use crate::aws::budgets_budget::{
    BudgetsBudgetArgs, CostFilter, CostFilterArgs, Notification, NotificationArgs,
};
use crate::constructs::core::Context;
use crate::newtypes::Usd;
use crate::terraform::tree::{Handle, Scope, Value};

/// The cost allocation tag, which identifies the environment.
pub const TAG: &str = "CostAllocation";

/// Thresholds of the notifications, on actual and on forecasted costs.
const WARNINGS: [(&str, u8); 3] = [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)];

/// Adds the budget for resources with the tag `allocation`, which notifies `topic`.
pub fn add_budget(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    monthly: Usd,
    allocation: &str,
    topic: &Value<String>,
) -> Handle<aws::BudgetsBudget> {
    let budget = aws::BudgetsBudget::new(BudgetsBudgetArgs {
        budget_type: "COST".into(),
        time_unit: "MONTHLY".into(),
    })
    .name(context.names.of("budget"))
    .limit_amount(monthly.get().to_string())
    .limit_unit("USD")
    .cost_filter([CostFilter::new(CostFilterArgs {
        name: "TagKeyValue".into(),
        values: [Value::from(format!("user:{TAG}${allocation}"))].into(),
    })])
    .notification(WARNINGS.map(|(kind, percent)| {
        Notification::new(NotificationArgs {
            comparison_operator: "GREATER_THAN".into(),
            notification_type: kind.into(),
            threshold: percent.into(),
            threshold_type: "PERCENTAGE".into(),
        })
        .subscriber_sns_topic_arns([topic.clone()])
    }));
    scope.child("budget").add("monthly", budget)
}
