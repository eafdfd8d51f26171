//! DMS replications. They are foundations because the rotations need their secrets.

use crate::compose::composer::Composer;
use crate::compose::foundations::connectivity::Connectivity;
use crate::compose::foundations::databases::Databases;
use crate::compose::foundations::networks::Networks;
use crate::compose::foundations::topics::Topics;
use crate::compose::phase::replication_footprint;
use crate::compose::queries::sources::source_cidrs;
use crate::config::{AlertCategory, Replication as ReplicationConfig};
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::replication::{DmsRoles, NetworkRef, Replication, ReplicationProps};
use crate::constructs::security::kms_key::DataClass;

/// Replications by section.
pub(crate) type Replications = SectionMap<ReplicationConfig, Replication>;

/// Adds each replication. Tasks that fail or stop notify the first topic of replication alerts.
pub(crate) fn add(
    composer: &mut Composer<'_>,
    networks: &Networks,
    databases: &Databases,
    topics: &Topics<'_>,
    connectivity: &Connectivity,
) -> Replications {
    let stack = composer.stack;
    if stack.replication.is_empty() {
        return SectionMap::empty();
    }
    let roles = DmsRoles::new(&mut composer.root);
    SectionMap::build(&stack.replication, |section| {
        let replication = section.config();
        let network = NetworkRef {
            network: networks.get(&replication.network),
            config: stack.network.resolve(&replication.network),
        };
        let database_section = SectionRef::resolve(&stack.database, &replication.target);
        let target_network = &database_section.config().aurora().network;
        let region = network.network.region;
        let source_cidrs = source_cidrs(composer.stack, section);
        let alerts = topics.first_topic_for(AlertCategory::Replication, region);
        let alarm_actions = topics.actions_for(AlertCategory::Replication, region);
        let props = ReplicationProps {
            section,
            footprint: replication_footprint(composer.target.phase),
            network,
            database: databases.get(&replication.target),
            database_section,
            database_network: NetworkRef {
                network: networks.get(target_network),
                config: stack.network.resolve(target_network),
            },
            source_cidrs: &source_cidrs,
            connectivity: &connectivity.of(replication.network.name()),
            secrets_key: composer.key(DataClass::Secrets, region),
            storage_key: composer.key(DataClass::Database, region),
            logs_key: composer.key(DataClass::Logs, region),
            roles,
            existing: &stack.existing,
            alert_topic_arn: alerts.as_ref(),
            alarm_actions: &alarm_actions,
        };
        let mut root = composer.root.in_region(region.as_str());
        Replication::new(&mut section.scope(&mut root), &composer.context, props)
    })
}
