//! Replications, and the names of the datacenter that they need.

use crate::compose::composer::Composer;
use crate::compose::foundations::databases::Databases;
use crate::compose::foundations::networks::Networks;
use crate::compose::foundations::topics::Topics;
use crate::compose::queries::sources::source_cidrs;
use crate::config::{AlertCategory, Replication as ReplicationConfig};
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::replication::{DmsRoles, Home, Inputs, Replicated};
use crate::constructs::security::kms_key::DataClass;

/// The replications of a system.
pub(crate) type Replications = SectionMap<ReplicationConfig, Replicated>;

/// Every replication; a topic hears of tasks that fail.
pub(crate) fn add(
    composer: &mut Composer<'_>,
    networks: &Networks,
    databases: &Databases,
    topics: &Topics<'_>,
) -> Replications {
    let stack = composer.stack;
    if stack.replication.is_empty() {
        return SectionMap::empty();
    }
    let roles = DmsRoles::new(&mut composer.root);
    SectionMap::build(&stack.replication, |entry| {
        let replication = entry.config();
        let home = Home {
            network: networks.get(&replication.network),
            config: stack.network.resolve(&replication.network),
        };
        let database_config = SectionRef::resolve(&stack.database, &replication.target);
        let database_network = &database_config.config().aurora().network;
        let region = home.network.region;
        let source_cidrs = source_cidrs(composer.stack, entry);
        let alerts = topics.first_about(AlertCategory::Replication, region);
        let inputs = Inputs {
            activity: composer.activity(),
            home,
            database: databases.get(&replication.target),
            database_config,
            database_home: Home {
                network: networks.get(database_network),
                config: stack.network.resolve(database_network),
            },
            source_cidrs: &source_cidrs,
            secrets_key: composer.key(DataClass::Secrets, region),
            storage_key: composer.key(DataClass::Database, region),
            logs_key: composer.key(DataClass::Logs, region),
            roles,
            existing: &stack.existing,
            alerts: alerts.as_ref(),
        };
        let mut root = composer.root.in_region(region.as_str());
        Replicated::new(
            &mut entry.scope(&mut root),
            &composer.context,
            entry,
            inputs,
        )
    })
}
