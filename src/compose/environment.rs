//! A declared environment: the system in one of its phases.

use std::collections::BTreeMap;

use super::alarms::Watched;
use super::dashboards::Shown;
use super::edge::Behind;
use super::fargate::On as Serving;
use super::hands::On;
use super::outputs::Made;
use super::uses::Stores;
use crate::config::{
    Credentials, Database as DatabaseConfig, ExistingVpc as ExistingVpcConfig,
    Network as NetworkConfig, Phase, Stack, Stage, Transit as TransitConfig,
};
use crate::constructs::account::terraform_state::identity_guard;
use crate::constructs::compute::function::Artifacts;
use crate::constructs::compute::image::Images;
use crate::constructs::core::{Account, Context, SectionMap, SectionRef};
use crate::constructs::data::database::{self, Capacity, Database, MasterSecret, Secondary, Site};
use crate::constructs::data::parameters::parameters;
use crate::constructs::dns::zone::Zones;
use crate::constructs::ingress::waf::Waf;
use crate::constructs::network::existing_vpc::ExistingVpc;
use crate::constructs::network::transit::{self, Member, Peer, Transit, peer};
use crate::constructs::network::vpc::Network;
use crate::constructs::security::certificate::Certificates;
use crate::constructs::security::kms_key::{DataClass, Key, Keys};
use crate::naming::Names;
use crate::newtypes::{Key as Name, Region, RetentionDays};
use crate::terraform::tree::{NodeId, Scope, Tree};

/// The names of an environment, and of what keeps its state.
#[derive(Clone, Copy)]
pub(super) struct Naming<'a> {
    pub(super) own: &'a Names,
    /// None where states are local.
    pub(super) bootstrap: Option<&'a Names>,
}

/// Adds the system of `stack`, as it stands at `stage`, to `tree`.
///
/// What shares requests between the old system and the new is returned, where the configuration owns it.
pub(super) fn compose(
    tree: &mut Tree,
    naming: Naming<'_>,
    stack: &Stack,
    stage: &Stage,
) -> Vec<NodeId> {
    let mut composer = begin(tree, naming, stack, stage);
    let networks = composer.networks();
    let legacy = composer.existing_vpcs();
    let transits = composer.transits(&networks, &legacy);
    composer.resolvers(&networks);
    composer.child_zones();
    let topics = composer.topics();
    composer.budget(&topics);
    let databases = composer.databases(&networks);
    let replications = composer.replications(&networks, &databases, &topics);
    composer.admissions(&networks, &databases);
    composer.open_old_systems(&networks, &databases, &legacy);
    let secrets = composer.application_secrets(&databases);
    let rotations = composer.rotations(&networks, &databases, &secrets, &replications);
    let buckets = composer.buckets();
    let bucket_replicas = composer.bucket_replicas(&buckets);
    let tables = composer.tables();
    let stores = Stores {
        databases: &databases,
        secrets: &secrets,
        buckets: &buckets,
        tables: &tables,
    };
    let functions = composer.functions(&networks, stores);
    let authorizers = composer.authorizers();
    let edge = composer.edge(Behind {
        networks: &networks,
        functions: &functions,
        authorizers: &authorizers,
    });
    let fleets = composer.fleets(&networks, &edge, stores);
    let tasks = composer.tasks(Serving {
        networks: &networks,
        stores,
        edge: &edge,
        topics: &topics,
    });
    let dns = composer.dns(&edge, &topics);
    composer.audit(&buckets, &bucket_replicas, &tables);
    parameters(&mut composer.root, &composer.context, &stack.parameters);
    let suffering = composer.alarms(
        Watched {
            databases: &databases,
            rotations: &rotations,
            functions: &functions,
            replications: &replications,
            authorizers: &authorizers,
            edge: &edge,
            fleets: &fleets,
            tables: &tables,
            bucket_replicas: &bucket_replicas,
            tasks: &tasks,
            dns: &dns,
        },
        &topics,
    );
    let on = On {
        networks: &networks,
        databases: &databases,
        secrets: &secrets,
        replications: &replications,
        buckets: &buckets,
        topics: &topics,
        edge: &edge,
        suffering: &suffering,
    };
    composer.withdrawal(&dns, &suffering.entry, &topics);
    let workflows = composer.workflows(on);
    let runbook = composer.runbooks(on);
    let dashboard = composer.dashboards(Shown {
        databases: &databases,
        fleets: &fleets,
        tables: &tables,
        bucket_replicas: &bucket_replicas,
        functions: &functions,
        replications: &replications,
        edge: &edge,
        tasks: &tasks,
        dns: &dns,
        workflows: &workflows,
    });
    composer.other_states();
    composer.outputs(Made {
        networks: &networks,
        transits: &transits,
        databases: &databases,
        replications: &replications,
        buckets: &buckets,
        tables: &tables,
        functions: &functions,
        edge: &edge,
        dns: &dns,
        workflows: &workflows,
        runbook: &runbook,
        topics: &topics,
        dashboard: dashboard.as_ref(),
    });
    composer.weights(&edge, &dns)
}

