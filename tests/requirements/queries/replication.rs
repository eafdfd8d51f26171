//! Replication with DMS: three tasks between two databases, in subnets of their own.

use paymig::aws;
use paymig::terraform::tree::{NodeId, Term, View};
use serde_json::Value;

use super::monitoring::{threshold, watched};
use super::network::{Ways, ways};
use crate::framework::case::{Amount, Case, Item, Known, Text, Verdict};
use crate::framework::policy::{json, several, text};

type Endpoint<'t> = Item<'t, aws::DmsEndpoint>;
type Task<'t> = Item<'t, aws::DmsReplicationTask>;

/// One task loads and replicates; one replicates forward again after a rollback; one replicates in reverse.
pub(crate) fn rows_are_loaded_and_replicated_both_ways(case: Case<'_>) -> Verdict {
    let leads = |task: &Task<'_>, from: &str, to: &str| {
        source(task).is_some_and(|it| it.engine_name().is(from))
            && target(task).is_some_and(|it| it.engine_name().is(to))
    };
    let clusters = case.items::<aws::RdsCluster>();
    let (old, new) = if clusters.iter().any(|it| it.engine().is("aurora-mysql")) {
        ("mysql", "aurora")
    } else {
        ("postgres", "aurora-postgresql")
    };
    case.every::<aws::DmsReplicationTask>()
        .exactly(3)
        .must("run on an instance, from a source to a target", |task| {
            let instance = task.replication_instance_arn();
            task.to::<aws::DmsReplicationInstance, _>(instance).len() == 1
                && source(task).is_some()
                && target(task).is_some()
        })
        .some("loads and then captures changes", |task| {
            task.migration_type().is("full-load-and-cdc") && leads(task, old, new)
        })
        .some("captures changes forward", |task| {
            task.migration_type().is("cdc") && leads(task, old, new)
        })
        .some("captures changes back", |task| {
            task.migration_type().is("cdc") && leads(task, new, old)
        })
        .verdict()
}

/// DMS would create the log group itself, without a key and without an expiry.
pub(crate) fn instances_log_to_a_log_group_of_the_stack(case: Case<'_>) -> Verdict {
    case.every::<aws::DmsReplicationInstance>()
        .must("have a log group before its tasks write", |instance| {
            let waits = instance.node.meta().depends_on().iter();
            let groups = waits
                .filter_map(|id| instance.case.tree.node(*id))
                .filter_map(View::of);
            let identifier = instance.replication_instance_id().text();
            let named = |group: View<'_, aws::CloudwatchLogGroup>| {
                let name = group.name().text();
                name.zip(identifier)
                    .is_some_and(|(name, identifier)| name == format!("dms-tasks-{identifier}"))
            };
            groups.into_iter().any(named)
        })
        .verdict()
}

/// Existing tables are never dropped, an error stops the task, and the task is logged.
pub(crate) fn replication_stops_at_errors(case: Case<'_>) -> Verdict {
    case.every::<aws::DmsReplicationTask>()
        .must("keep existing tables", |task| {
            settings(task)["FullLoadSettings"]["TargetTablePrepMode"] == "DO_NOTHING"
        })
        .must("stop at an error", |task| {
            let behaviour = &settings(task)["ErrorBehavior"];
            [
                "ApplyErrorInsertPolicy",
                "ApplyErrorUpdatePolicy",
                "ApplyErrorDeletePolicy",
            ]
            .iter()
            .all(|policy| behaviour[policy] == "STOP_TASK")
        })
        .must("write logs", |task| {
            settings(task)["Logging"]["EnableLogging"] == true
        })
        .must("list its tables", |task| task.table_mappings().is_some())
        .must("not start with an apply", |task| {
            !task.start_replication_task().is(true)
        })
        .verdict()
}

/// The loss of an Availability Zone does not end replication.
pub(crate) fn instances_are_multi_az(case: Case<'_>) -> Verdict {
    case.every::<aws::DmsReplicationInstance>()
        .must("be in two Availability Zones", |instance| {
            instance.multi_az().is(true)
        })
        .verdict()
}

/// Private, encrypted.
pub(crate) fn instances_are_private_and_encrypted(case: Case<'_>) -> Verdict {
    case.every::<aws::DmsReplicationInstance>()
        .must("have no public address", |instance| {
            instance.publicly_accessible().is(false)
        })
        .must("be encrypted with a key of its own region", |instance| {
            instance.uses_own::<aws::KmsKey, _>(instance.kms_key_arn())
        })
        .must("have a subnet group and a security group", |instance| {
            let subnets = instance.replication_subnet_group_id();
            let groups = instance.vpc_security_group_ids();
            instance.uses_own::<aws::DmsReplicationSubnetGroup, _>(subnets)
                && instance.uses_own::<aws::SecurityGroup, _>(groups)
        })
        .must("require the roles of DMS before it", |instance| {
            let conditions = instance.node.meta().lifecycle().preconditions().iter();
            let mut roles: Vec<NodeId> = Vec::new();
            conditions.for_each(|it| it.condition().references(&mut |id| roles.push(id)));
            let nodes = roles.iter().filter_map(|id| case.tree.node(*id));
            nodes.filter_map(View::<aws::data::IamRoles>::of).count() == 2
        })
        .verdict()
}

