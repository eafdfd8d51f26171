//! Replicas of a database's secrets in other regions.

use std::collections::BTreeSet;

use crate::compose::composer::Composer;
use crate::compose::queries::payment_code::networks_using;
use crate::config::Database as DatabaseConfig;
use crate::constructs::core::SectionRef;
use crate::constructs::security::kms_key::DataClass;
use crate::constructs::security::secret::SecretReplica;
use crate::newtypes::Region;

/// The replicas of each secret of a database: one in each other region with payment code that uses the database. After the
/// loss of a region, the code of the others still has the credentials.
pub(crate) fn secret_replicas(
    composer: &mut Composer<'_>,
    database: SectionRef<'_, DatabaseConfig>,
) -> Vec<SecretReplica> {
    let networks = networks_using(composer.stack, database);
    let region_of = |network| composer.stack.network.resolve(network).region;
    let home = region_of(&database.aurora().network);
    let mut regions: BTreeSet<Region> = networks.iter().map(region_of).collect();
    regions.remove(&home);
    let regions = regions.into_iter();
    regions
        .map(|region| SecretReplica {
            region,
            key: composer.key(DataClass::Secrets, region),
        })
        .collect()
}
