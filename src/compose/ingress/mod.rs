//! The entry points of requests: load balancers, APIs, web ACLs, certificates and DNS records.
//!
//! They come before the workload, which registers in their target groups.

mod apis;
pub(super) mod authorizers;
pub(super) mod balancers;
pub(super) mod dns;

use super::composer::Composer;
use super::foundations::Foundations;
use crate::aws;
use crate::config::{
    Balancer as BalancerConfig, BalancerIn, Color, ManagedBy, Ref, Service, Split, Stack,
};
use crate::constructs::core::SectionRef;
use crate::constructs::ingress::balancer::Balancer;
use crate::newtypes::Key;
use crate::terraform::tree::{Handle, NodeId, Value};
use apis::Apis;
use authorizers::Authorizers;
use balancers::{Balancers, target_group_key};
use dns::DnsNames;

/// The entry points of requests.
pub(super) struct Ingress {
    pub(super) balancers: Balancers,
    pub(super) authorizers: Authorizers,
    pub(super) apis: Apis,
    pub(super) dns: DnsNames,
}

/// Adds the entry points: in every phase, because callers store their addresses.
pub(super) fn add(composer: &mut Composer<'_>, foundations: &Foundations<'_>) -> Ingress {
    dns::add_child_zones(composer);
    let authorizers = authorizers::add(composer);
    let balancers = balancers::add(composer, foundations);
    let apis = apis::add(composer, &foundations.networks, &balancers, &authorizers);
    let dns = dns::add(composer, &balancers, &apis, foundations);
    Ingress {
        balancers,
        authorizers,
        apis,
        dns,
    }
}

impl Ingress {
    /// The load balancer of a section in the given network, or in its first network.
    pub(super) fn balancer(&self, at: &BalancerIn) -> Option<&Balancer> {
        let wanted = at.network.as_ref().map(Ref::name);
        let mut balancers = self.balancers.get(&at.name).iter();
        let found = balancers.find(|(network, _)| wanted.is_none_or(|wanted| wanted == network));
        found.map(|(_, balancer)| balancer)
    }

    /// The target group of the version of `service` that gets most traffic, at the first load balancer
    /// that has one.
    pub(super) fn target_group(
        &self,
        service: SectionRef<'_, Service>,
        most_traffic: Option<Color>,
    ) -> Option<Value<String>> {
        let group_key = target_group_key(service, most_traffic);
        let balancers = self.balancers.iter().flat_map(|(_, there)| there);
        let mut groups = balancers.filter_map(|(_, balancer)| balancer.group(&group_key));
        groups.next().map(Handle::<aws::LbTargetGroup>::arn)
    }

    /// The target groups of a version of a service in one network, with their load balancers and the sections of
    /// these.
    pub(super) fn target_groups<'s>(
        &'s self,
        stack: &'s Stack,
        service: SectionRef<'_, Service>,
        color: Option<Color>,
        network: &'s Key,
    ) -> impl Iterator<
        Item = (
            SectionRef<'s, BalancerConfig>,
            &'s Balancer,
            Handle<aws::LbTargetGroup>,
        ),
    > {
        let group_key = target_group_key(service, color);
        SectionRef::all(&stack.balancer).flat_map(move |balancer_section| {
            let balancers = self.balancers.of(balancer_section).iter();
            let here = balancers.filter(move |(place, _)| place == network);
            let group_key = group_key.clone();
            here.filter_map(move |(_, balancer)| {
                Some((balancer_section, balancer, balancer.group(&group_key)?))
            })
        })
    }

    /// The nodes that hold the traffic weights of the old system and the new, where Terraform manages them.
    pub(super) fn traffic_weights(&self, stack: &Stack) -> Vec<NodeId> {
        let Some(traffic) = &stack.traffic else {
            return Vec::new();
        };
        match (&traffic.at, traffic.managed_by) {
            (_, ManagedBy::Workflow) => Vec::new(),
            (Split::Dns(dns), ManagedBy::Terraform) => {
                let name = self.dns.get(dns);
                let records = name.old.into_iter().chain(name.new);
                records.map(Into::into).collect()
            }
            (Split::Balancer(balancer), ManagedBy::Terraform) => {
                let balancers = self.balancers.get(balancer).iter();
                balancers
                    .map(|(_, balancer)| balancer.rule.into())
                    .collect()
            }
        }
    }
}
