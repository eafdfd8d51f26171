//! Functions as targets of load balancers.

use crate::compose::composer::Composer;
use crate::compose::ingress::Ingress;
use crate::compose::ingress::balancers::target_group_key;
use crate::compose::phase::runs_payment_code;
use crate::config::{Balancer as BalancerConfig, Color, Ref, Service};
use crate::constructs::core::SectionRef;

use super::functions::Functions;

/// Registers the function of each service in the target groups of the service. A load balancer invokes a registered
/// function for its health checks, so none is registered in a phase without payment code.
pub(super) fn register(composer: &mut Composer<'_>, ingress: &Ingress, functions: &Functions) {
    if !runs_payment_code(composer.target.phase) {
        return;
    }
    for section in SectionRef::all(&composer.stack.balancer) {
        for service in &section.config().services {
            register_service(composer, ingress, functions, section, service);
        }
    }
}

fn register_service(
    composer: &mut Composer<'_>,
    ingress: &Ingress,
    functions: &Functions,
    section: SectionRef<'_, BalancerConfig>,
    service: &Ref<Service>,
) {
    let stack = composer.stack;
    let service_section = SectionRef::resolve(&stack.service, service);
    let Service::Function(config) = service_section.config() else {
        return;
    };
    let Some(variants) = functions.get(&config.function) else {
        return;
    };
    let colors = match stack.release_of(service.name()) {
        None => vec![None],
        Some(_) => Color::ALL.map(Some).into(),
    };
    for (network, (_, balancer)) in std::iter::zip(&section.networks, ingress.balancers.of(section))
    {
        let network = SectionRef::resolve(&stack.network, network);
        let mut root = composer.root.in_region(network.region.as_str());
        let mut scope = section.scope(&mut root).into_child(network.construct_id());
        for &color in &colors {
            if let Some(target) = variants.of(color).target(color) {
                balancer.register_function(
                    &mut scope,
                    &target_group_key(service_section, color),
                    &target,
                );
            }
        }
    }
}
