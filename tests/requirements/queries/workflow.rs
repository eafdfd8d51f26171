//! State machines of the migration, and the handling of their failures.

use std::collections::BTreeSet;

use paymig::aws;
use paymig::terraform::tree::{Term, View};

use super::monitoring::alarms_on;
use crate::framework::case::{Case, Item, Known, Text, Verdict};
use crate::framework::policy::{json, several, statements, text};

type Machine<'t> = Item<'t, aws::SfnStateMachine>;

/// Steps of each phase, by the names of their states.
const FORWARD: &[&str] = &[
    // initialize
    "Initialize",
    // replicate
    "Start full load",
    "Replication: check",
    // validate
    "Plan validation",
    "Compare chunks",
    "Final validation",
    // cut over
    "Request approval",
    "Fence source",
    "Drain source",
    "Promote target",
    "Start reverse replication",
    // roll back
    "Roll back",
];

/// Cutover, validation and approval.
const PROGRAMS: usize = 3;

const BACK: &[&str] = &[
    "Hold traffic",
    "Assess rollback",
    "Fence target",
    "Drain target",
    "Promote source",
    "Unfence source",
];

pub(crate) fn state_machine_orchestrates_every_phase(case: Case<'_>) -> Verdict {
    case.every::<aws::SfnStateMachine>()
        .some(
            "has a step for each phase, and invokes its functions",
            |machine| {
                let functions = machine.to::<aws::LambdaFunction, _>(machine.definition());
                let functions: BTreeSet<_> = functions.iter().map(|it| it.node.node_id()).collect();
                has(machine, FORWARD) && functions.len() == PROGRAMS
            },
        )
        .verdict()
}

/// The validation step invokes the validation function.
pub(crate) fn databases_are_compared(case: Case<'_>) -> Verdict {
    case.every::<aws::LambdaFunction>()
        .some("compares both databases, for a state machine", |function| {
            let settings = function.environment().and_then(|it| it.variables());
            let hashes = settings.and_then(|all| all.key("HASH_KEY_ARN"));
            let machines =
                function.from::<aws::SfnStateMachine, _>(View::<aws::SfnStateMachine>::definition);
            let compares = function.handler().text().unwrap_or_default();
            hashes.is_some() && compares.starts_with("validation.") && machines.len() == 1
        })
        .verdict()
}

/// The rollback is a state machine of its own, which any failure of the migration starts.
pub(crate) fn failed_migrations_roll_back_automatically(case: Case<'_>) -> Verdict {
    case.every::<aws::SfnStateMachine>()
        .that("of the rollback", |machine| has(machine, BACK))
        .exactly(1)
        .must("be started by the migration, and by its failure", |back| {
            type Target = aws::CloudwatchEventTarget;
            let targets = back.from::<Target, _>(View::<Target>::arn);
            let started = targets.iter().any(|target| {
                let rules = target.to::<aws::CloudwatchEventRule, _>(target.rule());
                let allowed = target.to::<aws::IamRole, _>(target.role_arn());
                allowed.len() == 1 && rules.iter().any(ends_of_machine)
            });
            let definition = View::<aws::SfnStateMachine>::definition;
            let others = back.from::<aws::SfnStateMachine, _>(definition);
            started && others.iter().any(|other| has(other, FORWARD))
        })
        .verdict()
}

/// Executions are logged, without payment data.
pub(crate) fn state_machines_are_logged_and_traced(case: Case<'_>) -> Verdict {
    case.every::<aws::SfnStateMachine>()
        .must("log all events, without data", |machine| {
            let logging = machine.logging_configuration();
            logging.is_some_and(|logging| {
                logging.level().is("ALL")
                    && logging.include_execution_data().is(false)
                    && machine.uses_own::<aws::CloudwatchLogGroup, _>(logging.log_destination())
            })
        })
        .must("be traced, and be of type STANDARD", |machine| {
            let tracing = machine.tracing_configuration();
            machine.r#type().is("STANDARD")
                && tracing.is_some_and(|tracing| tracing.enabled().is(true))
        })
        .must("have a role of its own", |machine| {
            let roles = machine.to::<aws::IamRole, _>(machine.role_arn());
            matches!(&roles[..], [role] if role
                .from::<aws::SfnStateMachine, _>(View::<aws::SfnStateMachine>::role_arn)
                .len() == 1)
        })
        .verdict()
}

