//! TODO

use crate::compose::composer::Composer;
use crate::compose::foundations::networks::Networks;
use crate::config::{Credentials, Database as DatabaseConfig};
use crate::constructs::core::SectionMap;
use crate::constructs::data::database;
use crate::constructs::data::database::{Database, MasterSecret, Secondary, Site};
use crate::constructs::network::vpc::Network;
use crate::constructs::security::kms_key::{DataClass, KmsKey};

pub(crate) type Databases = SectionMap<DatabaseConfig, Database>;

pub(crate) fn add(composer: &mut Composer<'_>, networks: &Networks) -> Databases {
    SectionMap::build(&composer.stack.database, |entry| {
        let aurora = entry.aurora();
        let primary = site_keys(composer, networks.get(&aurora.network));
        let replica = aurora.secondary.as_ref().map(|replica| {
            let network = networks.get(&replica.network);
            let provider = composer.root.in_region(network.region.as_str()).provider();
            (site_keys(composer, network), provider)
        });
        let region = primary.network.region;
        let secrets_key;
        let secret = match &aurora.credentials {
            Credentials::Existing(secret) => {
                MasterSecret::Existing(composer.stack.existing.secret.resolve(secret))
            }
            Credentials::Rotated(_) => {
                secrets_key = composer.key(DataClass::Secrets, region);
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
            capacity: composer.capacity(),
        };
        let mut root = composer.root.in_region(region.as_str());
        Database::new(
            &mut entry.scope(&mut root),
            &composer.context,
            entry,
            inputs,
        )
    })
}

fn site_keys<'n>(composer: &mut Composer<'_>, network: &'n Network) -> SiteKeys<'n> {
    SiteKeys {
        network,
        database: composer.key(DataClass::Database, network.region),
        logs: composer.key(DataClass::Logs, network.region),
    }
}

/// A network and the keys of its region.
struct SiteKeys<'n> {
    network: &'n Network,
    database: KmsKey,
    logs: KmsKey,
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
