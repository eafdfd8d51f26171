//! `fixtures/cloudwatch/metrics.toml`, with the metrics of the stacks' own namespace from `lambda/contract.toml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::lambda_contract::Contract;

/// The start of the stacks' own namespaces, which end with the environment and the suffix.
pub(crate) const OWN_NAMESPACE: &str = "PaymentMigration";

/// The metrics that CloudWatch has, and the identifiers in their dimensions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    /// The attributes that a dimension may contain, as `type.attribute`, or `literal`.
    pub(crate) identifiers: BTreeMap<String, BTreeSet<String>>,
    namespaces: BTreeMap<String, Namespace>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Namespace {
    source: String,
    metrics: BTreeMap<String, Metric>,
}

/// A metric as AWS publishes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Metric {
    pub(crate) unit: Unit,
    pub(crate) dimensions: BTreeSet<BTreeSet<String>>,
    pub(crate) statistics: BTreeSet<String>,
    #[serde(default)]
    pub(crate) percentiles: bool,
    pub(crate) published: Published,
    /// Seconds between two data points.
    #[serde(default = "minute")]
    pub(crate) period: i64,
    pub(crate) region: Option<String>,
    pub(crate) maximum: Option<f64>,
}

/// The unit of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum Unit {
    Boolean,
    Bytes,
    Count,
    Milliseconds,
    Percent,
    Seconds,
}

/// When CloudWatch has data points of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Published {
    Always,
    WithActivity,
    Nonzero,
}

impl Table {
    /// Reads both files.
    pub(crate) fn read() -> Self {
        let text = include_str!("../../../fixtures/cloudwatch/metrics.toml");
        let mut table: Self = toml::from_str(text).unwrap();
        let own = table.namespaces.get_mut(OWN_NAMESPACE).unwrap();
        let contract = Contract::read();
        for event in contract.events.values() {
            // A metric filter with a default value writes 0 for other log lines, without dimensions.
            own.metrics.extend(event.metric.clone().map(|name| {
                let dimensions = BTreeSet::from([BTreeSet::new()]);
                (name, Metric::count(dimensions))
            }));
        }
        for (name, metric) in &contract.metrics {
            let dimensions = BTreeSet::from([metric.dimensions.iter().cloned().collect()]);
            own.metrics
                .entry(name.clone())
                .or_insert_with(|| Metric::count(dimensions));
        }
        table
    }

    /// The metric `name` of a namespace.
    pub(crate) fn metric(&self, namespace: &str, name: &str) -> Option<&Metric> {
        let own = namespace.starts_with(&format!("{OWN_NAMESPACE}/"));
        let namespace = if own { OWN_NAMESPACE } else { namespace };
        self.namespaces.get(namespace)?.metrics.get(name)
    }

    /// The source of each namespace.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        let namespaces = self.namespaces.iter();
        namespaces.map(|(name, namespace)| (name.as_str(), namespace.source.as_str()))
    }
}

impl Metric {
    fn count(dimensions: BTreeSet<BTreeSet<String>>) -> Self {
        Self {
            unit: Unit::Count,
            dimensions,
            statistics: ["Average", "Maximum", "Minimum", "Sum"]
                .map(str::to_owned)
                .into(),
            percentiles: false,
            published: Published::WithActivity,
            period: minute(),
            region: None,
            maximum: None,
        }
    }
}

fn minute() -> i64 {
    60
}
