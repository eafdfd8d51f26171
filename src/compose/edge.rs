//! Where requests arrive: certificates, load balancers, APIs, web ACLs, and who moves the share of the
//! new system.

use super::authorizers::Authorizers;
use super::environment::{Composer, Networks};
use super::functions::Functions;
use crate::aws;
use crate::aws::data;
use crate::config::{
    Api as ApiConfig, Balancer as BalancerConfig, BalancerIn, Certificate, Colour, DnsTarget,
    Network as NetworkConfig, Owner, Phase, Ref, RequestedCertificate, Scheme, Service, Split,
    Traffic, Waf as WafConfig,
};
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::dns::zone::Zone;
use crate::constructs::ingress::api::{self, Api, Authorization, AuthorizerFunction};
use crate::constructs::ingress::balancer::{
    self, Balancer, Listening, Share, Side, Targets, weights,
};
use crate::constructs::ingress::waf::Waf;
use crate::constructs::migration::migration_state::{self, Demand, Writer};
use crate::constructs::network::security_group_rules::{HTTPS_PORT, allow_from_cidr};
use crate::constructs::security::kms_key::DataClass;
use crate::diagnostic::Diagnostic;
use crate::newtypes::{Key as Name, Percent, Region};
use crate::terraform::tree::{Handle, Value};

/// The APIs; none where loading should have refused a load balancer that is unfit for one.
pub(super) type Apis = SectionMap<ApiConfig, Option<Api>>;
/// The load balancers of each section, by the network that they stand in.
pub(super) type Balancers = SectionMap<BalancerConfig, Vec<(Name, Balancer)>>;

/// What requests arrive at.
pub(super) struct Edge {
    pub(super) balancers: Balancers,
    pub(super) apis: Apis,
}

