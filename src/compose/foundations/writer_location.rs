//! Clusters on which the writer of a database can be, for its clients.

use crate::compose::queries::payment_code::networks_using;
use crate::config::{Database as DatabaseConfig, Network as NetworkConfig, Ref, Stack};
use crate::constructs::core::SectionRef;
use crate::constructs::data::database::{ClusterLocation, Database};
use crate::terraform::tree::Value;

/// The clusters to which clients connect: the secondary cluster only if payment code runs in its region. Otherwise the
/// loss of the first region stops the code as well, and a secondary cluster is a copy of the data.
pub(crate) fn client_clusters(
    stack: &Stack,
    section: SectionRef<'_, DatabaseConfig>,
    database: &Database,
) -> impl Iterator<Item = ClusterLocation> {
    let follows = clients_follow_writer(stack, section);
    let number = if follows { usize::MAX } else { 1 };
    database.clusters().take(number)
}

/// The hosts of these clusters, if there are several.
pub(crate) fn client_hosts(
    stack: &Stack,
    section: SectionRef<'_, DatabaseConfig>,
    database: &Database,
) -> Option<[Value<String>; 2]> {
    database
        .writer_hosts()
        .filter(|_| clients_follow_writer(stack, section))
}

fn clients_follow_writer(stack: &Stack, section: SectionRef<'_, DatabaseConfig>) -> bool {
    let region_of = |network: &Ref<NetworkConfig>| stack.network.resolve(network).region;
    section
        .aurora()
        .secondary
        .as_ref()
        .is_some_and(|secondary| {
            let networks = networks_using(stack, section);
            let region = region_of(&secondary.network);
            networks.iter().any(|network| region_of(network) == region)
        })
}
