//! Lambda functions of the migration.

pub(crate) mod permissions;
pub(crate) mod spec;
pub(crate) mod variables;

use crate::compose::composer::Composer;
use crate::compose::foundations::database_access::{allow_to_cluster, allow_to_sources};
use crate::compose::foundations::parameters::{
    get_parameter_permissions, put_parameter_permissions,
};
use crate::compose::migration::functions::permissions::{
    alarm_permissions, checkpoint_permissions, login_permissions, publish_permissions,
    task_control_permissions, task_status_permissions, traffic_permissions,
};
use crate::compose::migration::functions::spec::FunctionSpec;
use crate::compose::migration::functions::spec::MigrationDeps;
use crate::compose::migration::functions::spec::MigrationSection;
use crate::compose::migration::functions::variables::{cutover_variables, validation_variables};
use crate::compose::queries::sources::source_endpoints;
use crate::config::{Architecture, Section};
use crate::constructs::compute::function::{Function, FunctionProps, add_log_group, role_name};
use crate::constructs::core::{SectionRef, Statement};
use crate::constructs::observability::alarms::{self, AlarmActions};
use crate::constructs::observability::metric_filters::add_metric_filters;
use crate::constructs::security::hmac_key::{HmacKey, HmacKeyProps};
use crate::lambda_packages::Program;
use crate::newtypes::{Region, Seconds};

/// Adds the function that runs the operations of the cutover and of the rollback.
pub(crate) fn add_cutover<T: Section>(
    composer: &mut Composer<'_>,
    section: MigrationSection<'_, T>,
    deps: MigrationDeps<'_>,
) -> Function {
    let actions = Program::Cutover.required_actions();
    let parameters = composer.stack.primary_region();
    let read_parameters = get_parameter_permissions(composer, actions, parameters);
    let mut allowed: Vec<Statement> = read_parameters.into_iter().collect();
    allowed.push(put_parameter_permissions(composer));
    allowed.extend(checkpoint_permissions(composer, section, deps));
    allowed.extend(publish_permissions(composer, section, deps));
    allowed.extend(login_permissions(composer, section, deps, actions));
    allowed.extend(task_control_permissions(deps));
    allowed.extend(traffic_permissions(composer, deps));
    allowed.extend(alarm_permissions(deps));
    let environment = cutover_variables(composer, section, deps);
    let spec = FunctionSpec {
        program: Program::Cutover,
        description: "Runs one cutover or rollback step",
        environment,
        allowed,
    };
    add_function(composer, section, deps, spec)
}

/// Adds the function that compares source and target. `hash_key` is its own key.
pub(crate) fn add_validation<T: Section>(
    composer: &mut Composer<'_>,
    section: MigrationSection<'_, T>,
    deps: MigrationDeps<'_>,
    hash_key: HmacKey,
) -> Function {
    let actions = Program::Validation.required_actions();
    let parameters = composer.stack.primary_region();
    let read_parameters = get_parameter_permissions(composer, actions, parameters);
    let mut allowed: Vec<Statement> = read_parameters.into_iter().collect();
    allowed.extend(checkpoint_permissions(composer, section, deps));
    allowed.extend(login_permissions(composer, section, deps, actions));
    allowed.push(hash_key.permission());
    allowed.extend(task_status_permissions(deps));
    let environment = validation_variables(composer, section, deps, hash_key);
    let spec = FunctionSpec {
        program: Program::Validation,
        description: "Compares source and target",
        environment,
        allowed,
    };
    add_function(composer, section, deps, spec)
}

/// Adds the key from which the validation derives the key of its row hashes. A plain hash of a short key could be
/// guessed (PCI DSS 3.5.1.1). Every phase has the key: another one would change the hashes.
pub(crate) fn add_hash_key<T: Section>(
    composer: &mut Composer<'_>,
    section: MigrationSection<'_, T>,
    deps: MigrationDeps<'_>,
) -> HmacKey {
    let region = deps.foundations.networks.get(section.network).region;
    let context = composer.context;
    let mut root = composer.root.in_region(region.as_str());
    let mut scope = section.section.scope(&mut root).into_child("hash-key");
    let props = HmacKeyProps {
        name_key: &format!("hash-key-{}", section.section.physical_name_key()),
        description: "Computes the key of row hashes in validation findings",
        role_name: role_name(&context, &function_key(Program::Validation, section)),
    };
    HmacKey::new(&mut scope, &context, props)
}

