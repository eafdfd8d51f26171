//! The services that receive requests at a load balancer.

use crate::config::sections::{Ref, Service, Split, Stack};
use crate::newtypes::Key;

impl Stack {
    /// The services that receive requests at a load balancer: those of `traffic.new` if `[traffic]` splits requests there, or
    /// else all of its services.
    pub fn serving(&self, balancer: &Key) -> &[Ref<Service>] {
        let new = self.traffic.as_ref().filter(|traffic| {
            let there = match &traffic.at {
                Split::Balancer(there) => there,
                Split::Dns(dns) => self.dns.resolve(dns).balancer(self),
            };
            there.name() == balancer
        });
        match (new, self.balancer.get(balancer)) {
            (Some(traffic), _) => &traffic.new,
            (None, Some(balancer)) => &balancer.services,
            (None, None) => &[],
        }
    }
}
