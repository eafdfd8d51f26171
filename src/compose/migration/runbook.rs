//! Runbook migrations: the functions that an operator calls, and validation during an apply.

use std::collections::BTreeMap;

use crate::compose::composer::Composer;
use crate::compose::migration::functions::permissions::checkpoint_permissions;
use crate::compose::migration::functions::spec::{FunctionSpec, MigrationDeps, MigrationSection};
use crate::compose::migration::functions::variables::checkpoint_bucket;
use crate::compose::migration::functions::{add_cutover, add_function, add_validation};
use crate::config::{
    AlertCategory, Phase, RunValidation, Runbook as RunbookConfig, ValidationTrigger,
};
use crate::constructs::compute::function::Function;
use crate::constructs::core::{SectionMap, SectionRef, Statement};
use crate::constructs::migration::custom_resource::{CustomResourceProps, add_custom_resource};
use crate::constructs::observability::alarms;
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

/// Functions by `[runbook.N]` section.
pub(crate) type Runbooks = SectionMap<RunbookConfig, RunbookFunctions>;

/// Adds the functions in every phase: they cost nothing until they are invoked, and their logs are evidence.
pub(crate) fn add(composer: &mut Composer<'_>, deps: MigrationDeps<'_>) -> Runbooks {
    SectionMap::build(&composer.stack.runbook, |entry| {
        let duty = MigrationSection::from(entry);
        let led = RunbookFunctions {
            cutover: add_cutover(composer, duty, deps),
            validation: add_validation(composer, duty, deps),
        };
        let mut functions = vec![("cutover", led.cutover), ("validation", led.validation)];
        if entry.validation_trigger == ValidationTrigger::CustomResource {
            functions.push((
                "custom-resource",
                custom_resource_function(composer, entry, led, deps),
            ));
        }
        let region = deps.foundations.networks.get(&entry.network).region;
        let told = deps
            .foundations
            .topics
            .about(AlertCategory::Migration, region);
        let (context, identity) = (composer.context, entry.physical_name_key());
        for (id, function) in functions {
            let mut scope = composer.alarm_scope("runbook", entry.construct_id(), region);
            let mut scope = scope.child(id);
            let subject = format!("lambda-{id}-{identity}");
            alarms::add_function_alarms(&mut scope, &context, &subject, &function.name(), &told);
        }
        led
    })
}

/// Adds the custom resource and its function. The function is in no VPC, so that it can respond while networks are
/// being destroyed.
fn custom_resource_function(
    composer: &mut Composer<'_>,
    entry: SectionRef<'_, RunbookConfig>,
    led: RunbookFunctions,
    deps: MigrationDeps<'_>,
) -> Function {
    let duty = MigrationSection::from(entry);
    let region = deps.foundations.networks.get(&entry.network).region;
    let identity = entry.physical_name_key();
    let environment = BTreeMap::from([
        ("CHECKPOINT_BUCKET", checkpoint_bucket(duty, deps)),
        (
            "COMPARISON_CONCURRENCY",
            entry.comparison_concurrency.get().to_string().into(),
        ),
        ("CUTOVER_FUNCTION_ARN", led.cutover.arn()),
        ("VALIDATION_FUNCTION_ARN", led.validation.arn()),
    ]);
    let mut allowed: Vec<Statement> = checkpoint_permissions(composer, duty, deps).into();
    // Its own ARN, built from its name: a role cannot depend on its own function.
    let itself = composer.context.names.keyed(
        "lambda",
        [format!("{}-{identity}", Program::CustomResource.name()).as_str()],
    );
    let itself =
        composer
            .context
            .account
            .arn("lambda", region.as_str(), format!("function:{itself}"));
    let called: [Value<String>; 3] = [led.cutover.arn(), led.validation.arn(), itself];
    allowed.push(Statement::allow(["lambda:InvokeFunction"], called).sid("InvokeFunctions"));
    let hand = FunctionSpec {
        program: Program::CustomResource,
        description: "Runs the validation and responds to the custom resource",
        environment,
        allowed,
    };
    let function = add_function(composer, duty, deps, hand);
    let props = CustomResourceProps {
        key: identity,
        function,
        validation: match composer.target.phase {
            Phase::Migration => entry.run_validation,
            // The replication does not exist.
            Phase::Legacy | Phase::Production => RunValidation::Skip,
        },
        validation_run: entry.validation_run,
    };
    let mut root = composer.root.in_region(region.as_str());
    let mut scope = entry.scope(&mut root).into_child("resource");
    add_custom_resource(&mut scope, &composer.context, props);
    function
}
