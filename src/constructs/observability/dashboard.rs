//! CloudWatch dashboards: graphs in two columns, in the order of the stack file.

use crate::aws;
use crate::aws::cloudwatch_dashboard::CloudwatchDashboardArgs;
use crate::config::Dashboard as Config;
use crate::constructs::core::{Context, SectionRef};
use crate::newtypes::{Percent, Region};
use crate::terraform::tree::{Any, Object, Scope, Term, Value};

/// A metric of a graph.
#[derive(Clone, Debug)]
pub struct Metric {
    /// Such as `AWS/RDS`.
    pub namespace: Value<String>,
    /// Such as `CPUUtilization`.
    pub name: &'static str,
    /// Its dimensions.
    pub dimensions: Vec<(&'static str, Value<String>)>,
    /// Such as `Average`, `p99`.
    pub statistic: &'static str,
    /// Its label.
    pub label: String,
}

/// A horizontal line of a graph, in percent.
#[derive(Clone, Debug)]
pub struct Constant {
    /// Its value.
    pub value: Percent,
    /// Its label.
    pub label: String,
}

/// A graph of metrics of one region.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Its title.
    pub title: String,
    /// Region of the metrics.
    pub region: Region,
    /// Its metrics.
    pub metrics: Vec<Metric>,
    /// Its horizontal lines.
    pub constants: Vec<Constant>,
}

impl Panel {
    /// Creates a graph of metrics.
    pub fn new(title: String, region: Region, metrics: Vec<Metric>) -> Self {
        Self {
            title,
            region,
            metrics,
            constants: Vec::new(),
        }
    }
}

/// A CloudWatch dashboard.
#[derive(Clone, Debug)]
pub struct Dashboard {
    /// Its address in the console.
    pub url: Value<String>,
}

/// Arguments of [`Dashboard::new`].
#[derive(Clone, Debug)]
pub struct DashboardProps<'a> {
    /// The section.
    pub section: SectionRef<'a, Config>,
    /// Region of the dashboard.
    pub region: Region,
    /// Graphs in order.
    pub panels: Vec<Panel>,
}

impl Dashboard {
    /// Adds a dashboard.
    pub fn new(scope: &mut Scope<'_>, context: &Context<'_>, props: DashboardProps<'_>) -> Self {
        let region = props.region;
        let name = context
            .names
            .keyed("dashboard", [props.section.physical_name_key()]);
        let widgets = props.panels.into_iter().zip(0..).map(widget).collect();
        let body = Object::from_iter([("widgets", Term::List(widgets))]);
        scope.add(
            "dashboard",
            aws::CloudwatchDashboard::new(CloudwatchDashboardArgs {
                dashboard_body: Value::<Any>::from(body).to_json(),
                dashboard_name: name.clone().into(),
            }),
        );
        Self {
            url: format!("https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#dashboards/dashboard/{name}").into(),
        }
    }
}

/// Cells of the dashboard grid, which has 24 columns.
const WIDTH: i64 = 12;
const HEIGHT: i64 = 6;
/// Period of a data point in seconds.
const PERIOD: i64 = 60;

fn widget((panel, position): (Panel, i64)) -> Term {
    let metrics = panel.metrics.into_iter().map(line);
    let metrics = metrics.chain(panel.constants.into_iter().map(constant_line));
    let properties = Object::from_iter([
        ("metrics", Term::List(metrics.collect())),
        ("period", Term::Integer(PERIOD)),
        ("region", text(panel.region.as_str())),
        ("stacked", Term::Bool(false)),
        ("title", text(panel.title)),
        ("view", text("timeSeries")),
    ]);
    Term::Object(Object::from_iter([
        ("height", Term::Integer(HEIGHT)),
        ("properties", Term::Object(properties)),
        ("type", text("metric")),
        ("width", Term::Integer(WIDTH)),
        ("x", Term::Integer(position % 2 * WIDTH)),
        ("y", Term::Integer(position / 2 * HEIGHT)),
    ]))
}

/// A metric in the format of the CloudWatch API reference, "Dashboard body structure and syntax": namespace, name,
/// dimensions, and rendering options.
fn line(metric: Metric) -> Term {
    let drawn = Object::from_iter([
        ("label", text(metric.label)),
        ("stat", text(metric.statistic)),
    ]);
    let mut line = vec![metric.namespace.into_term(), text(metric.name)];
    for (name, value) in metric.dimensions {
        line.push(text(name));
        line.push(value.into_term());
    }
    line.push(Term::Object(drawn));
    Term::List(line)
}

/// A metric math expression in the same format (Amazon CloudWatch user guide, "Using metric math").
fn constant_line(constant: Constant) -> Term {
    let expression = format!("TIME_SERIES({})", constant.value);
    Term::List(vec![Term::Object(Object::from_iter([
        ("expression", text(expression)),
        ("label", text(constant.label)),
    ]))])
}

fn text(text: impl Into<String>) -> Term {
    Term::Text(text.into().into())
}
