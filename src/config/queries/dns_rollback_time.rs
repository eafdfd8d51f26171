//! DNS rollback time.

use crate::config::sections::{Dns, DnsTarget, Scheme, Stack};

use super::ZonePosition;

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
    /// The most seconds that the rollback may take.
    pub limit: u32,
}

impl DnsRollbackTime {
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
    /// Time to fence the outgoing writer. A failback by an alarm changes no writer; EventBridge invokes it in this time.
    pub const FENCE: u32 = 5;
    /// Time to drain its last change.
    pub const DRAIN: u32 = 10;
    /// Time to change the weights.
    pub const CALL: u32 = 5;
    /// Time until all name servers of Route 53 have a changed weight or health status.
    pub const PROPAGATE: u32 = 60;

    /// The rollback time of the settings of `dns`.
    pub fn of(stack: &Stack, dns: &Dns) -> Self {
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
            ttl,
            client_keep_alive,
            limit,
        }
    }

    /// The total in seconds, of a rollback that changes the writer and the weights. A failback by an alarm is faster: it
    /// neither fences nor drains.
    pub fn seconds(&self) -> u32 {
        let own = self
            .detect
            .saturating_add(self.ttl)
            .saturating_add(self.client_keep_alive);
        own.saturating_add(Self::FENCE + Self::DRAIN + Self::CALL + Self::PROPAGATE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_with_the_shortest_connections_are_the_most_at_the_apex() {
        let rollback = DnsRollbackTime {
            detect: DnsRollbackTime::DETECT,
            ttl: DnsRollbackTime::ALIAS_TTL,
            client_keep_alive: 60,
            limit: DnsRollbackTime::APEX_LIMIT,
        };
        assert_eq!(rollback.seconds(), rollback.limit);
    }
}