/// The key of a function in physical names.
fn function_key<T: Section>(program: Program, section: MigrationSection<'_, T>) -> String {
    format!("{}-{}", program.name(), section.section.physical_name_key())
}

/// Adds one function. Functions with database access are in the section's network.
pub(crate) fn add_function<T: Section>(
    composer: &mut Composer<'_>,
    section: MigrationSection<'_, T>,
    deps: MigrationDeps<'_>,
    spec: FunctionSpec,
) -> Function {
    let network = deps.foundations.networks.get(section.network);
    let program = spec.program;
    let key = function_key(program, section);
    let props = FunctionProps {
        key: &key,
        description: spec.description,
        network: program.uses_databases().then_some(network),
        architecture: Architecture::default(),
        memory_mib: 1024,
        timeout: MAX_TIMEOUT,
        reserved_concurrency: match program {
            Program::Cutover => composer.stack.cutover_reservation(network.region),
            _ => None,
        },
        environment: spec.environment,
        deletion: section.deletion,
        permissions: spec.allowed,
    };
    let function_deps = composer.package_function_deps(program, network.region);
    let sources: Vec<_> = section
        .replications
        .iter()
        .map(|replication| {
            let replication = SectionRef::resolve(&composer.stack.replication, replication);
            (replication, source_endpoints(composer.stack, replication))
        })
        .collect();
    let mut root = composer.root.in_region(network.region.as_str());
    let mut scope = section.section.scope(&mut root).into_child(program.name());
    let function = Function::new(&mut scope, &composer.context, props, function_deps);
    let log_group_name = function.log_group_name();
    add_metric_filters(&mut scope, &composer.context, &key, &log_group_name);
    for (replication, endpoints) in sources {
        let target = deps.foundations.databases.get(&replication.target);
        let id = SectionRef::resolve(&composer.stack.database, &replication.target).construct_id();
        // Replication runs to the cluster in the first region only.
        if let Some(primary) = target.clusters().next() {
            allow_to_cluster(&mut scope, function, id, primary, target.port);
        }
        allow_to_sources(&mut scope, function, &endpoints);
    }
    function
}

/// Adds the log groups of functions that the phase lacks: without replication every operation fails, so that no
/// function exists that could read credentials or reach a database.
pub(crate) fn add_log_groups<T: Section>(
    composer: &mut Composer<'_>,
    section: MigrationSection<'_, T>,
    deps: MigrationDeps<'_>,
    programs: impl IntoIterator<Item = Program>,
) {
    let region = deps.foundations.networks.get(section.network).region;
    composer.add_artifacts(region);
    let props = composer.function_log(region);
    let context = composer.context;
    let mut root = composer.root.in_region(region.as_str());
    for program in programs {
        let mut scope = section.section.scope(&mut root).into_child(program.name());
        add_log_group(&mut scope, &context, &function_key(program, section), props);
    }
}

/// Longest timeout of Lambda. An operation that waits for a database needs all of it.
pub(crate) const MAX_TIMEOUT: Seconds = Seconds::constant::<900>();

/// Adds the alarms of the functions of a section, each with its path component.
pub(crate) fn add_function_alarms<T: Section>(
    composer: &mut Composer<'_>,
    section: SectionRef<'_, T>,
    region: Region,
    functions: impl IntoIterator<Item = (&'static str, Function)>,
    actions: &AlarmActions,
) {
    let (context, identity) = (composer.context, section.physical_name_key());
    for (id, function) in functions {
        let scope = composer.alarm_scope(T::PATH, section.construct_id(), region);
        let mut scope = scope.into_child(id);
        let subject = format!("lambda-{id}-{identity}");
        alarms::add_function_alarms(&mut scope, &context, &subject, &function.name(), actions);
    }
}