/// A composer that has made nothing yet but the guard of the state.
fn begin<'a>(
    tree: &'a mut Tree,
    naming: Naming<'a>,
    stack: &'a Stack,
    stage: &'a Stage,
) -> Composer<'a> {
    let names = naming.own;
    let mut root = tree.root();
    identity_guard(&mut root, &names.identity(&stack.stack));
    let account = Account::new(&mut root);
    Composer {
        stack,
        stage,
        bootstrap: naming.bootstrap,
        context: Context {
            names,
            protection: stage.protection,
            account,
        },
        keys: Keys::default(),
        artifacts: BTreeMap::new(),
        images: Images::default(),
        zones: Zones::default(),
        certificates: Certificates::default(),
        wafs: BTreeMap::new(),
        root,
    }
}

/// Composes one environment. Each family of constructs has its file of methods beside this one.
pub(super) struct Composer<'a> {
    pub(super) stack: &'a Stack,
    pub(super) stage: &'a Stage,
    /// The names of the environment `bootstrap`, which keeps the state; none where states are local.
    pub(super) bootstrap: Option<&'a Names>,
    pub(super) context: Context<'a>,
    pub(super) keys: Keys,
    pub(super) artifacts: BTreeMap<Region, Artifacts>,
    pub(super) images: Images,
    pub(super) zones: Zones,
    pub(super) certificates: Certificates,
    /// By section and region.
    pub(super) wafs: BTreeMap<(Name, Region), Waf>,
    pub(super) root: Scope<'a>,
}

pub(super) type Networks = SectionMap<NetworkConfig, Network>;
pub(super) type Transits = SectionMap<TransitConfig, Transit>;
pub(super) type Databases = SectionMap<DatabaseConfig, Database>;
/// None in phase `production`, which drops what was imported of the old system.
pub(super) type ExistingVpcs = Option<LookedUp>;
pub(super) type LookedUp = SectionMap<ExistingVpcConfig, ExistingVpc>;

