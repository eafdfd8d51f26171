//! Security group rules for access to databases: from other networks, and from functions.

use crate::compose::composer::Composer;
use crate::compose::foundations::connectivity::Connectivity;
use crate::compose::foundations::databases::Databases;
use crate::compose::foundations::networks::Networks;
use crate::compose::foundations::writer_location::client_clusters;
use crate::compose::queries::payment_code::networks_using;
use crate::compose::queries::sources::SourceEndpoint;
use crate::constructs::compute::function::Function;
use crate::constructs::core::SectionRef;
use crate::constructs::data::database::ClusterLocation;
use crate::constructs::network::security_group_rules::{allow, allow_from_cidr, allow_to_cidr};
use crate::terraform::tree::{ConstructId, Scope};

/// Allows each network with payment code that uses a database, and the network of its rotation, into the clusters in
/// other networks. AWS rejects a second equal rule, so there is one for each network.
pub(crate) fn add_cross_network_ingress(
    composer: &mut Composer<'_>,
    networks: &Networks,
    databases: &Databases,
    connectivity: &mut Connectivity,
) {
    for section in SectionRef::all(&composer.stack.database) {
        let database = databases.of(section);
        let mut clients = networks_using(composer.stack, section);
        clients.insert(section.aurora().network.clone());
        for cluster in client_clusters(composer.stack, section, database) {
            let group = cluster.placement.security_group.id();
            for client in &clients {
                let network = networks.get(client);
                if network.vpc == cluster.placement.vpc {
                    continue;
                }
                let client_section = SectionRef::resolve(&composer.stack.network, client);
                let id = cluster.construct_id(&client_section.construct_id());
                let mut root = composer.root.in_region(cluster.region.as_str());
                let mut scope = section.scope(&mut root);
                let why = "Payment code in another VPC of the stack";
                let (cidr, group) = (network.cidr, group.clone());
                let rule = allow_from_cidr(&mut scope, id, cidr, group, database.port, why);
                connectivity.extend(client, [rule]);
            }
        }
    }
}

/// Allows a function to connect to source databases.
pub(crate) fn allow_to_sources(
    scope: &mut Scope<'_>,
    function: Function,
    endpoints: &[SourceEndpoint],
) {
    if let Some(placement) = function.placement() {
        let why = "Lambda function to source database";
        for SourceEndpoint { id, cidr, port } in endpoints {
            allow_to_cidr(
                scope,
                id.clone(),
                *cidr,
                placement.security_group.id(),
                *port,
                why,
            );
        }
    }
}

/// Allows a function to connect to `cluster` of a database of the stack.
pub(crate) fn allow_to_cluster(
    scope: &mut Scope<'_>,
    function: Function,
    id: ConstructId,
    cluster: ClusterLocation,
    port: u16,
) {
    if let Some(placement) = function.placement() {
        let why = "Lambda function to database";
        allow(scope, id, placement, cluster.placement, port, why);
    }
}
