//! Runbook migrations: the functions that an operator calls, and validation during an apply.

use std::collections::BTreeMap;

use crate::compose::composer::Composer;
use crate::compose::migration::functions::permissions::checkpoint_permissions;
use crate::compose::migration::functions::spec::{FunctionSpec, MigrationDeps, MigrationSection};
use crate::compose::migration::functions::variables::checkpoint_bucket;
use crate::compose::migration::functions::{
    add_cutover, add_function, add_function_alarms, add_hash_key, add_log_groups, add_validation,
};
use crate::compose::phase::runs_migration;
use crate::config::{AlertCategory, Runbook as RunbookConfig, ValidationTrigger};
use crate::constructs::compute::function::Function;
use crate::constructs::core::{SectionMap, SectionRef, Statement};
use crate::constructs::migration::custom_resource::{CustomResourceProps, add_custom_resource};
use crate::lambda_packages::Program;
use crate::terraform::tree::Value;

/// The functions of one runbook.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RunbookFunctions {
    /// Runs the operations of the cutover and of the rollback.
    pub(crate) cutover: Function,
    /// Compares source and target.
    pub(crate) validation: Function,
}

/// Functions by `[runbook.N]` section; none in a phase without replication.
pub(crate) type Runbooks = SectionMap<RunbookConfig, Option<RunbookFunctions>>;

/// Adds the functions of each runbook. Their logs, and the key of the hashes in them, are in every phase.
pub(crate) fn add(composer: &mut Composer<'_>, deps: MigrationDeps<'_>) -> Runbooks {
    SectionMap::build(&composer.stack.runbook, |section| {
        let migration_section = MigrationSection::from(section);
        let hash_key = add_hash_key(composer, migration_section, deps);
        if !runs_migration(composer.target.phase) {
            add_log_groups(composer, migration_section, deps, programs(section));
            return None;
        }
        let functions = RunbookFunctions {
            cutover: add_cutover(composer, migration_section, deps),
            validation: add_validation(composer, migration_section, deps, hash_key),
        };
        let mut all_functions = vec![
            ("cutover", functions.cutover),
            ("validation", functions.validation),
        ];
        if section.validation_trigger == ValidationTrigger::CustomResource {
            all_functions.push((
                "custom-resource",
                custom_resource_function(composer, section, functions, deps),
            ));
        }
        let region = deps.foundations.networks.get(&section.network).region;
        let alarm_actions = deps
            .foundations
            .topics
            .actions_for(AlertCategory::Migration, region);
        add_function_alarms(composer, section, region, all_functions, &alarm_actions);
        Some(functions)
    })
}

/// The programs of a runbook.
fn programs(section: SectionRef<'_, RunbookConfig>) -> impl Iterator<Item = Program> {
    let triggered = section.validation_trigger == ValidationTrigger::CustomResource;
    let custom_resource = triggered.then_some(Program::CustomResource);
    [Program::Cutover, Program::Validation]
        .into_iter()
        .chain(custom_resource)
}

/// Adds the custom resource and its function. The function is in no VPC, so that it can respond while networks are
/// being destroyed.
fn custom_resource_function(
    composer: &mut Composer<'_>,
    section: SectionRef<'_, RunbookConfig>,
    functions: RunbookFunctions,
    deps: MigrationDeps<'_>,
) -> Function {
    let migration_section = MigrationSection::from(section);
    let region = deps.foundations.networks.get(&section.network).region;
    let identity = section.physical_name_key();
    let environment = BTreeMap::from([
        (
            "CHECKPOINT_BUCKET",
            checkpoint_bucket(migration_section, deps),
        ),
        (
            "COMPARISON_CONCURRENCY",
            section.comparison_concurrency.get().to_string().into(),
        ),
        ("CUTOVER_FUNCTION_ARN", functions.cutover.arn()),
        ("VALIDATION_FUNCTION_ARN", functions.validation.arn()),
    ]);
    let mut allowed: Vec<Statement> =
        checkpoint_permissions(composer, migration_section, deps).into();
    // Built from the name: a role cannot depend on its own function.
    let self_name = composer.context.names.keyed(
        "lambda",
        [format!("{}-{identity}", Program::CustomResource.name()).as_str()],
    );
    let self_arn =
        composer
            .context
            .account
            .arn("lambda", region.as_str(), format!("function:{self_name}"));
    let callees: [Value<String>; 3] = [
        functions.cutover.arn(),
        functions.validation.arn(),
        self_arn,
    ];
    allowed.push(Statement::allow(["lambda:InvokeFunction"], callees).sid("InvokeFunctions"));
    let spec = FunctionSpec {
        program: Program::CustomResource,
        description: "Runs the validation and responds to the custom resource",
        environment,
        allowed,
    };
    let function = add_function(composer, migration_section, deps, spec);
    let props = CustomResourceProps {
        key: identity,
        function,
        validation: section.run_validation,
        validation_run: section.validation_run,
    };
    let mut root = composer.root.in_region(region.as_str());
    let mut scope = section.scope(&mut root).into_child("resource");
    add_custom_resource(&mut scope, &composer.context, props);
    function
}