pub(crate) fn state_machines_have_alarms(case: Case<'_>) -> Verdict {
    let metrics = [
        "ExecutionsFailed",
        "ExecutionsTimedOut",
        "ExecutionsAborted",
        "ExecutionThrottled",
    ];
    let machines = case
        .every::<aws::SfnStateMachine>()
        .must("have alarms on every status but success", |machine| {
            metrics
                .iter()
                .all(|metric| !alarms_on(machine, "StateMachineArn", metric).is_empty())
        })
        .verdict();
    let rules = case
        .every::<aws::CloudwatchEventRule>()
        .that("that starts the rollback", ends_of_machine)
        .must("have an alarm on failed starts", |rule| {
            !alarms_on(rule, "RuleName", "FailedInvocations").is_empty()
        })
        .verdict();
    machines.and(rules)
}

/// Each program of the migration logs its events, and each event is counted.
pub(crate) fn events_are_counted(case: Case<'_>) -> Verdict {
    case.every::<aws::LambdaFunction>()
        .that("that a state machine invokes", |function| {
            let definition = View::<aws::SfnStateMachine>::definition;
            !function
                .from::<aws::SfnStateMachine, _>(definition)
                .is_empty()
        })
        .must("have metric filters for its events", counts_events)
        .verdict()
}

/// Cutover and approval have a topic, and may publish to it.
pub(crate) fn migration_notifies_operators(case: Case<'_>) -> Verdict {
    const PUBLISHERS: [&str; 2] = ["approval.", "cutover."];
    case.every::<aws::LambdaFunction>()
        .that("that notifies of a status", |function| {
            let handler = function.handler().text().unwrap_or_default();
            PUBLISHERS.iter().any(|it| handler.starts_with(it))
        })
        .exactly(PUBLISHERS.len())
        .must("have a topic, and publish to it", |function| {
            let variables = function.environment().and_then(|it| it.variables());
            let topic = variables.and_then(|all| all.key("ALERT_TOPIC_ARN"));
            let topics = function.to::<aws::SnsTopic, _>(topic);
            let roles = function.to::<aws::IamRole, _>(function.role());
            let mut policies = roles.iter().flat_map(|role| {
                role.from::<aws::IamRolePolicy, _>(View::<aws::IamRolePolicy>::role)
            });
            let [topic] = &topics[..] else { return false };
            policies.any(|policy| {
                statements(policy.policy()).iter().any(|statement| {
                    let mut is_topic = false;
                    for resource in statement.resources() {
                        resource.references(&mut |id| is_topic |= id == topic.node.node_id());
                    }
                    statement.allows() && statement.actions() == ["sns:Publish"] && is_topic
                })
            })
        })
        .verdict()
}

/// Whether metric filters count each event of a program.
pub(crate) fn counts_events(function: &Item<'_, aws::LambdaFunction>) -> bool {
    const EVENTS: [&str; 5] = [
        "failed",
        "fenced",
        "promoted",
        "traffic-shifted",
        "validated",
    ];
    let logging = function.logging_config();
    let groups =
        logging.map(|logging| function.to::<aws::CloudwatchLogGroup, _>(logging.log_group()));
    type Filter = aws::CloudwatchLogMetricFilter;
    let filters: Vec<_> = groups
        .iter()
        .flatten()
        .flat_map(|group| group.from::<Filter, _>(View::<Filter>::log_group_name))
        .collect();
    EVENTS.iter().all(|event| {
        let pattern = format!("$.event = \"{event}\"");
        filters.iter().any(|filter| {
            let filtered = filter.pattern().text().unwrap_or_default();
            let metric = filter.metric_transformation();
            filtered.contains(&pattern)
                && metric.is_some_and(|metric| {
                    metric.namespace().text().is_some() && metric.value().is("1")
                })
        })
    })
}

