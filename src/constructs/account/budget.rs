//! A budget in the account that warns before the month is over.
//!
//! It counts what bears the tag [`TAG`], which an administrator of the paying account activates once as a
//! cost allocation tag; until then, and for what was spent before, it sees nothing (Billing user guide,
//! "Activating user-defined cost allocation tags"). Budgets lags behind use by up to a day.

use crate::aws;
use crate::aws::budgets_budget::{
    BudgetsBudgetArgs, CostFilter, CostFilterArgs, Notification, NotificationArgs,
};
use crate::constructs::core::Context;
use crate::newtypes::Usd;
use crate::terraform::tree::{Handle, Scope, Value};

/// The tag that tells the costs of one environment from those of all others.
pub const TAG: &str = "CostAllocation";

/// When it warns: of what was spent, and of what a month will have cost.
const WARNINGS: [(&str, u8); 3] = [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)];

/// Adds the budget of what is tagged `allocation`, telling `topic`: Budgets takes one topic a warning.
pub fn budget(
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