/// The subnets of replication instances contain nothing else.
pub(crate) fn instances_have_subnets_of_their_own(case: Case<'_>) -> Verdict {
    case.every::<aws::DmsReplicationSubnetGroup>()
        .must(
            "span three private subnets that nothing else uses",
            |group| {
                let subnets = group.to::<aws::Subnet, _>(group.subnet_ids());
                subnets.len() == 3
                    && subnets.iter().all(|subnet| {
                        ways(subnet) == Some(Ways::OUT) && users(case, subnet.node.node_id()) == 1
                    })
            },
        )
        .verdict()
}

/// PCI DSS 4.2.1 and 8.6.2: TLS, verified if the certificate authority is known; credentials from secrets.
pub(crate) fn endpoints_use_tls_and_secrets(case: Case<'_>) -> Verdict {
    case.every::<aws::DmsEndpoint>()
        .must("use TLS, verified for the target", |endpoint| {
            let ours = endpoint.engine_name().is("aurora-postgresql");
            let certificates = endpoint.to::<aws::DmsCertificate, _>(endpoint.certificate_arn());
            match endpoint.ssl_mode().text() {
                Some("verify-full") => certificates.len() == 1,
                Some("require") => !ours,
                _ => false,
            }
        })
        .must(
            "log in with a secret that has a value, and a role",
            |endpoint| {
                let secrets =
                    endpoint.to::<aws::SecretsmanagerSecret, _>(endpoint.secrets_manager_arn());
                let written = secrets.iter().any(|secret| {
                    type Version = aws::SecretsmanagerSecretVersion;
                    let versions = secret.from::<Version, _>(View::<Version>::secret_id);
                    versions.iter().any(|version| {
                        let waited = endpoint.node.meta().depends_on();
                        waited.contains(&version.node.node_id())
                    })
                });
                let role = endpoint.secrets_manager_access_role_arn();
                written && endpoint.to::<aws::IamRole, _>(role).len() == 1
            },
        )
        .must(
            "encrypt its storage with a key of its own region",
            |endpoint| endpoint.uses_own::<aws::KmsKey, _>(endpoint.kms_key_arn()),
        )
        .verdict()
}

/// The instance has egress rules to both databases and AWS, and ingress to the target.
pub(crate) fn instances_reach_both_databases(case: Case<'_>) -> Verdict {
    case.every::<aws::DmsReplicationInstance>()
        .must(
            "have egress rules to two databases and AWS, and ingress to the target",
            |instance| {
                let groups =
                    instance.to::<aws::SecurityGroup, _>(instance.vpc_security_group_ids());
                type Out = aws::VpcSecurityGroupEgressRule;
                let out: Vec<_> = groups
                    .iter()
                    .flat_map(|group| group.from::<Out, _>(View::<Out>::security_group_id))
                    .filter(|rule| {
                        let group = rule.referenced_security_group_id();
                        rule.cidr_ipv4().text().is_some()
                            || !rule.to::<aws::SecurityGroup, _>(group).is_empty()
                    })
                    .filter_map(|rule| rule.to_port().number())
                    .collect();
                let subnets = instance.to::<aws::DmsReplicationSubnetGroup, _>(
                    instance.replication_subnet_group_id(),
                );
                let subnets = subnets
                    .iter()
                    .flat_map(|group| group.to::<aws::Subnet, _>(group.subnet_ids()));
                let inside: Vec<_> = subnets.filter_map(|it| it.cidr_block().text()).collect();
                let let_in = case.items::<aws::VpcSecurityGroupIngressRule>();
                let let_in = let_in.iter().any(|rule| {
                    let range = rule.cidr_ipv4().text().and_then(|range| range.parse().ok());
                    let range: Option<ipnet::Ipv4Net> = range;
                    let from = rule.referenced_security_group_id();
                    let by_group = groups.iter().any(|group| {
                        from.as_ref()
                            .is_some_and(|from| from.refers_to(group.node.node_id()))
                    });
                    let by_range = !inside.is_empty()
                        && inside.iter().all(|subnet| {
                            let subnet: Option<ipnet::Ipv4Net> = subnet.parse().ok();
                            range
                                .zip(subnet)
                                .is_some_and(|(range, subnet)| range.contains(&subnet))
                        });
                    rule.to_port().is(DATABASE)
                        && !is_network(case, rule)
                        && guards_database(rule)
                        && (by_group || by_range)
                });
                let databases = out.iter().filter(|port| **port == DATABASE).count();
                let apis = out.contains(&HTTPS);
                databases == 2 && apis && let_in
            },
        )
        .verdict()
}

