//! Environment variables of the migration's functions.

use std::collections::BTreeMap;

use crate::compose::composer::Composer;
use crate::compose::foundations::application_secrets::APPLICATION_USER;
use crate::compose::foundations::parameters::{parameter_replica_regions, parameter_variables};
use crate::compose::migration::functions::spec::{MigrationDeps, MigrationSection};
use crate::config::{
    ControlTotal, ManagedBy, Ref, Replication as ReplicationConfig, Section, Split,
};
use crate::constructs::core::SectionRef;
use crate::constructs::ingress::balancer::TargetGroupKey;
use crate::constructs::observability::metric_filters;
use crate::constructs::replication::{SlotNames, control_schema};
use crate::constructs::security::hmac_key::HmacKey;
use crate::newtypes::ColumnName;
use crate::terraform::tree::{Any, List, Object, Term, Value};

/// Environment variables of one function, by name (`lambda/contract.toml`).
type Variables = BTreeMap<&'static str, Value<String>>;

/// The variables of the function `approval`.
pub(crate) fn approval_variables<T: Section>(
    composer: &Composer<'_>,
    section: MigrationSection<'_, T>,
    deps: MigrationDeps<'_>,
) -> Variables {
    let name = section.section.physical_name_key();
    BTreeMap::from([
        ("ALERT_TOPIC_ARN", topic_arn(composer, section, deps)),
        ("CHECKPOINT_BUCKET", checkpoint_bucket(section, deps)),
        ("MIGRATION_NAME", name.to_owned().into()),
    ])
}

/// The variables of the function `cutover`.
pub(crate) fn cutover_variables<T: Section>(
    composer: &Composer<'_>,
    section: MigrationSection<'_, T>,
    deps: MigrationDeps<'_>,
) -> Variables {
    let mut variables = approval_variables(composer, section, deps);
    variables.extend(database_variables(composer, section, deps));
    let identity = composer.context.names.identity(&composer.stack.stack);
    variables.extend([
        ("ENVIRONMENT_IDENTITY", identity.into()),
        (
            "FENCE_TIMEOUT_SECONDS",
            section.fence_timeout.get().to_string().into(),
        ),
        (
            "MAX_LAG_SECONDS",
            section.max_replication_lag.get().to_string().into(),
        ),
        (
            "TASK_STOP_TIMEOUT_SECONDS",
            section.task_stop_timeout.get().to_string().into(),
        ),
        (
            "MAX_VALIDATION_AGE_MINUTES",
            section.max_validation_age.get().to_string().into(),
        ),
        ("GUARD_ALARMS", guard_alarms(composer, deps)),
    ]);
    if let Some(traffic) = &composer.stack.traffic {
        let percent = traffic.cutover_percent.get().to_string();
        variables.insert("CUTOVER_PERCENT", percent.into());
    }
    let replicas = parameter_replica_regions(composer.stack);
    if !replicas.is_empty() {
        let regions: Value<List<String>> = replicas
            .into_iter()
            .map(|region| Value::<String>::from(region.as_str()))
            .collect();
        let regions = Value::<Any>::from(regions);
        variables.insert("PARAMETER_REPLICA_REGIONS", regions.to_json());
    }
    if let Some(split) = weighted_rule(composer, deps) {
        variables.insert("LISTENER_RULE", split.rule);
        variables.insert("OLD_TARGET_GROUP", split.old);
        variables.insert("NEW_TARGET_GROUP", split.new);
    }
    variables
}

/// The names of the guard alarms by region. ARNs would exceed the 4 KiB of a function's variables (Lambda developer
/// guide, "Lambda quotas").
fn guard_alarms(composer: &Composer<'_>, deps: MigrationDeps<'_>) -> Value<String> {
    let mut names: BTreeMap<String, Vec<Term>> = BTreeMap::new();
    for alarm in deps.guard_alarms.all() {
        if let Some(region) = composer.root.region_of(*alarm) {
            let of_region = names.entry(region.to_owned()).or_default();
            of_region.push(alarm.alarm_name().into_term());
        }
    }
    let names = names.into_iter();
    let names = names.map(|(region, names)| (region, Term::List(names)));
    Value::<Any>::from(names.collect::<Object>()).to_json()
}

/// The variables that `cutover` and `validation` have in common.
fn database_variables<T: Section>(
    composer: &Composer<'_>,
    section: MigrationSection<'_, T>,
    deps: MigrationDeps<'_>,
) -> Variables {
    let replications = section.replications.iter();
    let replications =
        replications.map(|replication| replication_json(composer, replication, deps));
    let replications = Value::<Any>::from(replications.collect::<Value<List<Any>>>());
    let mut variables = BTreeMap::from([
        ("CHECKPOINT_BUCKET", checkpoint_bucket(section, deps)),
        (
            "NAMESPACE",
            metric_filters::namespace(&composer.context).into(),
        ),
        ("REPLICATIONS", replications.to_json()),
    ]);
    variables.extend(parameter_variables(
        composer,
        composer.stack.primary_region(),
    ));
    variables
}

