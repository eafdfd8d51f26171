//! Route 53 health checks of the sides of a name.
//!
//! The health path returns 200 while the service can reach the writer database, so a fenced side is unhealthy. Route 53
//! uses records of weight 0 if no other record is healthy, and even then does not select a fenced side.

use crate::aws;
use crate::constructs::core::{Context, with_ignored_changes};
use crate::constructs::observability::alarms::AlarmHandle;
use crate::newtypes::{Port, Region};
use crate::terraform::tree::{Declared, Handle, Scope, Value};

/// Seconds between two requests of one checker; there are about sixteen checkers.
pub const INTERVAL: u8 = 10;
/// Consecutive failures after which a side is unhealthy: 30 s.
pub const FAILURES: u8 = 3;

/// A health check that was added to a tree.
pub type HealthCheck = Handle<aws::Route53HealthCheck>;

/// Source of a side's health.
#[derive(Clone, Debug)]
pub enum HealthCheckSource<'a> {
    /// Requests to an endpoint.
    Endpoint(Endpoint<'a>),
    /// Alarms, for endpoints that the internet cannot reach.
    Alarms {
        /// The alarms, all of which must be OK.
        alarms: Vec<AlarmHandle>,
        /// Their region.
        region: Region,
    },
}

/// An HTTPS endpoint.
#[derive(Clone, Debug)]
pub struct Endpoint<'a> {
    /// Host name. Route 53 does not verify the certificate (Route 53 developer guide, "How Route 53 determines
    /// whether a health check is healthy").
    pub host: Value<String>,
    /// Port.
    pub port: Port,
    /// Path that returns 200.
    pub path: &'a str,
}

/// Adds the health check of the side `label` of the name `subject`. Without alarms there is none.
pub(super) fn add_health_check(
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
            Some(scope.add("health-check", named(check)))
        }
        HealthCheckSource::Alarms { alarms, region } => {
            let checks: Vec<_> = alarms
                .iter()
                .zip(0_usize..)
                .map(|(alarm, index)| {
                    let check = aws::Route53HealthCheck::new("CLOUDWATCH_METRIC")
                        .cloudwatch_alarm_name(alarm.alarm_name())
                        .cloudwatch_alarm_region(region.as_str())
                        // Missing data is no reason to move traffic.
                        .insufficient_data_health_status("LastKnownStatus");
                    scope.child("alarm").add(index.to_string(), named(check))
                })
                .collect();
            let min_healthy = checks.len();
            combine(scope, &checks, min_healthy, named)
        }
    }
}

/// Adds a health check that is healthy while one of `checks` is.
pub(super) fn add_any_healthy_check(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    (subject, label): (&str, &str),
    checks: &[HealthCheck],
) -> Option<HealthCheck> {
    combine(scope, checks, 1, |check| {
        check.tags(context.name_tag("dns", [subject, label]))
    })
}

/// The only check of `checks`, or a calculated one.
fn combine(
    scope: &mut Scope<'_>,
    checks: &[HealthCheck],
    min_healthy: usize,
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
        .child_health_threshold(u32::try_from(min_healthy).unwrap_or(u32::MAX));
    Some(scope.add("health-check", named(check)))
}
