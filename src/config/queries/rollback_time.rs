//! Time of a rollback of the traffic.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::config::sections::{
    Dns, DnsTarget, ManagedBy, OnAlarm, Scheme, Split, Stack, Traffic, Workflow,
};

use super::ZonePosition;

/// The settings and measured delays that determine the time between an outage of the new side and its last request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RollbackTime {
    /// Seconds until an alarm or a health check detects the outage.
    pub detect: u32,
    /// Seconds between two checks of the guard alarms in the workflow. None if it shifts no traffic.
    pub alarm_check: Option<u32>,
    /// The delays of DNS. None for a split in a load balancer.
    pub dns: Option<DnsDelay>,
    /// The most seconds that the rollback may take.
    pub limit: u32,
}

/// The delays between a changed weight in DNS and the last request of the former side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DnsDelay {
    /// Seconds until resolvers query again.
    pub ttl: u32,
    /// Seconds until the last client opens a new connection. It is 0 for API Gateway, which has no such setting: a fenced side
    /// returns errors meanwhile.
    pub client_keep_alive: u32,
}

/// The start of a rollback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RollbackPath {
    /// An operator starts it. The time contains none for the decision.
    Operator,
    /// DNS failback: an alarm starts it while the source is the writer.
    DnsFailback,
    /// The workflow starts it when it finds a guard alarm in ALARM.
    Workflow,
}

/// A part of the time of a rollback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RollbackPart {
    /// What takes the time, as a noun phrase.
    pub name: &'static str,
    /// The seconds that it takes.
    pub seconds: u32,
}

impl RollbackPath {
    /// The starts that `stack` has.
    pub fn all(stack: &Stack) -> Vec<Self> {
        let Some(traffic) = &stack.traffic else {
            return Vec::new();
        };
        let mut paths = vec![Self::Operator];
        if traffic.on_alarm == OnAlarm::DnsFailback {
            paths.push(Self::DnsFailback);
        }
        if traffic.managed_by == ManagedBy::Workflow {
            paths.push(Self::Workflow);
        }
        paths
    }
}

impl RollbackTime {
    /// The limit: five minutes from the outage. It contains no time for a decision.
    pub const LIMIT: u32 = 300;
    /// The limit at the apex of a zone, whose aliases have [`Self::ALIAS_TTL`].
    pub const APEX_LIMIT: u32 = 320;
    /// TTL of alias records: AWS documents it for load balancers and APIs.
    pub const ALIAS_TTL: u32 = 60;
    /// Detection by the alarms on an outage: a period of a minute and [`Self::PUBLISH`]. Health checks are faster. Alarms on
    /// lower error rates and on latency need a minute more.
    pub const DETECT: u32 = 120;
    /// Time to publish and to evaluate a data point. CloudWatch evaluates alarms every minute.
    pub const PUBLISH: u32 = 60;
    /// Time until EventBridge has invoked a function.
    pub const INVOKE: u32 = 5;
    /// Time to fence the outgoing writer. A failback by an alarm changes no writer.
    pub const FENCE: u32 = 5;
    /// Time to drain its last change.
    pub const DRAIN: u32 = 10;
    /// Time to change the weights.
    pub const CALL: u32 = 5;
    /// Time until all name servers of Route 53 have a changed weight or health status.
    pub const PROPAGATE: u32 = 60;

    /// The rollback time of a stack that splits traffic at `split`.
    pub fn of_split(stack: &Stack, split: &Split) -> Self {
        match split {
            Split::Dns(dns) => Self::of_dns(stack, stack.dns.resolve(dns)),
            Split::Balancer(_) => Self {
                detect: Self::DETECT,
                alarm_check: alarm_check(stack),
                dns: None,
                limit: Self::LIMIT,
            },
        }
    }

