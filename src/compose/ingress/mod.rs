//! TODO

pub(crate) mod apis;
pub(crate) mod authorizers;
pub(crate) mod balancers;
pub(crate) mod dns;

use crate::aws;
use crate::compose::composer::Composer;
use crate::compose::foundations::networks::Networks;
use crate::compose::foundations::parameters::add_migration_state;
use crate::compose::ingress::apis::Apis;
use crate::compose::ingress::apis::add_api;
use crate::compose::ingress::authorizers::Authorizers;
use crate::compose::ingress::balancers::Balancers;
use crate::compose::ingress::balancers::add_balancer;
use crate::compose::ingress::balancers::target_group_key;
use crate::compose::ingress::dns::DnsNames;
use crate::compose::workload::functions::Functions;
use crate::config::{BalancerIn, Color, ManagedBy, Service, Split as SplitAt};
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::ingress::balancer::Balancer;

use crate::newtypes::Key as Name;
use crate::terraform::tree::{Handle, NodeId, Value};

/// What requests arrive at.
pub(crate) struct Ingress {
    pub(crate) balancers: Balancers,
    pub(crate) apis: Apis,
}

impl Ingress {
    /// The load balancer of a section that stands in `network`, or in the first of its networks.
    pub(crate) fn balancer(&self, at: &BalancerIn) -> Option<&Balancer> {
        let mut there = self.balancers.get(&at.name).iter();
        let here = |network: &Name| {
            let wanted = at.network.as_ref();
            wanted.is_none_or(|wanted| wanted.name() == network)
        };
        there
            .find(|(network, _)| here(network))
            .map(|(_, balancer)| balancer)
    }

    /// The target group of the version of `service` that most requests go to, at the first load balancer
    /// that has one.
    pub(crate) fn target_group(
        &self,
        service: SectionRef<'_, Service>,
        leading: Option<Color>,
    ) -> Option<Value<String>> {
        let side = target_group_key(service, leading);
        let balancers = self.balancers.iter().flat_map(|(_, there)| there);
        let mut groups = balancers.filter_map(|(_, balancer)| balancer.group(&side));
        groups.next().map(Handle::<aws::LbTargetGroup>::arn)
    }

    /// What requests reach a version of a service by, in one of its networks.
    pub(crate) fn served(
        &self,
        service: SectionRef<'_, Service>,
        color: Option<Color>,
        network: &Name,
    ) -> impl Iterator<Item = (&Name, &Balancer, Handle<aws::LbTargetGroup>)> {
        let side = target_group_key(service, color);
        let balancers = self.balancers.iter();
        balancers.flat_map(move |(name, there)| {
            let here = there.iter().filter(move |(place, _)| place == network);
            let side = side.clone();
            here.filter_map(move |(_, balancer)| Some((name, balancer, balancer.group(&side)?)))
        })
    }
}

/// What the edge leads to.
#[derive(Clone, Copy)]
pub(crate) struct IngressDeps<'a> {
    pub(crate) networks: &'a Networks,
    pub(crate) functions: &'a Functions,
    pub(crate) authorizers: &'a Authorizers,
}

/// What requests arrive at: in every phase, since callers have written it down.
pub(crate) fn add(composer: &mut Composer<'_>, behind: IngressDeps<'_>) -> Ingress {
    add_migration_state(composer);
    let balancers = SectionMap::build(&composer.stack.balancer, |entry| {
        let networks = entry.config().networks.iter();
        networks
            .map(|network| {
                let balancer = add_balancer(composer, entry, network, behind);
                (network.name().clone(), balancer)
            })
            .collect()
    });
    let apis = SectionMap::build(&composer.stack.api, |entry| {
        add_api(composer, entry, &balancers, behind)
    });
    Ingress { balancers, apis }
}

/// What shares requests between the old system and the new, where the configuration owns the share.
pub(crate) fn weights(composer: &Composer<'_>, edge: &Ingress, names: &DnsNames) -> Vec<NodeId> {
    let Some(traffic) = &composer.stack.traffic else {
        return Vec::new();
    };
    match (&traffic.at, traffic.managed_by) {
        (_, ManagedBy::Workflow) => Vec::new(),
        (SplitAt::Dns(dns), ManagedBy::Terraform) => {
            let name = names.get(dns);
            name.old
                .into_iter()
                .chain(name.new)
                .map(Into::into)
                .collect()
        }
        (SplitAt::Balancer(balancer), ManagedBy::Terraform) => {
            let standing = edge.balancers.get(balancer).iter();
            standing.map(|(_, there)| there.rule.into()).collect()
        }
    }
}
