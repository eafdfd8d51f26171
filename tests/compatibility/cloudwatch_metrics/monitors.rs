//! The alarms and dashboard widgets of a tree.

use std::collections::BTreeMap;

use paymig::terraform::tree::{Expr, Mode, Node, Object, Term, Tree};

/// An alarm: on a metric, on an expression of metrics, or on other alarms.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alarm {
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) description: String,
    pub(crate) metrics: Vec<MetricUse>,
    pub(crate) queries: Vec<Query>,
    pub(crate) comparison: String,
    pub(crate) threshold: Option<f64>,
    pub(crate) evaluation_periods: i64,
    pub(crate) datapoints_to_alarm: Option<i64>,
    pub(crate) treat_missing_data: Option<String>,
    pub(crate) low_sample_percentiles: Option<String>,
    /// The regions of the resources that it notifies.
    pub(crate) action_regions: Vec<String>,
}

/// A composite alarm.
#[derive(Clone, Debug)]
pub(crate) struct CompositeAlarm {
    pub(crate) path: String,
    pub(crate) region: String,
    /// The alarms in its rule: their name, and their region if the rule references them.
    pub(crate) alarms: Vec<(String, Option<String>)>,
}

/// A query of an alarm on an expression.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) id: String,
    /// None for the query of a metric.
    pub(crate) expression: Option<String>,
    pub(crate) returns_data: bool,
}

/// A metric that an alarm or a widget reads.
#[derive(Clone, Debug)]
pub(crate) struct MetricUse {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) dimensions: BTreeMap<String, Identifier>,
    pub(crate) statistic: String,
    pub(crate) period: i64,
}

/// The value of a dimension.
#[derive(Clone, Debug)]
pub(crate) struct Identifier {
    /// `type.attribute` of the resource that it identifies, or `literal`.
    pub(crate) attribute: String,
    pub(crate) region: Option<String>,
}

/// A widget of a dashboard.
#[derive(Clone, Debug)]
pub(crate) struct WidgetUse {
    pub(crate) path: String,
    pub(crate) region: String,
    pub(crate) metrics: Vec<MetricUse>,
}

/// Reads the alarms on metrics.
pub(crate) fn alarms(tree: &Tree, identifying: &Identifying) -> Vec<Alarm> {
    let nodes = tree.nodes().iter();
    let nodes = nodes.filter(|node| node.type_name() == "aws_cloudwatch_metric_alarm");
    nodes.map(|node| alarm(tree, node, identifying)).collect()
}

/// Reads the composite alarms.
pub(crate) fn composite_alarms(tree: &Tree) -> Vec<CompositeAlarm> {
    let nodes = tree.nodes().iter();
    let nodes = nodes.filter(|node| node.type_name() == "aws_cloudwatch_composite_alarm");
    nodes
        .map(|node| CompositeAlarm {
            path: tree.path(node),
            region: region(tree, node),
            alarms: referenced_alarms(tree, field(node.arguments(), "alarm_rule")),
        })
        .collect()
}

/// Reads the widgets of all dashboards.
pub(crate) fn widgets(tree: &Tree, identifying: &Identifying) -> Vec<WidgetUse> {
    let mut found = Vec::new();
    for node in tree.nodes() {
        if node.type_name() != "aws_cloudwatch_dashboard" {
            continue;
        }
        let body = decoded(field(node.arguments(), "dashboard_body"));
        for widget in list(field(object(body), "widgets")) {
            let properties = object(field(object(widget), "properties"));
            let period = integer(field(properties, "period"));
            let metrics = list(field(properties, "metrics")).iter();
            found.push(WidgetUse {
                path: format!("{}: {}", tree.path(node), text(field(properties, "title"))),
                region: text(field(properties, "region")),
                metrics: metrics
                    .map(list)
                    .filter(|line| !is_constant(line))
                    .map(|line| widget_metric(tree, line, period, identifying))
                    .collect(),
            });
        }
    }
    found
}

/// Literal identifiers in a tree: the attribute of which they are the value.
pub(crate) struct Identifying(BTreeMap<String, (String, String)>);

impl Identifying {
    /// Collects the literal values of `attributes`, each `type.attribute`.
    pub(crate) fn new<'a>(tree: &Tree, attributes: impl IntoIterator<Item = &'a String>) -> Self {
        let mut found = BTreeMap::new();
        for attribute in attributes {
            let Some((kind, name)) = attribute.rsplit_once('.') else {
                continue;
            };
            for node in tree.nodes().iter().filter(|node| node.type_name() == kind) {
                if let Some(Term::Text(value)) = node.arguments().get(name) {
                    found.insert(value.to_string(), (attribute.clone(), region(tree, node)));
                }
            }
        }
        Self(found)
    }
}

fn alarm(tree: &Tree, node: &Node, identifying: &Identifying) -> Alarm {
    let arguments = node.arguments();
    let optional_text = |name: &str| arguments.get(name).map(text);
    let mut alarm = Alarm {
        path: tree.path(node),
        name: text(field(arguments, "alarm_name")),
        region: region(tree, node),
        description: optional_text("alarm_description").unwrap_or_default(),
        comparison: text(field(arguments, "comparison_operator")),
        threshold: arguments.get("threshold").map(number),
        evaluation_periods: integer(field(arguments, "evaluation_periods")),
        datapoints_to_alarm: arguments.get("datapoints_to_alarm").map(integer),
        treat_missing_data: optional_text("treat_missing_data"),
        low_sample_percentiles: optional_text("evaluate_low_sample_count_percentiles"),
        ..Alarm::default()
    };
    for actions in ["alarm_actions", "ok_actions"] {
        if let Some(actions) = arguments.get(actions) {
            actions.references(&mut |id| {
                let node = tree.node(id).unwrap();
                alarm.action_regions.push(region(tree, node));
            });
        }
    }
    if arguments.get("metric_name").is_some() {
        alarm
            .metrics
            .push(metric(tree, arguments, "statistic", identifying));
    }
    for query in arguments.get("metric_query").map(list).unwrap_or_default() {
        let query = object(query);
        alarm.queries.push(Query {
            id: text(field(query, "id")),
            expression: query.get("expression").map(text),
            returns_data: query.get("return_data") == Some(&Term::Bool(true)),
        });
        if let Some(block) = query.get("metric") {
            let block = if let Term::List(blocks) = block {
                &blocks[0]
            } else {
                block
            };
            alarm
                .metrics
                .push(metric(tree, object(block), "stat", identifying));
        }
    }
    alarm
}

