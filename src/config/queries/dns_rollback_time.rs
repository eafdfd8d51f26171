//! DNS rollback time.

use crate::config::sections::{Dns, DnsTarget, Scheme, Stack};

/// The seconds between an outage of the new side and its last request, in a DNS split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DnsRollbackTime {
    /// Seconds until an alarm or a health check detects the outage.
    pub detect: u32,
    /// Seconds until resolvers query again.
    pub ttl: u32,
    /// Seconds until the last client opens a new connection. It is 0 for API Gateway, which has no such setting: a fenced side
    /// returns errors meanwhile.
    pub client_keep_alive: u32,
}

impl DnsRollbackTime {
    /// The limit: five minutes, minus 40 s for the operator who starts the rollback.
    pub const LIMIT: u32 = 260;
    /// Detection by the alarms on an outage: a period of a minute and [`Self::PUBLISH`]. Health checks are faster. Alarms on
    /// lower error rates and on latency need a minute more.
    pub const DETECT: u32 = 120;
    /// Time to publish and to evaluate a data point. CloudWatch evaluates alarms every minute.
    pub const PUBLISH: u32 = 60;
    /// Time to fence the outgoing writer.
    pub const FENCE: u32 = 5;
    /// Time to drain its last change.
    pub const DRAIN: u32 = 10;
    /// Time to change the weights.
    pub const CALL: u32 = 5;

    /// The rollback time of the settings of `dns`.
    pub fn of(stack: &Stack, dns: &Dns) -> Self {
        let balancer = stack.balancer.resolve(dns.balancer(stack));
        let client_keep_alive = match (&dns.to, balancer.scheme) {
            (DnsTarget::Balancer(_), Scheme::InternetFacing) => balancer.client_keep_alive.get(),
            _ => 0,
        };
        Self {
            detect: Self::DETECT,
            ttl: dns.ttl.get(),
            client_keep_alive,
        }
    }

    /// The total in seconds.
    pub fn seconds(&self) -> u32 {
        let own = self
            .detect
            .saturating_add(self.ttl)
            .saturating_add(self.client_keep_alive);
        own.saturating_add(Self::FENCE + Self::DRAIN + Self::CALL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_in_resolvers_and_one_in_connections_is_the_most() {
        let rollback = DnsRollbackTime {
            detect: DnsRollbackTime::DETECT,
            ttl: 60,
            client_keep_alive: 60,
        };
        assert_eq!(rollback.seconds(), DnsRollbackTime::LIMIT);
    }
}
