//! How long a way back through DNS takes.

use crate::config::sections::{Dns, DnsTarget, Scheme, Stack};

/// The seconds between a failure of the new side and the last request that it gets, where requests are
/// split in DNS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DnsRollbackTime {
    /// Until an alarm or a health check tells.
    pub detect: u32,
    /// Until resolvers ask again.
    pub ttl: u32,
    /// Until the last client opens a new connection. API Gateway lets nobody choose it, and counts as 0:
    /// what is fenced there answers with errors meanwhile.
    pub client_keep_alive: u32,
}

impl DnsRollbackTime {
    /// The most that is allowed: five minutes, less 40 s for the person who pastes the call.
    pub const LIMIT: u32 = 260;
    /// Two periods of a minute, those of the alarms; health checks are faster.
    pub const DETECT: u32 = 120;
    /// To fence the database that loses its writes.
    pub const FENCE: u32 = 5;
    /// To see the last change arrive at the other one.
    pub const DRAIN: u32 = 10;
    /// To change the weights.
    pub const CALL: u32 = 5;

    /// What `dns` allows.
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

    /// All of it.
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