impl Edge {
    /// The load balancer of a section that stands in `network`, or in the first of its networks.
    pub(super) fn balancer(&self, at: &BalancerIn) -> Option<&Balancer> {
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
    pub(super) fn target_group(
        &self,
        service: &Ref<Service>,
        leading: Option<Colour>,
    ) -> Option<Value<String>> {
        let side = side(service.name(), leading);
        let balancers = self.balancers.iter().flat_map(|(_, there)| there);
        let mut groups = balancers.filter_map(|(_, balancer)| balancer.group(&side));
        groups.next().map(Handle::<aws::LbTargetGroup>::arn)
    }

    /// What requests reach a version of a service by, in one of its networks.
    pub(super) fn served(
        &self,
        service: &Name,
        colour: Option<Colour>,
        network: &Name,
    ) -> impl Iterator<Item = (&Name, &Balancer, Handle<aws::LbTargetGroup>)> {
        let side = side(service, colour);
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
pub(super) struct Behind<'a> {
    pub(super) networks: &'a Networks,
    pub(super) functions: &'a Functions,
    pub(super) authorizers: &'a Authorizers,
}

impl<'a> Composer<'a> {
    /// What requests arrive at: in every phase, since callers have written it down.
    pub(super) fn edge(&mut self, behind: Behind<'_>) -> Edge {
        self.runtime_values();
        let balancers = SectionMap::build(&self.stack.balancer, |entry| {
            let networks = entry.config().networks.iter();
            networks
                .map(|network| {
                    let balancer = self.balancer(entry, network, behind);
                    (network.name().clone(), balancer)
                })
                .collect()
        });
        let apis = SectionMap::build(&self.stack.api, |entry| self.api(entry, &balancers, behind));
        Edge { balancers, apis }
    }

    fn balancer(
        &mut self,
        entry: SectionRef<'a, BalancerConfig>,
        network: &'a Ref<NetworkConfig>,
        behind: Behind<'_>,
    ) -> Balancer {
        let place = SectionRef::resolve(&self.stack.network, network);
        let network = behind.networks.get(network);
        let certificate = match &entry.config().certificate {
            Certificate::Arn(arn) => arn.to_string().into(),
            Certificate::Requested(requested) => self.certificate(requested, network.region),
        };
        let waf = entry.config().waf.as_ref();
        let waf = waf.map(|waf| self.waf(waf, network.region));
        let private = entry.scheme == Scheme::Internal && !self.is_behind_api(entry);
        let shares = self.shares(entry, behind);
        let split = self.split_at(entry);
        let owner = split.map_or(Owner::Configuration, |traffic| traffic.owner);
        let mut root = self.root.in_region(network.region.as_str());
        let mut scope = entry.scope(&mut root);
        let deliverer = scope
            .child("log-delivery")
            .add(network.region.short(), data::ElbServiceAccount::new());
        let inputs = balancer::Inputs {
            network,
            certificate,
            deliverer: deliverer.arn(),
            shares,
            owner,
        };
        let mut scope = scope.into_child(place.construct_id());
        let balancer = Balancer::new(&mut scope, &self.context, entry, inputs);
        if private {
            let group = balancer.placement.security_group.id();
            let why = "Callers in the network";
            allow_from_cidr(&mut scope, "network", network.cidr, group, HTTPS_PORT, why);
        }
        if let Some(waf) = waf {
            waf.protect(&mut scope, balancer.load_balancer.arn());
        }
        balancer
    }

    /// What shares the requests of a load balancer: the old system where `[traffic]` splits them here, and
    /// each service, in two colours where it is released.
    fn shares(&self, entry: SectionRef<'a, BalancerConfig>, behind: Behind<'_>) -> Vec<Share<'a>> {
        let split = self.split_at(entry);
        let mut shares = Vec::new();
        let mut parts = Vec::new();
        let mut add = |side, targets, part| {
            parts.push(part);
            shares.push((side, targets));
        };
        let new = self.stack.serving(entry.key());
        let percent = split.map_or(Percent::ALL, |_| self.stage.traffic);
        if let Some(traffic) = split {
            let services = u32::try_from(new.len()).unwrap_or(u32::MAX);
            let old = self.stack.existing.http.resolve(&traffic.old);
            let part = u32::from(percent.rest().get()) * services;
            add(Side::Old, Targets::Existing(old), part * WHOLE);
        }
        for service in &entry.config().services {
            let percent = if new.contains(service) {
                percent
            } else {
                Percent::NONE
            };
            let part = |share: Percent| u32::from(percent.get()) * u32::from(share.get());
            let name = service.name().clone();
            let mut add = |colour, share| {
                let targets = self.targets(service, colour, behind);
                add(side(&name, colour), targets, part(share));
            };
            match self.stack.release_of(&name) {
                None => add(None, Percent::ALL),
                Some(release) => {
                    add(Some(Colour::Blue), release.green_percent.rest());
                    add(Some(Colour::Green), release.green_percent);
                }
            }
        }
        std::iter::zip(shares, weights(&parts))
            .map(|((side, targets), weight)| Share {
                side,
                targets,
                weight,
            })
            .collect()
    }

    /// Whether an API leads to a load balancer, which then admits nobody else.
    fn is_behind_api(&self, entry: SectionRef<'_, BalancerConfig>) -> bool {
        let mut apis = self.stack.api.iter();
        apis.any(|(_, api)| api.balancer.name() == entry.key())
    }

    fn targets(
        &self,
        service: &'a Ref<Service>,
        colour: Option<Colour>,
        behind: Behind<'_>,
    ) -> Targets<'a> {
        match self.stack.service.resolve(service) {
            Service::Fargate(tasks) => Targets::Tasks(Listening {
                port: tasks.port,
                health_path: &tasks.health_path,
            }),
            Service::Instances(instances) => Targets::Instances(Listening {
                port: instances.port,
                health_path: &instances.health_path,
            }),
            Service::Function(service) => Targets::Function {
                health_path: &service.health_path,
                target: behind
                    .functions
                    .get(&service.function)
                    .as_ref()
                    .and_then(|colours| colours.of(colour).target(colour)),
            },
        }
    }