/// Payment functions, cutover and validation log in to both databases.
pub(crate) fn programs_reach_both_databases(case: Case<'_>) -> Verdict {
    case.every::<aws::LambdaFunction>()
        .that("with logins to both databases", |function| {
            let settings = function.environment().and_then(|it| it.variables());
            function.vpc_config().is_some()
                && settings.is_some_and(|all| {
                    all.key("SOURCE_SECRET").is_some() || all.key("REPLICATIONS").is_some()
                })
        })
        .at_least(3)
        .must("have egress rules to both databases", |function| {
            let config = function.vpc_config();
            let groups = config
                .map(|config| function.to::<aws::SecurityGroup, _>(config.security_group_ids()));
            type Out = aws::VpcSecurityGroupEgressRule;
            let rules: Vec<_> = groups
                .iter()
                .flatten()
                .flat_map(|group| group.from::<Out, _>(View::<Out>::security_group_id))
                .filter(|rule| rule.to_port().is(5432))
                .collect();
            let vpcs = case.items::<aws::Vpc>();
            let is_ours = |range: &str| vpcs.iter().any(|vpc| vpc.cidr_block().is(range));
            let here = rules.iter().any(|rule| {
                let group = rule.referenced_security_group_id();
                !rule.to::<aws::SecurityGroup, _>(group).is_empty()
                    || rule.cidr_ipv4().text().is_some_and(is_ours)
            });
            let there = rules.iter().any(|rule| {
                let range = rule.cidr_ipv4().text();
                range.is_some_and(|range| is_private(range) && !is_ours(range))
            });
            here && there
        })
        .verdict()
}

/// The database's security group allows a workflow in another network.
pub(crate) fn databases_allow_migration_programs(case: Case<'_>) -> Verdict {
    let vpcs: Vec<_> = case.items::<aws::Vpc>();
    case.every::<aws::VpcSecurityGroupIngressRule>()
        .some("allows a network of the migration at a database", |rule| {
            let groups = rule.to::<aws::SecurityGroup, _>(rule.security_group_id());
            let by_group = View::<aws::RdsCluster>::vpc_security_group_ids;
            let range = rule.cidr_ipv4().text();
            range.is_some_and(|range| vpcs.iter().any(|vpc| vpc.cidr_block().is(range)))
                && groups
                    .iter()
                    .any(|group| !group.from::<aws::RdsCluster, _>(by_group).is_empty())
        })
        .verdict()
}

fn is_private(range: &str) -> bool {
    let range: Result<ipnet::Ipv4Net, _> = range.parse();
    range.is_ok_and(|range| range.addr().is_private())
}

/// Whether a rule matches every final status except success.
fn ends_of_machine(rule: &Item<'_, aws::CloudwatchEventRule>) -> bool {
    let pattern = rule.event_pattern();
    let machines = rule.to::<aws::SfnStateMachine, _>(rule.event_pattern());
    let detail = pattern.and_then(|pattern| match json(pattern.term())?.get("detail") {
        Some(Term::Object(detail)) => detail.get("status"),
        _ => None,
    });
    let statuses: Vec<_> = detail
        .into_iter()
        .flat_map(several)
        .filter_map(text)
        .collect();
    machines.len() == 1
        && ["FAILED", "TIMED_OUT", "ABORTED"]
            .iter()
            .all(|status| statuses.contains(status))
}

/// Whether all of `steps` are states of a state machine, which starts at one of its states.
fn has(machine: &Machine<'_>, steps: &[&str]) -> bool {
    let definition = machine.definition();
    let Some(definition) = definition.and_then(|text| json(text.term())) else {
        return false;
    };
    let Some(Term::Object(states)) = definition.get("States") else {
        return false;
    };
    let first = definition.get("StartAt").and_then(text);
    first.is_some_and(|first| states.get(first).is_some())
        && steps.iter().all(|step| states.get(step).is_some())
}
