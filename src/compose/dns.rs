//! Names in DNS: where each leads in this phase, and how its sides' health is known.

use std::collections::BTreeSet;

use super::edge::{Edge, side};
use super::environment::Composer;
use super::operations::Topics;
use crate::config::{
    BalancerShares, Dns as Config, DnsTarget, Network as NetworkConfig, Owner, Phase, Ref, Release,
    Scheme, Split as SplitAt, Topic as About,
};
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::dns::child_zone::{child_zone, delegate};
use crate::constructs::dns::health_check::{Endpoint, Probe};
use crate::constructs::dns::records::{Inputs, Name, Network, Split};
use crate::constructs::dns::zone::{AliasTarget, Zone};
use crate::constructs::ingress::balancer::Balancer;
use crate::constructs::network::security_group_rules::HTTPS_PORT;
use crate::constructs::observability::alarms::{self, AlarmHandle};
use crate::constructs::security::kms_key::DataClass;
use crate::newtypes::{Percent, Port, Region};
use crate::terraform::tree::NodeId;

/// The names, by section.
pub(super) type Names = SectionMap<Config, Name>;

impl<'a> Composer<'a> {
    /// The zones of the stack's own, in every phase: their name servers are written down in the parents.
    pub(super) fn child_zones(&mut self) {
        for entry in SectionRef::all(&self.stack.dns) {
            let Some(child) = &entry.config().child else {
                continue;
            };
            if self.zones.child(child).is_some() {
                continue;
            }
            let logs_key = self.key(DataClass::Logs, Region::GLOBAL);
            let retention = self.retention();
            let mut scope = self.root.child("zone").into_child(child.to_string());
            let zone = child_zone(&mut scope, &self.context, child, logs_key, retention);
            self.zones.delegate(child.clone(), zone);
        }
    }

    /// Makes the zones of the stack's own answer, each once what leads to the old system is in it.
    fn delegations(&mut self, names: &Names) {
        let mut delegated = BTreeSet::new();
        for entry in SectionRef::all(&self.stack.dns) {
            let Some(child) = &entry.config().child else {
                continue;
            };
            let Some(zone) = self.zones.child(child).filter(|_| delegated.insert(child)) else {
                continue;
            };
            let parent = SectionRef::resolve(&self.stack.existing.zone, &entry.config().zone);
            let parent = self.zones.get(&mut self.root, parent);
            let sharing = SectionRef::all(&self.stack.dns)
                .filter(|other| other.config().child.as_ref() == Some(child));
            let serving: Vec<NodeId> = sharing
                .filter_map(|other| names.of(other).old.map(Into::into))
                .collect();
            let mut scope = self.root.child("zone").into_child(child.to_string());
            delegate(&mut scope, child, parent, zone, serving);
        }
    }

    /// The names and their records.
    pub(super) fn dns(&mut self, edge: &Edge, topics: &Topics<'_>) -> Names {
        let names = SectionMap::build(&self.stack.dns, |entry| {
            let zone = self.zone_of(entry);
            let split = self.split_of(entry);
            let inputs = Inputs {
                identity: entry.physical_name_key(),
                name: &entry.config().name,
                zone,
                ttl: entry.ttl,
                // A name of its own leads to AWS in every phase; a shared one once payments may run there.
                networks: if split.is_none() || self.computes() {
                    self.led_to(entry, edge, topics)
                } else {
                    Vec::new()
                },
                split,
            };
            let mut scope = entry.scope(&mut self.root);
            Name::new(&mut scope, &self.context, &inputs)
        });
        self.delegations(&names);
        names
    }

    /// What shares requests between the old system and the new, where the configuration owns the share.
    pub(super) fn weights(&self, edge: &Edge, names: &Names) -> Vec<NodeId> {
        let Some(traffic) = &self.stack.traffic else {
            return Vec::new();
        };
        match (&traffic.at, traffic.owner) {
            (_, Owner::Workflow) => Vec::new(),
            (SplitAt::Dns(dns), Owner::Configuration) => {
                let name = names.get(dns);
                name.old
                    .into_iter()
                    .chain(name.new)
                    .map(Into::into)
                    .collect()
            }
            (SplitAt::Balancer(balancer), Owner::Configuration) => {
                let standing = edge.balancers.get(balancer).iter();
                standing.map(|(_, there)| there.rule.into()).collect()
            }
        }
    }

    fn zone_of(&mut self, entry: SectionRef<'a, Config>) -> Zone {
        let parent = SectionRef::resolve(&self.stack.existing.zone, &entry.config().zone);
        self.zones
            .answering(&mut self.root, parent, &entry.config().name)
    }