    /// `[traffic]`, where it splits requests at this load balancer.
    fn split_at(&self, entry: SectionRef<'_, BalancerConfig>) -> Option<&'a Traffic> {
        let traffic = self.stack.traffic.as_ref()?;
        let here = matches!(&traffic.at, Split::Balancer(at) if at.name() == entry.key());
        here.then_some(traffic)
    }

    fn api(
        &mut self,
        entry: SectionRef<'a, ApiConfig>,
        balancers: &Balancers,
        behind: Behind<'_>,
    ) -> Option<Api> {
        let config = SectionRef::resolve(&self.stack.balancer, &entry.balancer);
        let (network, (_, balancer)) = config.networks.first().zip(balancers.of(config).first())?;
        let Certificate::Requested(RequestedCertificate { name: host, .. }) = &config.certificate
        else {
            return None;
        };
        let network = behind.networks.get(network);
        let domain = entry.config().domain.as_ref().map(|requested| {
            let certificate = self.certificate(requested, network.region);
            (&requested.name, certificate)
        });
        let logs_key = self.stack.account.api_gateway.is_some();
        let logs_key = logs_key.then(|| self.key(DataClass::Logs, network.region));
        let waf = entry.config().waf.as_ref();
        let waf = waf.map(|waf| self.waf(waf, network.region));
        let authorization = match behind.authorizers.of(entry) {
            None => Authorization::Iam,
            Some(guard) => Authorization::Custom(AuthorizerFunction {
                function_name: guard.authorizer.name(),
                qualifier: None,
                invoke_arn: guard.authorizer.invoke_arn(),
            }),
        };
        let zone = entry
            .config()
            .domain
            .as_ref()
            .map(|requested| self.zone(requested));
        let in_dns = self.has_name(entry);
        let mut root = self.root.in_region(network.region.as_str());
        let mut scope = entry.scope(&mut root);
        if logs_key.is_none() {
            scope.report(
                Diagnostic::warning("the API has no access log")
                    .at(scope.route())
                    .help("write `api_gateway = \"exists\"` in [account], or `\"create\"` to let the environment `bootstrap` make the role"),
            );
        }
        let inputs = api::Inputs {
            network,
            balancer,
            host,
            authorization,
            logs_key,
            domain,
        };
        let api = Api::new(&mut scope, &self.context, entry, inputs);
        if let Some(waf) = waf {
            waf.protect(&mut scope, api.stage.arn());
        }
        if let (Some(requested), Some(zone), Some(target), false) =
            (&entry.domain, zone, &api.domain, in_dns)
        {
            zone.lead(&mut scope, &requested.name, target.clone());
        }
        Some(api)
    }

    /// Whether a section of `[dns]` makes the records of the API's own name.
    fn has_name(&self, entry: SectionRef<'_, ApiConfig>) -> bool {
        self.stack
            .dns
            .iter()
            .any(|(_, dns)| matches!(&dns.to, DnsTarget::Api(api) if api.name() == entry.key()))
    }

    fn certificate(
        &mut self,
        requested: &'a RequestedCertificate,
        region: Region,
    ) -> Value<String> {
        let zone = self.zone(requested);
        let root = &mut self.root;
        self.certificates.get(root, &requested.name, zone, region)
    }

    fn zone(&mut self, requested: &'a RequestedCertificate) -> Zone {
        let entry = SectionRef::resolve(&self.stack.existing.zone, &requested.zone);
        self.zones.answering(&mut self.root, entry, &requested.name)
    }

    fn waf(&mut self, waf: &'a Ref<WafConfig>, region: Region) -> Waf {
        let entry = SectionRef::resolve(&self.stack.waf, waf);
        let logs_key = self.key(DataClass::Logs, region);
        *self
            .wafs
            .entry((entry.key().clone(), region))
            .or_insert_with(|| {
                let mut root = self.root.in_region(region.as_str());
                let mut scope = entry.scope(&mut root).into_child(region.short());
                Waf::new(&mut scope, &self.context, entry, logs_key)
            })
    }

    /// The parameters that the migration keeps what it knows in.
    fn runtime_values(&mut self) {
        let (writer, share) = match self.stage.phase {
            // The target shrinks to a pilot light: it must not be what takes writes.
            Phase::Legacy => (Some(Writer::Source), Some(Percent::NONE)),
            Phase::Migration => (None, None),
            // The way back is given up.
            Phase::Production => (Some(Writer::Target), Some(Percent::ALL)),
        };
        let by = match self.stage.phase {
            Phase::Legacy => "phase legacy",
            Phase::Migration => "phase migration",
            Phase::Production => "phase production",
        };
        let mut scope = self.root.child("runtime");
        if !self.stack.replication.is_empty() {
            let demand = writer.map(|value| Demand { value, by });
            let first = writer.unwrap_or(Writer::Source);
            migration_state::writer(&mut scope, &self.context, first, demand);
        }
        // Without a replication no program asks what the configuration's share is.
        let is_read = |owner| owner == Owner::Workflow || !self.stack.replication.is_empty();
        let traffic = self.stack.traffic.as_ref().map(|traffic| traffic.owner);
        if let Some(owner) = traffic.filter(|owner| is_read(*owner)) {
            let demand = share.map(|value| Demand { value, by });
            let planned = self.stage.traffic;
            migration_state::share(&mut scope, &self.context, owner, planned, demand);
        }
    }
}

/// The side of a service's version; the only one is `new`.
pub(super) fn side(service: &Name, colour: Option<Colour>) -> Side {
    let service = service.clone();
    match colour {
        None => Side::New(service),
        Some(Colour::Blue) => Side::Blue(service),
        Some(Colour::Green) => Side::Green(service),
    }
}

/// A whole, in percent.
const WHOLE: u32 = 100;
