//! Replications, and the names of the datacenter that they need.

use std::collections::BTreeSet;

use super::environment::{Composer, Databases, ExistingVpcs, LookedUp, Networks};
use super::operations::Topics;
use crate::config::{Credentials, Phase, Replication as ReplicationConfig, Topic as About};
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::network::resolver;
use crate::constructs::network::security_group_rules::{allow_from_cidr, allow_to_cidr};
use crate::constructs::network::transit::dashed;
use crate::constructs::replication::{Activity, DmsRoles, Home, Inputs, Replicated};
use crate::constructs::security::kms_key::DataClass;
use crate::newtypes::{Cidr, Port};

/// The replications of a system.
pub(super) type Replications = SectionMap<ReplicationConfig, Replicated>;

/// Where a database outside the stack may be.
#[derive(Debug)]
pub(super) struct SourceWay {
    /// Its part of paths.
    pub(super) id: String,
    pub(super) cidr: Cidr,
    pub(super) port: u16,
}

impl Composer<'_> {
    /// Every replication; a topic hears of tasks that fail.
    pub(super) fn replications(
        &mut self,
        networks: &Networks,
        databases: &Databases,
        topics: &Topics<'_>,
    ) -> Replications {
        let stack = self.stack;
        if stack.replication.is_empty() {
            return SectionMap::empty();
        }
        let roles = DmsRoles::new(&mut self.root);
        SectionMap::build(&stack.replication, |entry| {
            let replication = entry.config();
            let home = Home {
                network: networks.get(&replication.network),
                config: stack.network.resolve(&replication.network),
            };
            let database_config = SectionRef::resolve(&stack.database, &replication.target);
            let database_network = &database_config.config().aurora().network;
            let region = home.network.region;
            let source_cidrs = self.source_cidrs(entry);
            let alerts = topics.first_about(About::Replication, region);
            let inputs = Inputs {
                activity: self.activity(),
                home,
                database: databases.get(&replication.target),
                database_config,
                database_home: Home {
                    network: networks.get(database_network),
                    config: stack.network.resolve(database_network),
                },
                source_cidrs: &source_cidrs,
                secrets_key: self.key(DataClass::Secrets, region),
                storage_key: self.key(DataClass::Database, region),
                logs_key: self.key(DataClass::Logs, region),
                roles,
                existing: &stack.existing,
                alerts: alerts.as_ref(),
            };
            let mut root = self.root.in_region(region.as_str());
            Replicated::new(&mut entry.scope(&mut root), &self.context, entry, inputs)
        })
    }

    /// Opens the groups of an old system in AWS while both systems run: its database to what reads and
    /// writes it from here, and the new database to its programs.
    pub(super) fn open_old_systems(
        &mut self,
        networks: &Networks,
        databases: &Databases,
        existing: &ExistingVpcs,
    ) {
        let (Activity::Ready, Some(existing)) = (self.activity(), existing) else {
            return;
        };
        for entry in SectionRef::all(&self.stack.replication) {
            self.open_source(entry, networks, existing);
            self.open_target(entry, databases, existing);
        }
    }

    fn open_source(
        &mut self,
        entry: SectionRef<'_, ReplicationConfig>,
        networks: &Networks,
        existing: &LookedUp,
    ) {
        let Some(group) = &entry.source.security_group else {
            return;
        };
        let vpc = existing.get(&group.vpc);
        let target = SectionRef::resolve(&self.stack.database, &entry.target);
        let port = self.source_port(entry);
        let mut clients = self.users_of(target);
        clients.insert(entry.network.clone());
        if let Credentials::Rotated(_) = entry.source.credentials {
            clients.insert(target.aurora().network.clone());
        }
        for network in &clients {
            let id = SectionRef::resolve(&self.stack.network, network).construct_id();
            let cidr = networks.get(network).cidr;
            let mut root = self.root.in_region(vpc.region.as_str());
            let mut scope = entry.scope(&mut root).into_child("source");
            if let Some(group) = vpc.security_group(&group.name) {
                let why = "Replication and payment code of the new system";
                allow_from_cidr(&mut scope, id, cidr, group, port, why);
            }
        }
    }

    fn open_target(
        &mut self,
        entry: SectionRef<'_, ReplicationConfig>,
        databases: &Databases,
        existing: &LookedUp,
    ) {
        let Some(group) = &entry.source.clients else {
            return;
        };
        let vpc = existing.get(&group.vpc);
        let target = SectionRef::resolve(&self.stack.database, &entry.target);
        let database = databases.of(target);
        let (placement, port) = (database.placement, database.port);
        let why = "Programs of the old system to the new database";
        if let Some(group) = vpc.security_group(&group.name) {
            let mut root = self.root.in_region(vpc.region.as_str());
            let mut scope = entry.scope(&mut root).into_child("clients");
            let id = target.construct_id();
            allow_to_cidr(&mut scope, id, placement.cidr, group, port, why);
        }
        let id = SectionRef::resolve(&self.stack.existing.vpc, &group.vpc).construct_id();
        let mut root = self.root.in_region(database.region.as_str());
        let mut scope = target.scope(&mut root);
        allow_from_cidr(
            &mut scope,
            id,
            vpc.cidr,
            placement.security_group.id(),
            port,
            why,
        );
    }

    /// The port of the database that a replication copies from.
    pub(super) fn source_port(&self, replication: SectionRef<'_, ReplicationConfig>) -> u16 {
        let port = replication.source.port.map(Port::get);
        let target = self.stack.database.resolve(&replication.target);
        port.unwrap_or(target.engine().port())
    }

    /// The names of datacenters, in the networks that reach them, while there is something to reach.
    pub(super) fn resolvers(&mut self, networks: &Networks) {
        if self.activity() == Activity::Dormant {
            return;
        }
        for entry in SectionRef::all(&self.stack.transit) {
            let Some(there) = &entry.config().on_premises else {
                continue;
            };
            let members: Vec<_> = entry
                .networks
                .iter()
                .map(|network| {
                    let section = SectionRef::resolve(&self.stack.network, network);
                    (section, networks.get(network))
                })
                .collect();
            let region = self.transit_region(entry);
            let mut root = self.root.in_region(region.as_str());
            let mut scope = entry.scope(&mut root);
            resolver::resolve(&mut scope, &self.context, entry, there, &members);
        }
    }

    /// The blocks that the source of a replication may be in: what its network reaches by a gateway.
    pub(super) fn source_cidrs(&self, replication: SectionRef<'_, ReplicationConfig>) -> Vec<Cidr> {
        let stack = self.stack;
        let home = replication.network.name();
        let gateways = SectionRef::all(&stack.transit).filter(|gateway| {
            gateway
                .networks
                .iter()
                .any(|network| network.name() == home)
        });
        let reached: BTreeSet<Cidr> = gateways
            .flat_map(|gateway| {
                let gateway = gateway.config();
                let there = gateway.on_premises.iter().flat_map(|there| &there.cidrs);
                let vpcs = gateway.existing.iter();
                let vpcs = vpcs.map(|vpc| stack.existing.vpc.resolve(vpc).cidr);
                there.copied().chain(vpcs)
            })
            .collect();
        reached.into_iter().collect()
    }

    /// The ways to that source, each with its part of paths.
    pub(super) fn ways_to_source(
        &self,
        replication: SectionRef<'_, ReplicationConfig>,
    ) -> Vec<SourceWay> {
        let port = self.source_port(replication);
        let cidrs = self.source_cidrs(replication).into_iter();
        cidrs
            .map(|cidr| SourceWay {
                id: format!("{}-source-{}", replication.key(), dashed(cidr)),
                cidr,
                port,
            })
            .collect()
    }

    /// Replication runs while both systems do.
    pub(super) fn activity(&self) -> Activity {
        match self.stage.phase {
            Phase::Migration => Activity::Ready,
            Phase::Legacy | Phase::Production => Activity::Dormant,
        }
    }
}
