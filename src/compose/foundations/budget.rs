//! AWS budget.

use crate::compose::composer::Composer;
use crate::compose::foundations::topics::Topics;
use crate::config::{AlertCategory, BudgetResource};
use crate::constructs::account::budget::add_budget;

/// Adds the budget, which notifies the topic of costs. `config::rules::alerts` requires one.
pub(crate) fn add(composer: &mut Composer<'_>, topics: &Topics<'_>) {
    let Some(config) = &composer.stack.budget else {
        return;
    };
    let region = composer.stack.primary_region();
    let topic = topics.first_topic_for(AlertCategory::Cost, region);
    if let (BudgetResource::Create, Some(topic)) = (config.aws_budget, topic) {
        let allocation = composer.context.names.identity(&composer.stack.stack);
        let monthly = config.monthly_usd;
        add_budget(
            &mut composer.root,
            &composer.context,
            monthly,
            &allocation,
            &topic,
        );
    }
}
