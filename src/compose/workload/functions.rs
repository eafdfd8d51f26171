//! Lambda functions of the stack file, and the access of callers to their callees.

use std::collections::BTreeMap;

use crate::compose::composer::Composer;
use crate::compose::foundations::Foundations;
use crate::compose::phase::runs_payment_code;
use crate::compose::workload::access;
use crate::compose::workload::aliases::Aliases;
use crate::compose::workload::ledger_access;
use crate::config;
use crate::config::{
    Code as CodeConfig, Color, ExistingImage, Function as FunctionConfig, Ref, name_with_color,
};
use crate::constructs::compute::function::{Code, Deletion, Function, FunctionProps};
use crate::constructs::core::{SectionMap, SectionRef, Statement};
use crate::constructs::ingress::balancer::FunctionTarget;
use crate::constructs::observability::transactions;
use crate::lambda_packages::{Program, RequiredActions};
use crate::newtypes::{FunctionVersion, Key};
use crate::terraform::tree::Value;

/// A function, and the aliases that callers invoke.
#[derive(Clone, Copy)]
pub(crate) struct DeployedFunction {
    pub(crate) function: Function,
    pub(crate) aliases: Aliases,
}

/// The variants of one `[function.N]`: one, or a blue and a green one if its image is released. A Lambda function
/// has one image at a time.
#[derive(Clone)]
pub(crate) struct ColorVariants {
    all: Vec<(Option<Color>, DeployedFunction)>,
    most_traffic: DeployedFunction,
}

impl ColorVariants {
    /// The variants, with their colors if there are two.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Option<Color>, DeployedFunction)> {
        self.all.iter().copied()
    }

    /// The variant of a color. A single variant serves every color.
    pub(crate) fn of(&self, color: Option<Color>) -> DeployedFunction {
        let mut all = self.iter();
        all.find(|(have, _)| *have == color)
            .map_or(self.most_traffic, |(_, deployed)| deployed)
    }

    /// The variant that receives most traffic.
    pub(crate) fn most_traffic(&self) -> DeployedFunction {
        self.most_traffic
    }
}

/// Functions by section. None only in a circle of calls, which `config::rules::call_graph` rejects.
pub(crate) type Functions = SectionMap<FunctionConfig, Option<ColorVariants>>;

/// The components that a function uses.
#[derive(Clone, Copy)]
struct FunctionDeps<'a> {
    foundations: &'a Foundations<'a>,
    callees: &'a CalleeAccess,
}

/// Adds the functions in every phase: they cost nothing until they are invoked, and their logs are evidence.
pub(crate) fn add(composer: &mut Composer<'_>, foundations: &Foundations<'_>) -> Functions {
    let mut added: BTreeMap<Key, ColorVariants> = BTreeMap::new();
    for key in composer.stack.callees_first() {
        let mut entries = SectionRef::all(&composer.stack.function);
        let Some(section) = entries.find(|section| section.key() == key) else {
            continue;
        };
        let deps = FunctionDeps {
            foundations,
            callees: &callee_access(composer, section, &added),
        };
        let functions = match &section.config().code {
            CodeConfig::Program(program) => add_program_function(composer, section, *program, deps),
            CodeConfig::Image(image) => add_image_functions(composer, section, image, deps),
        };
        added.insert(key.clone(), functions);
    }
    SectionMap::build(&composer.stack.function, |section| {
        added.remove(section.key())
    })
}

fn add_program_function(
    composer: &mut Composer<'_>,
    section: SectionRef<'_, FunctionConfig>,
    program: config::PaymentProgram,
    deps: FunctionDeps<'_>,
) -> ColorVariants {
    let program = Program::from(program);
    let region = deps.foundations.networks.get(&section.network).region;
    let code = Code::Package(composer.code(program, region));
    let deployed = add_function(composer, section, None, code, deps);
    let mut root = composer.root.in_region(region.as_str());
    let mut scope = section.scope(&mut root);
    let subject = format!("lambda-{}", section.physical_name_key());
    transactions::add_transaction_metric_filters(
        &mut scope,
        &composer.context,
        &subject,
        &deployed.function.log_group_name(),
        program,
    );
    ColorVariants {
        all: vec![(None, deployed)],
        most_traffic: deployed,
    }
}

fn add_image_functions(
    composer: &mut Composer<'_>,
    section: SectionRef<'_, FunctionConfig>,
    image: &Ref<ExistingImage>,
    deps: FunctionDeps<'_>,
) -> ColorVariants {
    let region = deps.foundations.networks.get(&section.network).region;
    let release = composer.stack.release_of_function(section.key());
    let mut add_variant = |color| {
        let code = Code::Image(composer.image(image, release, color, region));
        add_function(composer, section, color, code, deps)
    };
    let Some(release) = release else {
        let deployed = add_variant(None);
        return ColorVariants {
            all: vec![(None, deployed)],
            most_traffic: deployed,
        };
    };
    let all = Color::ALL.map(|color| (Some(color), add_variant(Some(color))));
    let [(_, blue), (_, green)] = all;
    ColorVariants {
        all: all.into(),
        most_traffic: match release.most_traffic_color() {
            Color::Blue => blue,
            Color::Green => green,
        },
    }
}