impl Composer<'_> {
    fn networks(&mut self) -> Networks {
        SectionMap::build(&self.stack.network, |entry| {
            let logs_key = self.key(DataClass::Logs, entry.region);
            let mut root = self.root.in_region(entry.region.as_str());
            Network::new(&mut entry.scope(&mut root), &self.context, entry, logs_key)
        })
    }

    fn existing_vpcs(&mut self) -> ExistingVpcs {
        (self.stage.phase != Phase::Production).then(|| {
            SectionMap::build(&self.stack.existing.vpc, |entry| {
                let mut root = self.root.in_region(entry.region.as_str());
                ExistingVpc::new(&mut entry.scope(&mut root), entry)
            })
        })
    }

    fn transits(&mut self, networks: &Networks, existing: &ExistingVpcs) -> Transits {
        let transits = SectionMap::build(&self.stack.transit, |entry| {
            let region = self.transit_region(entry);
            let members = self.members(entry, networks, existing);
            let inputs = transit::Inputs {
                logs_key: self.key(DataClass::Logs, region),
                existing: &self.stack.existing,
            };
            let mut root = self.root.in_region(region.as_str());
            let mut scope = entry.scope(&mut root);
            Transit::new(&mut scope, &self.context, entry, region, members, inputs)
        });
        for entry in SectionRef::all(&self.stack.transit) {
            for to in &entry.peers {
                let accepter = SectionRef::resolve(&self.stack.transit, to);
                let requester = self.peer_of(entry, &transits);
                let id = accepter.construct_id();
                let accepter = self.peer_of(accepter, &transits);
                let mut root = self.root.in_region(requester.transit.region.as_str());
                let mut scope = entry.scope(&mut root);
                peer(&mut scope, &self.context, id, requester, accepter);
            }
        }
        transits
    }

    fn peer_of<'t>(
        &mut self,
        entry: SectionRef<'t, TransitConfig>,
        transits: &'t Transits,
    ) -> Peer<'t> {
        let transit = transits.of(entry);
        Peer {
            transit,
            provider: self.root.in_region(transit.region.as_str()).provider(),
            identity: entry.physical_name_key(),
        }
    }

    /// The region of the networks that a gateway connects: loading sees to it that they share one.
    pub(super) fn transit_region(&self, entry: SectionRef<'_, TransitConfig>) -> Region {
        let first = entry.networks.first();
        first.map_or(self.stack.primary_region(), |network| {
            self.stack.network.resolve(network).region
        })
    }

    fn members(
        &self,
        entry: SectionRef<'_, TransitConfig>,
        networks: &Networks,
        existing: &ExistingVpcs,
    ) -> Vec<Member> {
        let own = entry.networks.iter().map(|network| {
            let section = SectionRef::resolve(&self.stack.network, network);
            networks.get(network).member(section)
        });
        let existing = existing.iter().flat_map(|existing| {
            entry.existing.iter().map(|vpc| {
                let section = SectionRef::resolve(&self.stack.existing.vpc, vpc);
                existing.get(vpc).member(section)
            })
        });
        own.chain(existing).collect()
    }

    fn databases(&mut self, networks: &Networks) -> Databases {
        SectionMap::build(&self.stack.database, |entry| {
            let aurora = entry.aurora();
            let primary = self.site_keys(networks.get(&aurora.network));
            let replica = aurora.replica.as_ref().map(|replica| {
                let network = networks.get(&replica.network);
                let provider = self.root.in_region(network.region.as_str()).provider();
                (self.site_keys(network), provider)
            });
            let region = primary.network.region;
            let secrets_key;
            let secret = match &aurora.credentials {
                Credentials::Existing(secret) => {
                    MasterSecret::Existing(self.stack.existing.secret.resolve(secret))
                }
                Credentials::Rotated(_) => {
                    secrets_key = self.key(DataClass::Secrets, region);
                    MasterSecret::New(secrets_key)
                }
            };
            let inputs = database::Inputs {
                primary: primary.site(),
                secondary: replica.as_ref().map(|(keys, provider)| Secondary {
                    site: keys.site(),
                    provider: *provider,
                }),
                secret,
                capacity: self.capacity(),
            };
            let mut root = self.root.in_region(region.as_str());
            Database::new(&mut entry.scope(&mut root), &self.context, entry, inputs)
        })
    }

    fn site_keys<'n>(&mut self, network: &'n Network) -> SiteKeys<'n> {
        SiteKeys {
            network,
            database: self.key(DataClass::Database, network.region),
            logs: self.key(DataClass::Logs, network.region),
        }
    }

    pub(super) fn key(&mut self, class: DataClass, region: Region) -> Key {
        self.keys.get(&mut self.root, &self.context, class, region)
    }

    /// How long log groups are kept.
    pub(super) fn retention(&self) -> RetentionDays {
        let audit = self.stack.audit.as_ref();
        audit.map_or_else(RetentionDays::pci, |audit| audit.log_retention)
    }

    /// Whether payments run on AWS, or may.
    pub(super) fn computes(&self) -> bool {
        self.stage.phase != Phase::Legacy
    }

    fn capacity(&self) -> Capacity {
        match self.stage.phase {
            Phase::Legacy => Capacity::Pilot,
            Phase::Migration | Phase::Production => Capacity::Full,
        }
    }
}

/// A network and the keys of its region.
struct SiteKeys<'n> {
    network: &'n Network,
    database: Key,
    logs: Key,
}

impl SiteKeys<'_> {
    fn site(&self) -> Site<'_> {
        Site {
            network: self.network,
            database_key: self.database,
            logs_key: self.logs,
        }
    }
}
