//! Alarms and dashboards read metrics that CloudWatch has, as it has them: in their region, with their dimensions and
//! statistics. An alarm on any other would never receive data, and nothing reports that.
//!
//! The test compares every stack, environment, phase and traffic step with `fixtures/cloudwatch/metrics.toml`.

mod defects;
mod monitors;
mod rules;
mod stated_limit;
mod table;

use std::collections::BTreeSet;

use paymig::config::Protection;
use paymig::terraform::tree::Tree;

use crate::deployments::deployments;
use monitors::Identifying;
use table::{OWN_NAMESPACE, Table};

#[test]
fn alarms_and_widgets_read_metrics_as_cloudwatch_has_them() {
    let table = Table::read();
    let mut found = BTreeSet::new();
    for deployment in deployments() {
        for stage in deployment.stages() {
            if stage.protection == Protection::Protected {
                continue;
            }
            let violations = violations(&stage.system.tree, &table);
            let violations = violations.into_iter();
            found.extend(violations.map(|text| format!("{}: {text}", deployment.id())));
        }
    }
    let found: Vec<_> = found.into_iter().collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_namespace_of_aws_has_its_documentation_as_source() {
    for (namespace, source) in Table::read().sources() {
        let is_own = namespace == OWN_NAMESPACE;
        assert_eq!(
            source.starts_with("https://docs.aws.amazon.com/"),
            !is_own,
            "{namespace}"
        );
    }
}

fn violations(tree: &Tree, table: &Table) -> Vec<String> {
    let attributes = table.identifiers.values().flatten();
    let identifying = Identifying::new(tree, attributes);
    let alarms = monitors::alarms(tree, &identifying);
    let names = alarms.iter();
    let names: BTreeSet<_> = names
        .map(|alarm| (alarm.region.as_str(), alarm.name.as_str()))
        .collect();
    let mut found = Vec::new();
    if names.len() < alarms.len() {
        found.push("two alarms have one name".to_owned());
    }
    for alarm in &alarms {
        found.extend(rules::alarm_violations(alarm, table));
    }
    for composite in monitors::composite_alarms(tree) {
        found.extend(rules::composite_violations(&composite, &names));
    }
    for widget in monitors::widgets(tree, &identifying) {
        found.extend(rules::widget_violations(&widget, table));
    }
    found
}
