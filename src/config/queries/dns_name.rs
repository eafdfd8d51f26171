//! The zone and the load balancer of a DNS name.

use crate::config::sections::{Balancer, Dns, DnsTarget, Ref, Stack};
use crate::newtypes::PublicName;

/// Position of a name in its zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZonePosition {
    /// The apex, with the zone's NS and SOA records. It cannot have a CNAME record (RFC 1034, 3.6.2).
    Apex,
    /// A subdomain.
    Below,
}

impl Dns {
    /// The position of the name in its zone.
    pub fn zone_position(&self, stack: &Stack) -> ZonePosition {
        if self.name == self.zone_name(stack) {
            ZonePosition::Apex
        } else {
            ZonePosition::Below
        }
    }

    /// The zone that the name is in.
    pub fn zone_name(&self, stack: &Stack) -> PublicName {
        let parent = || PublicName::from(&stack.existing.zone.resolve(&self.zone).name);
        self.child.clone().unwrap_or_else(parent)
    }

    /// The load balancer that requests come to in the end.
    pub fn balancer<'a>(&'a self, stack: &'a Stack) -> &'a Ref<Balancer> {
        match &self.to {
            DnsTarget::Api(api) => &stack.api.resolve(api).balancer,
            DnsTarget::Balancer(target) => &target.name,
        }
    }
}
