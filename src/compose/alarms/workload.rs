//! Alarms of functions, Fargate services, Auto Scaling services and failed transactions.

use std::collections::BTreeSet;

use crate::compose::composer::Composer;
use crate::compose::foundations::topics::Topics;
use crate::compose::workload::auto_scaling::AutoScalingServices;
use crate::compose::workload::auto_scaling::auto_scaling_groups;
use crate::compose::workload::fargate::FargateService;
use crate::compose::workload::functions::Functions;
use crate::config::{AlertCategory, Code, name_with_color};
use crate::constructs::core::SectionRef;
use crate::constructs::observability::alarms;
use crate::constructs::observability::alarms::AlarmHandle;
use crate::constructs::observability::transactions::TransactionOutcome;
use crate::lambda_packages::Program;
use crate::terraform::tree::ConstructId;

/// Adds an alarm on failed transactions in each region where payments are booked.
pub(crate) fn add_transaction_alarms(
    composer: &mut Composer<'_>,
    topics: &Topics<'_>,
) -> Vec<AlarmHandle> {
    let mut regions = BTreeSet::new();
    for (_, function) in composer.stack.function.iter() {
        if let Code::Program(program) = function.code
            && TransactionOutcome::of(Program::from(program)).contains(&TransactionOutcome::Failed)
        {
            regions.insert(composer.stack.network.resolve(&function.network).region);
        }
    }
    let context = composer.context;
    let raised = regions.into_iter().map(|region| {
        let alarm_actions = topics.actions_for(AlertCategory::FailedTransactions, region);
        let id = ConstructId::from(region.short());
        let mut scope = composer.alarm_scope("transactions", id, region);
        alarms::add_failed_transactions_alarm(&mut scope, &context, &alarm_actions)
    });
    raised.collect()
}

pub(crate) fn add_auto_scaling_alarms(
    composer: &mut Composer<'_>,
    fleets: &AutoScalingServices,
    topics: &Topics<'_>,
) -> Vec<AlarmHandle> {
    let mut raised = Vec::new();
    for (section, config, group) in auto_scaling_groups(&composer.stack.service, fleets) {
        let region = composer.stack.network.resolve(&config.network).region;
        let alarm_actions = topics.actions_for(AlertCategory::SystemErrors, region);
        let topic = topics.first_topic_for(AlertCategory::SystemErrors, region);
        let context = composer.context;
        let mut scope = composer.alarm_scope("service", section.construct_id(), region);
        let subject = format!("asg-{}", section.physical_name_key());
        raised.extend(alarms::add_auto_scaling_group_alarms(
            &mut scope,
            &context,
            &subject,
            &group.name(),
            &config.instances,
            &alarm_actions,
        ));
        if let Some(topic) = topic {
            alarms::notify_auto_scaling_failures(
                &mut scope,
                &context,
                section.physical_name_key(),
                &group.name(),
                &topic,
            );
        }
    }
    raised
}

pub(crate) fn add_function_alarms(
    composer: &mut Composer<'_>,
    functions: &Functions,
    topics: &Topics<'_>,
) -> Vec<AlarmHandle> {
    let mut raised = Vec::new();
    for section in SectionRef::all(&composer.stack.function) {
        let Some(colors) = functions.of(section) else {
            continue;
        };
        let region = composer.stack.network.resolve(&section.network).region;
        let alarm_actions = topics.actions_for(AlertCategory::SystemErrors, region);
        let (context, limit) = (composer.context, composer.stack.alarms.error_percent);
        for (color, deployed) in colors.iter() {
            let subject =
                name_with_color(&format!("lambda-{}", section.physical_name_key()), color);
            let mut scope = composer.alarm_scope("function", section.construct_id(), region);
            if let Some(color) = color {
                scope = scope.into_child(color.as_str());
            }
            raised.extend(alarms::add_payment_function_alarms(
                &mut scope,
                &context,
                &subject,
                &deployed.function.name(),
                limit,
                &alarm_actions,
            ));
        }
    }
    raised
}

pub(crate) fn add_fargate_alarms(
    composer: &mut Composer<'_>,
    running: &[FargateService<'_>],
    topics: &Topics<'_>,
) -> Vec<AlarmHandle> {
    let mut raised = Vec::new();
    for place in running {
        let alarm_actions = topics.actions_for(AlertCategory::SystemErrors, place.region);
        let context = composer.context;
        for tasks in &place.versions {
            let scope = composer.alarm_scope("tasks", place.service.construct_id(), place.region);
            let mut scope = scope.into_child(place.network.construct_id());
            if let Some(color) = tasks.color {
                scope = scope.into_child(color.as_str());
            }
            let subject = format!("tasks-{}", tasks.token);
            let dimensions = tasks.dimensions();
            raised.extend(alarms::add_ecs_service_alarms(
                &mut scope,
                &context,
                &subject,
                &dimensions,
                tasks.min_tasks,
                &alarm_actions,
            ));
        }
    }
    raised
}