    /// How the old system shares the name, if `[traffic]` splits requests at it.
    fn split_of(&self, entry: SectionRef<'a, Config>) -> Option<Split<'a>> {
        let traffic = self.stack.traffic.as_ref()?;
        let SplitAt::Dns(dns) = &traffic.at else {
            return None;
        };
        // Loading has seen that there is room for the label.
        let new_side = entry.new_side().ok()?;
        let old = || self.stack.existing.http.resolve(&traffic.old);
        (dns.name() == entry.key()).then(|| Split {
            // At weight 0 it would still be what Route 53 turns to last, with a database that nobody
            // copies to any more.
            old: (self.stage.phase != Phase::Production).then(old),
            share: self.stage.traffic,
            new_side,
            zone_position: entry.zone_position(self.stack),
        })
    }

    fn led_to(
        &mut self,
        entry: SectionRef<'a, Config>,
        edge: &Edge,
        topics: &Topics<'_>,
    ) -> Vec<Network<'a>> {
        match &entry.config().to {
            DnsTarget::Balancer(target) => self.load_balancers(entry, target, edge, topics),
            DnsTarget::Api(name) => {
                let api = edge.apis.get(name).as_ref();
                let Some(to) = api.and_then(|api| api.domain.clone()) else {
                    return Vec::new();
                };
                let balancer = &self.stack.api.resolve(name).balancer;
                let Some((network, (_, balancer))) =
                    (self.stack.balancer.resolve(balancer).networks)
                        .first()
                        .zip(edge.balancers.get(balancer).first())
                else {
                    return Vec::new();
                };
                vec![Network {
                    label: network.name().as_str(),
                    share: Percent::ALL,
                    to,
                    // Who asks is nobody to an API.
                    probe: self.alarms_of(entry, network, balancer, topics),
                }]
            }
        }
    }

    fn load_balancers(
        &mut self,
        entry: SectionRef<'a, Config>,
        target: &'a BalancerShares,
        edge: &Edge,
        topics: &Topics<'_>,
    ) -> Vec<Network<'a>> {
        let config = self.stack.balancer.resolve(&target.name);
        let standing = edge.balancers.get(&target.name).iter();
        let services = self.stack.serving(target.name.name()).first();
        let path = services.map(|service| self.stack.service.resolve(service).health_path());
        let networks = config.networks.iter().zip(standing);
        networks
            .map(|(network, (_, balancer))| Network {
                label: network.name().as_str(),
                share: target.of(network, &config.networks),
                to: AliasTarget {
                    name: balancer.load_balancer.dns_name(),
                    zone_id: balancer.load_balancer.zone_id(),
                },
                probe: match (config.scheme, path) {
                    (Scheme::InternetFacing, Some(path)) => Probe::Endpoint(Endpoint {
                        host: balancer.load_balancer.dns_name(),
                        port: Port::constant::<HTTPS_PORT>(),
                        path,
                    }),
                    _ => self.alarms_of(entry, network, balancer, topics),
                },
            })
            .collect()
    }

    /// The health of a load balancer that nothing on the internet reaches: each service that takes
    /// requests has a healthy target in the version that most of them go to.
    fn alarms_of(
        &mut self,
        entry: SectionRef<'a, Config>,
        network: &Ref<NetworkConfig>,
        balancer: &Balancer,
        topics: &Topics<'_>,
    ) -> Probe<'a> {
        let region = self.stack.network.resolve(network).region;
        let told = topics.about(About::SystemErrors, region);
        let serving = self
            .stack
            .serving(entry.config().balancer(self.stack).name());
        let suffix = balancer.load_balancer.arn_suffix();
        let mut alarms: Vec<AlarmHandle> = Vec::new();
        for service in serving {
            let release = self.stack.release_of(service.name());
            let leading = side(service.name(), release.map(Release::leading));
            let Some(group) = balancer.group(&leading) else {
                continue;
            };
            let subject = format!("dns-{}-{}-{service}", entry.physical_name_key(), network);
            let context = self.context;
            let scope = self.alarm_scope("dns", entry.construct_id(), region);
            let mut scope = scope
                .into_child(network.to_string())
                .into_child(service.to_string());
            let group = group.arn_suffix();
            alarms.push(alarms::add_no_healthy_targets_alarm(
                &mut scope, &context, &subject, &suffix, &group, &told,
            ));
        }
        Probe::Alarms { alarms, region }
    }
}
