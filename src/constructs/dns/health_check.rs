//! Health checks of Route 53: whether a side can take payments.
//!
//! What is asked answers 200 while it can reach the database that takes writes. So a side that is fenced
//! is unhealthy, and Route 53, which turns to records of weight 0 once no other is healthy, sends it
//! nothing.

use crate::aws;
use crate::constructs::core::{Context, with_ignored_changes};
use crate::constructs::observability::alarms::AlarmHandle;
use crate::newtypes::{Port, Region};
use crate::terraform::tree::{Declared, Handle, Scope, Value};

/// Seconds between two questions of one checker; there are some sixteen around the world.
pub const INTERVAL: u8 = 10;
/// Failures in a row that make a side unhealthy: after half a minute.
pub const FAILURES: u8 = 3;

/// A health check that was added to a tree.
pub type HealthCheck = Handle<aws::Route53HealthCheck>;

/// How Route 53 learns of a side's health.
#[derive(Clone, Debug)]
pub enum HealthCheckSource<'a> {
    /// It asks.
    Endpoint(Endpoint<'a>),
    /// It reads the metrics of alarms, where nothing on the internet can ask.
    Alarms {
        /// All of which must be silent.
        alarms: Vec<AlarmHandle>,
        /// Where they are.
        region: Region,
    },
}

/// What answers over HTTPS.
#[derive(Clone, Debug)]
pub struct Endpoint<'a> {
    /// Its name. Its certificate is not verified (Route 53 developer guide, "How Route 53 determines
    /// whether a health check is healthy").
    pub host: Value<String>,
    /// Its port.
    pub port: Port,
    /// What answers 200.
    pub path: &'a str,
}

/// A health check of a side of the name `subject`, called `label`; none where nothing can tell.
pub(super) fn add(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    (subject, label): (&str, &str),
    source: &HealthCheckSource<'_>,
) -> Option<HealthCheck> {
    let named = |check: Declared<aws::Route53HealthCheck>| {
        with_ignored_changes(check.tags(context.name_tag("dns", [subject, label])))
    };
    match source {
        HealthCheckSource::Endpoint(endpoint) => {
            let check = aws::Route53HealthCheck::new("HTTPS")
                .fqdn(&endpoint.host)
                .port(endpoint.port.get())
                .resource_path(endpoint.path.to_owned())
                .enable_sni(true)
                .request_interval(INTERVAL)
                .failure_threshold(FAILURES);
            Some(scope.add("check", named(check)))
        }
        HealthCheckSource::Alarms { alarms, region } => {
            let checks: Vec<_> = alarms
                .iter()
                .zip(0_usize..)
                .map(|(alarm, index)| {
                    let check = aws::Route53HealthCheck::new("CLOUDWATCH_METRIC")
                        .cloudwatch_alarm_name(alarm.alarm_name())
                        .cloudwatch_alarm_region(region.as_str())
                        // CloudWatch that says nothing is no reason to move payments.
                        .insufficient_data_health_status("LastKnownStatus");
                    scope.child("alarm").add(index.to_string(), named(check))
                })
                .collect();
            let needed = checks.len();
            several(scope, &checks, needed, named)
        }
    }
}

/// A health check that is healthy while any of `checks` is.
pub(super) fn any(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    (subject, label): (&str, &str),
    checks: &[HealthCheck],
) -> Option<HealthCheck> {
    several(scope, checks, 1, |check| {
        check.tags(context.name_tag("dns", [subject, label]))
    })
}

fn several(
    scope: &mut Scope<'_>,
    checks: &[HealthCheck],
    needed: usize,
    named: impl FnOnce(Declared<aws::Route53HealthCheck>) -> Declared<aws::Route53HealthCheck>,
) -> Option<HealthCheck> {
    if let [check] = checks {
        return Some(*check);
    }
    if checks.is_empty() {
        return None;
    }
    let ids = checks.iter().map(|check| check.id());
    let check = aws::Route53HealthCheck::new("CALCULATED")
        .child_healthchecks(ids.collect::<Vec<_>>())
        .child_health_threshold(u32::try_from(needed).unwrap_or(u32::MAX));
    Some(scope.add("check", named(check)))
}