fn add_function(
    composer: &mut Composer<'_>,
    section: SectionRef<'_, FunctionConfig>,
    color: Option<Color>,
    code: Code,
    deps: FunctionDeps<'_>,
) -> DeployedFunction {
    let key = name_with_color(section.physical_name_key(), color);
    let network = deps.foundations.networks.get(&section.network);
    let actions = match &section.code {
        CodeConfig::Program(program) => Program::from(*program).required_actions(),
        CodeConfig::Image(_) => RequiredActions::CUSTOM_IMAGE,
    };
    let mut grant = access::grant(
        composer,
        &section.uses,
        actions,
        network.region,
        deps.foundations,
    );
    grant.allowed.extend(deps.callees.allowed.clone());
    let mut booking = composer.stack.ledger_functions();
    if booking.any(|(name, _)| name == section.key()) {
        ledger_access::grant(
            composer,
            &section.uses,
            network.region,
            deps.foundations,
            &mut grant,
        );
    }
    let environment: BTreeMap<&str, Value<String>> = section
        .environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone().into()))
        .chain(
            grant
                .environment
                .iter()
                .chain(&deps.callees.environment)
                .map(|(name, value)| (name.as_str(), value.clone())),
        )
        .collect();
    let function_deps = composer.function_deps(code, network.region);
    let release = composer.stack.release_of_versions(section.key());
    // Lambda publishes a version only if the code or the configuration changed, and the description is configuration.
    let description = match release.filter(|_| color.is_none()) {
        Some(release) => format!("Processes payments, revision {}", release.revision),
        None => "Processes payments".to_owned(),
    };
    let props = FunctionProps {
        key: &key,
        description: &description,
        network: Some(network),
        architecture: section.architecture,
        memory_mib: section.memory,
        timeout: section.timeout,
        reserved_concurrency: section.reserved_concurrency,
        environment,
        deletion: Deletion::BeforeUpdates,
        permissions: std::mem::take(&mut grant.allowed),
    };
    let (stack, computes) = (composer.stack, runs_payment_code(composer.target.phase));
    let mut root = composer.root.in_region(network.region.as_str());
    let mut scope = section.scope(&mut root);
    if let Some(color) = color {
        scope = scope.into_child(color.as_str());
    }
    let function = Function::new(&mut scope, &composer.context, props, function_deps);
    if let Some(placement) = function.placement() {
        grant.connect(&mut scope, placement);
    }
    let versions = match color {
        // The function itself is the version.
        Some(_) => vec![(None, FunctionVersion::Latest)],
        None => stack.versions_of(section.key()),
    };
    let aliases = Aliases::new(&mut scope, function, versions);
    if let (true, Some(count)) = (computes, &section.provisioned_concurrency) {
        aliases.provision_concurrency(&mut scope, &composer.context, &key, count);
    }
    DeployedFunction { function, aliases }
}

impl DeployedFunction {
    /// The target that a load balancer invokes for a color. A function that is one color has a single target.
    pub(crate) fn target(&self, color: Option<Color>) -> Option<FunctionTarget> {
        let alias = self.aliases.of(color)?;
        Some(FunctionTarget {
            function_name: self.function.name(),
            qualifier: Some(alias.name()),
            arn: alias.arn(),
        })
    }
}

/// Access of a function to the functions that it calls.
#[derive(Debug, Default)]
pub(crate) struct CalleeAccess {
    /// Names of the callees, by environment variable.
    pub(crate) environment: BTreeMap<String, Value<String>>,
    /// Permission to invoke the aliases of the callees, and nothing else.
    pub(crate) allowed: Option<Statement>,
}

/// Access of `caller` to its callees, which are all in `made`.
pub(crate) fn callee_access(
    composer: &Composer<'_>,
    caller: SectionRef<'_, FunctionConfig>,
    added: &BTreeMap<Key, ColorVariants>,
) -> CalleeAccess {
    let mut called = CalleeAccess::default();
    let mut arns = Vec::new();
    for callee in &caller.config().calls {
        let Some(deployed) = added.get(callee.name()).map(ColorVariants::most_traffic) else {
            continue;
        };
        let code = &composer.stack.function.resolve(callee).code;
        let variable = callee_variable(code, callee.name());
        called
            .environment
            .insert(variable, deployed.function.name());
        arns.extend(deployed.aliases.arns());
    }
    if !arns.is_empty() {
        let statement = Statement::allow(["lambda:InvokeFunction"], arns);
        called.allowed = Some(statement.sid("InvokeCallees"));
    }
    called
}

/// The environment variable with a callee's name: `FUNCTION_FRAUD_DETECTION`. It contains the callee's program,
/// because the caller's code does not depend on section names. For an image it contains the section's name.
fn callee_variable(code: &CodeConfig, key: &Key) -> String {
    let name = match code {
        CodeConfig::Program(program) => program.as_str(),
        CodeConfig::Image(_) => key.as_str(),
    };
    format!("FUNCTION_{}", name.to_uppercase().replace('-', "_"))
}
