//! The code that runs payments: Lambda functions, Fargate services, Auto Scaling services, and the access that
//! each has to the foundations.

mod access;
mod aliases;
pub(super) mod auto_scaling;
pub(super) mod fargate;
mod function_targets;
pub(super) mod functions;
mod ledger_access;

use super::composer::Composer;
use super::foundations::Foundations;
use super::ingress::Ingress;
use auto_scaling::AutoScalingServices;
use fargate::FargateService;
use functions::Functions;

/// The components that run payments.
pub(super) struct Workload<'a> {
    pub(super) functions: Functions,
    pub(super) auto_scaling: AutoScalingServices,
    pub(super) fargate: Vec<FargateService<'a>>,
}

/// Adds the workload, and registers it in the target groups of `ingress`.
pub(super) fn add<'a>(
    composer: &mut Composer<'a>,
    foundations: &Foundations<'_>,
    ingress: &Ingress,
) -> Workload<'a> {
    let functions = functions::add(composer, foundations);
    function_targets::register(composer, ingress, &functions);
    Workload {
        functions,
        auto_scaling: auto_scaling::add(composer, foundations, ingress),
        fargate: fargate::add(composer, foundations, ingress),
    }
}
