//! Panels of the workflows and of the migration's events.

use crate::compose::composer::Composer;
use crate::compose::migration::workflow::Workflows;
use crate::constructs::core::SectionRef;
use crate::constructs::observability::dashboard::{Metric, Panel};
use crate::constructs::observability::metric_filters;
use crate::constructs::observability::metric_filters::MigrationEvent;
use crate::newtypes::Region;
use crate::terraform::tree::Value;

/// Executions of the state machines, and the events that the functions count in workflows and runbooks.
pub(crate) fn progress_panels(composer: &Composer<'_>, workflows: &Workflows) -> Vec<Panel> {
    let mut panels = Vec::new();
    for section in SectionRef::all(&composer.stack.workflow) {
        let region = composer.stack.network.resolve(&section.network).region;
        let workflow = workflows.of(section);
        let machine = |arn: Value<String>, machine: &str| {
            MACHINE.map(|(name, label)| Metric {
                namespace: "AWS/States".into(),
                name,
                dimensions: vec![("StateMachineArn", arn.clone())],
                statistic: "Sum",
                label: format!("{machine} {label}"),
            })
        };
        let mut metrics = Vec::from(machine(workflow.migration_arn(), "migration"));
        metrics.extend(machine(workflow.rollback_arn(), "rollback"));
        panels.push(Panel::new(
            format!("Workflow {}: executions", section.key()),
            region,
            metrics,
        ));
        panels.push(event_panel(
            composer,
            format!("Workflow {}: events", section.key()),
            region,
        ));
    }
    for section in SectionRef::all(&composer.stack.runbook) {
        let region = composer.stack.network.resolve(&section.network).region;
        panels.push(event_panel(
            composer,
            format!("Migration {}: events", section.key()),
            region,
        ));
    }
    panels
}

fn event_panel(composer: &Composer<'_>, title: String, region: Region) -> Panel {
    let metric = |event: MigrationEvent| Metric {
        namespace: metric_filters::namespace(&composer.context).into(),
        name: event.metric_name(),
        dimensions: Vec::new(),
        statistic: "Sum",
        label: event.event_name().to_owned(),
    };
    Panel::new(
        title,
        region,
        MigrationEvent::ALL.into_iter().map(metric).collect(),
    )
}

const MACHINE: [(&str, &str); 3] = [
    ("ExecutionsStarted", "started"),
    ("ExecutionsSucceeded", "succeeded"),
    ("ExecutionsFailed", "failed"),
];
