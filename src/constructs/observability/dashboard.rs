//! Dashboards: panels of metrics, two abreast, in the order that the stack file gives.

use crate::aws;
use crate::aws::cloudwatch_dashboard::CloudwatchDashboardArgs;
use crate::config::Dashboard as Config;
use crate::constructs::core::{Context, SectionRef};
use crate::newtypes::Region;
use crate::terraform::tree::{Any, Object, Scope, Term, Value};

/// A metric in a panel.
#[derive(Clone, Debug)]
pub struct Metric {
    /// Such as `AWS/RDS`.
    pub namespace: Value<String>,
    /// Such as `CPUUtilization`.
    pub name: &'static str,
    /// What it is of.
    pub dimensions: Vec<(&'static str, Value<String>)>,
    /// Such as `Average`, `p99`.
    pub statistic: &'static str,
    /// What people call it.
    pub label: String,
}

/// A graph of some metrics of one region.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Its heading.
    pub title: String,
    /// Where its metrics are.
    pub region: Region,
    /// Its lines.
    pub metrics: Vec<Metric>,
}

/// Adds the dashboard of these panels; its address in the console is returned.
pub fn dashboard(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Config>,
    region: Region,
    panels: Vec<Panel>,
) -> Value<String> {
    let name = context
        .names
        .keyed("dashboard", [config.physical_name_key()]);
    let widgets = panels.into_iter().zip(0..).map(widget).collect();
    let body = Object::from_iter([("widgets", Term::List(widgets))]);
    scope.add(
        "dashboard",
        aws::CloudwatchDashboard::new(CloudwatchDashboardArgs {
            dashboard_body: Value::<Any>::from(body).to_json(),
            dashboard_name: name.clone().into(),
        }),
    );
    format!("https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#dashboards/dashboard/{name}").into()
}

/// Cells of CloudWatch's grid, which is 24 wide.
const WIDTH: i64 = 12;
const HEIGHT: i64 = 6;
/// Seconds that one point of a graph stands for.
const PERIOD: i64 = 60;

fn widget((panel, position): (Panel, i64)) -> Term {
    let metrics = panel.metrics.into_iter().map(line).collect();
    let properties = Object::from_iter([
        ("metrics", Term::List(metrics)),
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

/// CloudWatch API reference, "Dashboard body structure and syntax": namespace, name, dimensions as
/// pairs, and how to draw them.
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

fn text(text: impl Into<String>) -> Term {
    Term::Text(text.into().into())
}
