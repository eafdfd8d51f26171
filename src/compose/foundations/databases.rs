//! Databases of the stack file.

use crate::compose::composer::Composer;
use crate::compose::foundations::networks::Networks;
use crate::compose::foundations::secret_replicas::secret_replicas;
use crate::compose::phase::database_size;
use crate::config::{Credentials, Database as DatabaseConfig};
use crate::constructs::core::SectionMap;
use crate::constructs::data::database::{
    ChangeLog, ClusterDeps, Database, DatabaseProps, MasterSecret, SecondaryProps,
};
use crate::constructs::network::vpc::Network;
use crate::constructs::security::kms_key::DataClass;

pub(crate) type Databases = SectionMap<DatabaseConfig, Database>;

pub(crate) fn add(composer: &mut Composer<'_>, networks: &Networks) -> Databases {
    SectionMap::build(&composer.stack.database, |section| {
        let aurora = section.aurora();
        let primary = cluster_deps(composer, networks.get(&aurora.network));
        let secondary = aurora.secondary.as_ref().map(|secondary| {
            let network = networks.get(&secondary.network);
            let provider = composer.root.in_region(network.region.as_str()).provider();
            (cluster_deps(composer, network), provider)
        });
        let region = primary.network.region;
        let replicas;
        let secret = match &aurora.credentials {
            Credentials::Existing(secret) => {
                MasterSecret::Existing(composer.stack.existing.secret.resolve(secret))
            }
            Credentials::Rotated(_) => {
                replicas = secret_replicas(composer, section);
                MasterSecret::New {
                    key: composer.key(DataClass::Secrets, region),
                    replicas: &replicas,
                }
            }
        };
        let props = DatabaseProps {
            section,
            primary,
            secondary: secondary.map(|(deps, provider)| SecondaryProps { deps, provider }),
            secret,
            size: database_size(composer.target.phase),
            change_log: if composer.stack.is_replicated(section.key()) {
                ChangeLog::Logical
            } else {
                ChangeLog::Off
            },
        };
        let mut root = composer.root.in_region(region.as_str());
        Database::new(&mut section.scope(&mut root), &composer.context, props)
    })
}

fn cluster_deps<'n>(composer: &mut Composer<'_>, network: &'n Network) -> ClusterDeps<'n> {
    ClusterDeps {
        network,
        database_key: composer.key(DataClass::Database, network.region),
        logs_key: composer.key(DataClass::Logs, network.region),
    }
}