fn metric(
    tree: &Tree,
    arguments: &Object,
    statistic: &str,
    identifying: &Identifying,
) -> MetricUse {
    let dimensions = arguments.get("dimensions").map(object);
    let dimensions = dimensions.into_iter().flat_map(Object::iter);
    let statistic = arguments
        .get(statistic)
        .or_else(|| arguments.get("extended_statistic"));
    MetricUse {
        namespace: text(field(arguments, "namespace")),
        name: text(field(arguments, "metric_name")),
        dimensions: dimensions
            .map(|(name, value)| (name.to_owned(), identifier(tree, value, identifying)))
            .collect(),
        statistic: text(statistic.unwrap()),
        period: integer(field(arguments, "period")),
    }
}

/// A line of a widget: namespace, name, dimensions and their values, and an object of options.
/// Whether the line of a widget is an expression without a metric.
fn is_constant(line: &[Term]) -> bool {
    matches!(line, [Term::Object(options)] if text(field(options, "expression")).starts_with("TIME_SERIES("))
}

fn widget_metric(tree: &Tree, line: &[Term], period: i64, identifying: &Identifying) -> MetricUse {
    let [namespace, name, dimensions @ .., options] = line else {
        panic!("not a metric of a widget: {line:?}");
    };
    let options = object(options);
    MetricUse {
        namespace: text(namespace),
        name: text(name),
        dimensions: dimensions
            .chunks(2)
            .map(|pair| (text(&pair[0]), identifier(tree, &pair[1], identifying)))
            .collect(),
        statistic: text(field(options, "stat")),
        period: options.get("period").map_or(period, integer),
    }
}

fn identifier(tree: &Tree, value: &Term, identifying: &Identifying) -> Identifier {
    if let Term::Text(literal) = value {
        let known = identifying.0.get(literal.as_ref()).cloned();
        let (attribute, region) = known
            .map_or(("literal".to_owned(), None), |(attribute, region)| {
                (attribute, Some(region))
            });
        return Identifier { attribute, region };
    }
    let (node, attribute) = attribute(value).unwrap_or_else(|| panic!("no identifier: {value:?}"));
    let node = tree.node(node).unwrap();
    let mode = if node.mode() == Mode::Data {
        "data."
    } else {
        ""
    };
    Identifier {
        attribute: format!("{mode}{}.{attribute}", node.type_name()),
        region: Some(region(tree, node)),
    }
}

/// The attribute that an expression reads or takes a part of.
fn attribute(term: &Term) -> Option<(paymig::terraform::tree::NodeId, &'static str)> {
    let Term::Expr(expr) = term else {
        return None;
    };
    match expr.as_ref() {
        Expr::Attribute(node, name) => Some((*node, *name)),
        Expr::Index(term, _) => attribute(term),
        Expr::Call("split", arguments) => arguments.iter().find_map(attribute),
        _ => None,
    }
}

/// The alarms in a rule such as `ALARM("a") OR ALARM("b")`, whose names are references or literals.
fn referenced_alarms(tree: &Tree, rule: &Term) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    rule.references(&mut |id| {
        let node = tree.node(id).unwrap();
        let name = node.arguments().get("alarm_name").map(text);
        found.push((name.unwrap_or_default(), Some(region(tree, node))));
    });
    if let Term::Text(rule) = rule {
        let quoted = rule.split('"').skip(1).step_by(2);
        found.extend(quoted.map(|name| (name.to_owned(), None)));
    }
    found
}

fn region(tree: &Tree, node: &Node) -> String {
    tree.provider(node).unwrap().region().to_owned()
}

/// The value that `jsonencode` encodes.
fn decoded(term: &Term) -> &Term {
    match term {
        Term::Expr(expr) => match expr.as_ref() {
            Expr::Call("jsonencode", arguments) => &arguments[0],
            _ => term,
        },
        _ => term,
    }
}

fn field<'o>(object: &'o Object, name: &str) -> &'o Term {
    let found = object.get(name);
    found.unwrap_or_else(|| panic!("no {name}: {object:?}"))
}

fn object(term: &Term) -> &Object {
    match term {
        Term::Object(object) => object,
        _ => panic!("not an object: {term:?}"),
    }
}

fn list(term: &Term) -> &[Term] {
    match term {
        Term::List(items) => items,
        _ => panic!("not a list: {term:?}"),
    }
}

fn integer(term: &Term) -> i64 {
    match term {
        Term::Integer(number) => *number,
        _ => panic!("not a whole number: {term:?}"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "thresholds are small")]
fn number(term: &Term) -> f64 {
    match term {
        Term::Integer(number) => *number as f64,
        Term::Float(number) => *number,
        _ => panic!("not a number: {term:?}"),
    }
}

fn text(term: &Term) -> String {
    match term {
        Term::Text(text) => text.clone().into_owned(),
        _ => panic!("not a text: {term:?}"),
    }
}