/// A task that failed or stopped causes a notification immediately. A stopped task has no lag, and so no alarm on it.
pub(crate) fn failures_are_notified(case: Case<'_>) -> Verdict {
    case.every::<aws::CloudwatchEventRule>()
        .some("notifies of failed and stopped tasks", |rule| {
            let events = event_types(rule);
            let tasks = rule.to::<aws::DmsReplicationTask, _>(rule.event_pattern());
            let targets = rule
                .from::<aws::CloudwatchEventTarget, _>(View::<aws::CloudwatchEventTarget>::rule);
            tasks.len() == case.items::<aws::DmsReplicationTask>().len()
                && events.contains(&"REPLICATION_TASK_FAILED")
                && events.contains(&"REPLICATION_TASK_STOPPED")
                && watched(rule, "RuleName", &["FailedInvocations"])
                && targets
                    .iter()
                    .any(|target| target.uses_own::<aws::SnsTopic, _>(target.arn()))
        })
        .verdict()
}

/// The values of `eventType` in the alternatives of an event pattern.
fn event_types<'t>(rule: &Item<'t, aws::CloudwatchEventRule>) -> Vec<&'t str> {
    let pattern = rule.event_pattern();
    let detail = pattern.and_then(|pattern| match json(pattern.term())?.get("detail") {
        Some(Term::Object(detail)) => detail.get("$or"),
        _ => None,
    });
    let alternatives = detail.into_iter().flat_map(several);
    let types = alternatives.filter_map(|alternative| match alternative {
        Term::Object(alternative) => alternative.get("eventType"),
        _ => None,
    });
    types.flat_map(several).filter_map(text).collect()
}

/// The required limit of replication lag, in seconds.
const BEHIND: f64 = 5.0;

/// Both latencies of each task: at its source and at its target.
pub(crate) fn replication_lag_has_an_alarm(case: Case<'_>) -> Verdict {
    let alarms = case.items::<aws::CloudwatchMetricAlarm>();
    case.every::<aws::DmsReplicationTask>()
        .must("have an alarm on lag above five seconds", |task| {
            let identifier = task.resource_identifier().text();
            let instances =
                task.to::<aws::DmsReplicationInstance, _>(task.replication_instance_arn());
            let instance = instances
                .first()
                .and_then(|it| it.replication_instance_id().text());
            let dimension = |alarm: &Item<'_, aws::CloudwatchMetricAlarm>, name: &str| {
                let value = alarm.dimensions().and_then(|all| all.key(name));
                value.text().map(str::to_owned)
            };
            // The ARN of the task contains an identifier that AWS makes.
            let is_about = |alarm: &Item<'_, aws::CloudwatchMetricAlarm>| {
                if identifier.is_some() {
                    return dimension(alarm, "ReplicationTaskIdentifier").as_deref() == identifier;
                }
                let dimensions = alarm.dimensions();
                let identifier = dimensions.and_then(|all| all.key("ReplicationTaskIdentifier"));
                identifier.is_some_and(|it| it.refers_to(task.node.node_id()))
            };
            ["CDCLatencySource", "CDCLatencyTarget"]
                .iter()
                .all(|metric| {
                    alarms.iter().any(|alarm| {
                        alarm.metric_name().is(metric)
                            && is_about(alarm)
                            && dimension(alarm, "ReplicationInstanceIdentifier").as_deref()
                                == instance
                            && threshold(alarm).is_some_and(|lag| lag > 0.0 && lag <= BEHIND)
                            && alarm.comparison_operator().is("GreaterThanThreshold")
                    })
                })
        })
        .verdict()
}

fn guards_database(rule: &Item<'_, aws::VpcSecurityGroupIngressRule>) -> bool {
    let groups = rule.to::<aws::SecurityGroup, _>(rule.security_group_id());
    let by_group = View::<aws::RdsCluster>::vpc_security_group_ids;
    let clusters = groups
        .iter()
        .flat_map(|group| group.from::<aws::RdsCluster, _>(by_group));
    clusters.count() > 0
}

/// Whether a rule covers a whole network, and so more than replication.
fn is_network(case: Case<'_>, rule: &Item<'_, aws::VpcSecurityGroupIngressRule>) -> bool {
    let range = rule.cidr_ipv4().text();
    let vpcs = case.items::<aws::Vpc>();
    vpcs.iter().any(|vpc| vpc.cidr_block().text() == range)
}

const DATABASE: i64 = 5432;
const HTTPS: i64 = 443;

fn source<'t>(task: &Task<'t>) -> Option<Endpoint<'t>> {
    let mut endpoints = task.to::<aws::DmsEndpoint, _>(task.source_endpoint_arn());
    endpoints.pop().filter(|it| it.endpoint_type().is("source"))
}

fn target<'t>(task: &Task<'t>) -> Option<Endpoint<'t>> {
    let mut endpoints = task.to::<aws::DmsEndpoint, _>(task.target_endpoint_arn());
    endpoints.pop().filter(|it| it.endpoint_type().is("target"))
}

pub(crate) fn settings(task: &Task<'_>) -> Value {
    let text = task.replication_task_settings().text().unwrap_or_default();
    serde_json::from_str(text).unwrap_or_default()
}

/// The number of elements in a subnet, without its own route table.
fn users(case: Case<'_>, subnet: NodeId) -> usize {
    let others = case.tree.nodes().iter().filter(|node| {
        let mut uses = false;
        node.references(&mut |id| uses |= id == subnet);
        uses && View::<aws::RouteTableAssociation>::of(node).is_none()
    });
    others.count()
}