/// The name of the bucket of the checkpoints.
pub(crate) fn checkpoint_bucket<T: Section>(
    section: MigrationSection<'_, T>,
    deps: MigrationDeps<'_>,
) -> Value<String> {
    deps.foundations.buckets.get(section.checkpoints).name()
}

/// Environment variables of the function `validation`.
pub(crate) fn validation_variables<T: Section>(
    composer: &Composer<'_>,
    section: MigrationSection<'_, T>,
    deps: MigrationDeps<'_>,
    hash_key: HmacKey,
) -> BTreeMap<&'static str, Value<String>> {
    let settings = section.validation;
    let limits = [
        ("MAX_LAG_SECONDS", section.max_replication_lag.to_string()),
        ("CHUNK_ROWS", settings.chunk_rows.to_string()),
        ("CHUNK_BYTES", settings.chunk_bytes.to_string()),
        (
            "STATEMENT_TIMEOUT_SECONDS",
            settings.statement_timeout_seconds.to_string(),
        ),
        ("SOURCE_SESSIONS", settings.source_sessions.to_string()),
        (
            "SOURCE_DUTY_CYCLE_PERCENT",
            settings.source_duty_cycle_percent.to_string(),
        ),
        ("SAMPLE_ABOVE_ROWS", settings.sample_above_rows.to_string()),
        ("SAMPLE_CHUNKS", settings.sample_chunks.to_string()),
        ("MAX_RECHECKS", settings.max_rechecks.to_string()),
    ]
    .map(|(name, value)| (name, value.into()));
    let mut variables = database_variables(composer, section, deps);
    variables.insert("HASH_KEY_ARN", hash_key.arn());
    variables.extend(limits);
    variables
}

/// ARN of the SNS topic of a section.
pub(crate) fn topic_arn<T: Section>(
    composer: &Composer<'_>,
    section: MigrationSection<'_, T>,
    deps: MigrationDeps<'_>,
) -> Value<String> {
    let alerts = SectionRef::resolve(&composer.stack.alerts, section.alerts);
    let region = deps.foundations.networks.get(section.network).region;
    let topic = deps.foundations.topics.of(alerts, region);
    topic.map_or_else(|| "".into(), |topic| topic.arn())
}

/// One replication as the programs read it (`lambda/migration/replication.py`).
fn replication_json(
    composer: &Composer<'_>,
    name: &Ref<ReplicationConfig>,
    deps: MigrationDeps<'_>,
) -> Value<Any> {
    let section = SectionRef::resolve(&composer.stack.replication, name);
    let replicated = deps.foundations.replications.get(name);
    let database = deps.foundations.databases.get(&section.target);
    let address = |host: Value<String>, port: u16, database: Value<String>| {
        Term::Object(Object::from_iter([
            ("dbname", database.into_term()),
            ("host", host.into_term()),
            ("port", Term::Integer(port.into())),
        ]))
    };
    let slots = SlotNames::new(section, composer.context.names);
    let tables = section.tables.iter();
    let tables = tables.map(|table| text(table.to_string())).collect();
    let mut replication_object = Object::from_iter([
        ("application_role", text(APPLICATION_USER)),
        // Source and target use the same engine: rows, sequences and users need no conversion.
        (
            "engine",
            text(
                composer
                    .stack
                    .database
                    .resolve(&section.target)
                    .engine()
                    .family(),
            ),
        ),
        (
            "control_schema",
            text(control_schema(
                composer.stack.database.resolve(&section.target).engine(),
                section.config(),
            )),
        ),
        ("forward_slot", text(slots.forward)),
        ("name", text(section.physical_name_key())),
        ("reverse_slot", text(slots.reverse)),
        (
            "source_address",
            address(
                section.source.host.to_string().into(),
                replicated.source_port,
                section.source.database.clone().into(),
            ),
        ),
        (
            "source_secret",
            replicated.source_secret_arn.clone().into_term(),
        ),
        ("tables", Term::List(tables)),
        (
            "target_address",
            address(database.endpoint(), database.port, database.name()),
        ),
        (
            "target_master_secret",
            database.secret_arn.clone().into_term(),
        ),
        (
            "target_secret",
            replicated.target_secret_arn.clone().into_term(),
        ),
    ]);
    if !section.control_totals.is_empty() {
        let totals = section.control_totals.iter().map(control_total).collect();
        replication_object.set("control_totals", Term::List(totals));
    }
    if let Some(version) = &section.source.version {
        replication_object.set("source_version", text(version.as_str()));
    }
    let source = deps.foundations.application_secrets.sources.of(section);
    let target = deps
        .foundations
        .application_secrets
        .databases
        .get(&section.target);
    for (field, secret) in [
        ("source_application_secret", source),
        ("target_application_secret", target),
    ] {
        if let Some(secret) = secret {
            replication_object.set(field, secret.arn().into_term());
        }
    }
    if let Some(active) = &replicated.active {
        replication_object.set("load_task", active.full_load.arn().into_term());
        replication_object.set("forward_task", active.forward.arn().into_term());
        if let Some(reverse) = &active.reverse {
            replication_object.set("reverse_task", reverse.arn().into_term());
        }
    }
    replication_object.into()
}