    /// The rollback time of the settings of `dns`.
    pub fn of_dns(stack: &Stack, dns: &Dns) -> Self {
        let balancer = stack.balancer.resolve(dns.balancer(stack));
        let client_keep_alive = match (&dns.to, balancer.scheme) {
            (DnsTarget::Balancer(_), Scheme::InternetFacing) => balancer.client_keep_alive.get(),
            _ => 0,
        };
        let (ttl, limit) = match dns.zone_position(stack) {
            ZonePosition::Apex => (dns.ttl.get().max(Self::ALIAS_TTL), Self::APEX_LIMIT),
            ZonePosition::Below => (dns.ttl.get(), Self::LIMIT),
        };
        Self {
            detect: Self::DETECT,
            alarm_check: None,
            dns: Some(DnsDelay {
                ttl,
                client_keep_alive,
            }),
            limit,
        }
    }

    /// The parts of a rollback on `path` that changes the writer and the weights. A failback changes neither: it inverts
    /// health checks.
    pub fn parts(&self, path: RollbackPath) -> Vec<RollbackPart> {
        let part = |name, seconds| RollbackPart { name, seconds };
        let mut parts = vec![part("detection by an alarm", self.detect)];
        match path {
            RollbackPath::Operator => {}
            RollbackPath::DnsFailback => parts.push(part("invocation", Self::INVOKE)),
            RollbackPath::Workflow => {
                let seconds = self.alarm_check.unwrap_or(0);
                parts.push(part("check of the guard alarms", seconds));
            }
        }
        if path != RollbackPath::DnsFailback {
            parts.push(part("fence", Self::FENCE));
            parts.push(part("drain", Self::DRAIN));
            parts.push(part("change of the weights", Self::CALL));
        }
        if let Some(dns) = self.dns {
            parts.push(part("propagation in Route 53", Self::PROPAGATE));
            parts.push(part("`ttl`", dns.ttl));
            parts.push(part("`client_keep_alive`", dns.client_keep_alive));
        }
        parts
    }

    /// The total of the parts on `path` in seconds.
    pub fn seconds(&self, path: RollbackPath) -> u32 {
        let parts = self.parts(path).into_iter();
        parts.fold(0, |total, part| total.saturating_add(part.seconds))
    }
}

/// Seconds between two checks of the guard alarms, in the workflow with the longest interval.
fn alarm_check(stack: &Stack) -> Option<u32> {
    let traffic = stack.traffic.as_ref()?;
    let workflows = stack.workflow.iter();
    let intervals = workflows.map(|(_, workflow)| workflow.alarm_check_interval(Some(traffic)));
    let longest = intervals.max()?.as_secs();
    (traffic.managed_by == ManagedBy::Workflow).then(|| u32::try_from(longest).unwrap_or(u32::MAX))
}

impl Workflow {
    /// The number of checks of the guard alarms after each traffic step: one a minute, unless the history of an execution
    /// cannot hold them.
    pub fn alarm_checks(&self, traffic: Option<&Traffic>) -> u32 {
        let (before, after) = traffic.map(Traffic::workflow_steps).unwrap_or_default();
        // One soak after each step, and one after the cutover.
        let soaks = before.len().saturating_add(after.len()).saturating_add(1);
        let soaks = u32::try_from(soaks).unwrap_or(u32::MAX);
        let most = MAX_ALARM_CHECKS.checked_div(soaks).unwrap_or(1).max(1);
        self.step_soak.get().clamp(1, most)
    }

    /// The time between two checks of the guard alarms.
    pub fn alarm_check_interval(&self, traffic: Option<&Traffic>) -> Duration {
        let soak = MINUTE.saturating_mul(self.step_soak.get());
        let checks = self.alarm_checks(traffic);
        soak.checked_div(checks).unwrap_or(MINUTE).max(MINUTE)
    }
}

const MINUTE: Duration = Duration::from_mins(1);

/// Alarm checks, over all steps, that the history of one execution can hold.
const MAX_ALARM_CHECKS: u32 = 240;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_with_the_shortest_connections_are_the_most_at_the_apex() {
        let rollback = RollbackTime {
            detect: RollbackTime::DETECT,
            alarm_check: None,
            dns: Some(DnsDelay {
                ttl: RollbackTime::ALIAS_TTL,
                client_keep_alive: 60,
            }),
            limit: RollbackTime::APEX_LIMIT,
        };
        assert_eq!(rollback.seconds(RollbackPath::Operator), rollback.limit);
    }
}
