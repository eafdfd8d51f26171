//! The DNS failback: its function, and the rule that starts it.

use std::collections::BTreeMap;

use super::functions::spec::MigrationDeps;
use crate::compose::composer::Composer;
use crate::compose::foundations::parameters::{get_parameter_permissions, parameter_variables};
use crate::compose::phase::{runs_migration, runs_payment_code};
use crate::config::{AlertCategory, Architecture, OnAlarm, Split};
use crate::constructs::compute::function::{Deletion, Function, FunctionProps, add_log_group};
use crate::constructs::core::Statement;
use crate::constructs::dns::health_check::HealthCheck;
use crate::constructs::migration::dns_failback::invoke_on_alarm;
use crate::constructs::observability::alarms;
use crate::constructs::security::kms_key::DataClass;
use crate::lambda_packages::Program;
use crate::newtypes::Seconds;
use crate::terraform::tree::{Any, List, Value};

/// Adds the function while the new side exists. Alarms invoke it in phase `migration`, while both sides receive payments.
/// In phase `production` it can still restore health checks. Its log is in every phase.
pub(crate) fn add(composer: &mut Composer<'_>, deps: MigrationDeps<'_>) {
    let topics = &deps.foundations.topics;
    let Some(traffic) = &composer.stack.traffic else {
        return;
    };
    let Split::Dns(dns) = &traffic.at else {
        return;
    };
    if traffic.on_alarm != OnAlarm::DnsFailback {
        return;
    }
    // `config::rules::traffic` requires that the new side is in one region.
    let region = composer.stack.primary_region();
    if !runs_payment_code(composer.target.phase) {
        composer.add_artifacts(region);
        let (context, log) = (composer.context, composer.function_log(region));
        let mut root = composer.root.in_region(region.as_str());
        add_log_group(&mut root.child("dns-failback"), &context, KEY, log);
        return;
    }
    let checks: Vec<HealthCheck> = deps.ingress.dns.get(dns).new_side_health_checks().collect();
    let topic = topics.first_topic_for(AlertCategory::Migration, region);
    let alerts_key = composer.key(DataClass::Alerts, region);
    let root = composer.context.names.parameter_root();
    let hold = format!("parameter{root}/traffic/hold");
    let hold = composer.context.account.arn("ssm", region.as_str(), hold);
    let parameters = composer.stack.primary_region();
    let actions = Program::DnsFailback.required_actions();
    let read = get_parameter_permissions(composer, actions, parameters);
    let mut allowed: Vec<Statement> = read.into_iter().collect();
    allowed.push(Statement::allow(["ssm:PutParameter"], [hold]).sid("PutHold"));
    if !checks.is_empty() {
        let arns = checks.iter().map(|check| check.arn());
        allowed
            .push(Statement::allow(["route53:UpdateHealthCheck"], arns).sid("UpdateHealthChecks"));
    }
    if let Some(topic) = &topic {
        let key = ["kms:Decrypt", "kms:GenerateDataKey"];
        allowed.push(Statement::allow(["sns:Publish"], [topic.clone()]).sid("PublishAlerts"));
        allowed.push(Statement::allow(key, [alerts_key.arn()]).sid("AlertsKey"));
    }
    let ids = checks.iter().map(|check| check.id());
    let ids = Value::<Any>::from(ids.collect::<Value<List<String>>>());
    let mut environment = BTreeMap::from([
        ("HEALTH_CHECK_IDS", ids.to_json()),
        ("ALERT_TOPIC_ARN", topic.unwrap_or_else(|| "".into())),
    ]);
    environment.extend(parameter_variables(composer, parameters));
    let props = FunctionProps {
        key: KEY,
        description: "Removes the new side from DNS while the source is the writer",
        network: None,
        architecture: Architecture::default(),
        memory_mib: 256,
        timeout: Seconds::constant::<60>(),
        reserved_concurrency: None,
        environment,
        deletion: Deletion::BeforeUpdates,
        permissions: allowed,
    };
    let function_deps = composer.package_function_deps(Program::DnsFailback, region);
    let context = composer.context;
    let alarm_actions = topics.actions_for(AlertCategory::Migration, region);
    let mut root = composer.root.in_region(region.as_str());
    let mut scope = root.child("dns-failback");
    let function = Function::new(&mut scope, &context, props, function_deps);
    let subject = "lambda-dns-failback";
    alarms::add_function_alarms(
        &mut scope.child("alarm"),
        &context,
        subject,
        &function.name(),
        &alarm_actions,
    );
    if runs_migration(composer.target.phase) {
        invoke_on_alarm(
            &mut scope,
            &context,
            function,
            &deps.guard_alarms.ingress,
            &alarm_actions,
        );
    }
}

/// The function in physical names.
const KEY: &str = "dns-failback";