/// One control total, as a list without keys: the variables of a function are limited to 4 KiB.
fn control_total(total: &ControlTotal) -> Term {
    let columns = [&total.amount, &total.currency, &total.time].map(ColumnName::as_str);
    let members = std::iter::once(total.table.as_str()).chain(columns);
    Term::List(members.map(text).collect())
}

fn text(text: impl Into<String>) -> Term {
    Term::Text(text.into().into())
}

/// The listener rule whose weights the workflow shifts, if it manages the traffic.
pub(crate) fn weighted_rule(
    composer: &Composer<'_>,
    deps: MigrationDeps<'_>,
) -> Option<WeightedRule> {
    let traffic = composer.stack.traffic.as_ref()?;
    let Split::Balancer(at) = &traffic.at else {
        return None;
    };
    if traffic.managed_by != ManagedBy::Workflow {
        return None;
    }
    let (_, balancer) = deps.ingress.balancers.get(at).first()?;
    let service = SectionRef::resolve(&composer.stack.service, traffic.new.first()?);
    Some(WeightedRule {
        rule: balancer.rule.arn(),
        old: balancer.group(&TargetGroupKey::Old)?.arn(),
        new: balancer
            .group(&TargetGroupKey::New(service.section_name()))?
            .arn(),
    })
}

/// ARNs of a weighted listener rule and of its two target groups.
pub(crate) struct WeightedRule {
    pub(crate) rule: Value<String>,
    pub(crate) old: Value<String>,
    pub(crate) new: Value<String>,
}

#[cfg(test)]
mod tests {
    use crate::aws;
    use crate::compose::compose;
    use crate::config::{Phase, Selection, StackSource, load};

    const STACK: &str = include_str!("../../../../fixtures/terraform/runbook.toml");

    fn function_environment(package: &str, set: &[&str]) -> String {
        let source = StackSource::new("runbook.toml", STACK);
        let selection = Selection {
            phase: Some(Phase::Migration),
            set: set.iter().map(|&set| set.to_owned()).collect(),
            ..Selection::new("migration".parse().unwrap(), "abc123".parse().unwrap())
        };
        let tree = compose(&load(&source, &selection).unwrap()).unwrap().tree;
        let path = format!("runbook/migration/{package}/function");
        let mut functions = tree.each::<aws::LambdaFunction>();
        let (node, _) = functions.find(|(node, _)| tree.path(node) == path).unwrap();
        let environment = node.arguments().get("environment").cloned();
        format!("{environment:?}")
    }

    #[test]
    fn validation_settings_reach_the_validation_function() {
        let by_default = function_environment("validation", &[]);
        let set = function_environment(
            "validation",
            &[
                "runbook.migration.validation.chunk_rows=77777",
                "runbook.migration.validation.source_duty_cycle_percent=33",
            ],
        );
        assert!(by_default.contains("200000") && !by_default.contains("77777"));
        assert!(set.contains("77777") && set.contains("33"), "{set}");
    }

    #[test]
    fn control_totals_reach_both_functions_without_their_keys() {
        let set = [
            r#"replication.payments.control_totals=[{ table = "public.payment", amount = "sum", currency = "iso", time = "booked_at" }]"#,
        ];
        for package in ["cutover", "validation"] {
            let environment = function_environment(package, &set);
            for member in ["public.payment", "sum", "iso", "booked_at"] {
                assert!(environment.contains(member), "{environment}");
            }
            assert!(!environment.contains("amount"), "{environment}");
        }
    }

    #[test]
    fn the_validation_age_reaches_the_cutover_function() {
        let set = function_environment("cutover", &["runbook.migration.max_validation_age=321"]);
        assert!(set.contains("MAX_VALIDATION_AGE_MINUTES") && set.contains("321"));
    }

    #[test]
    fn the_task_stop_timeout_reaches_the_cutover_function() {
        let set = function_environment("cutover", &["runbook.migration.task_stop_timeout=123"]);
        assert!(set.contains("TASK_STOP_TIMEOUT_SECONDS") && set.contains("123"));
    }
}
