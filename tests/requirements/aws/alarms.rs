//! Alarms.

use paymig::aws::cloudwatch_metric_alarm::MetricQuery;
use paymig::aws::data::Ec2TransitGatewayVpnAttachment;
use paymig::aws::{
    CloudwatchDashboard, CloudwatchLogMetricFilter, CloudwatchMetricAlarm, DmsReplicationInstance,
    LambdaFunction, Lb, LbTargetGroup, RdsCluster, RdsClusterInstance, VpnConnection, Wafv2WebAcl,
};
use paymig::terraform::tree::{Argument as A, Kind, NodeId, Read, View};

use crate::framework::case::{Amount, Case, Item, Known, Verdict};
use crate::framework::mutation::{
    disabled, dropped, redirected, removed, replaced, replaced_in, weakened, weakened_in,
};
use crate::framework::policy::text;
use crate::framework::requirement::{MIGRATING, Requirement, SERVING, query};
use crate::queries::alarm_limits;
use crate::queries::monitoring::{
    alarms_on, failures_are_counted, has_expected_errors, lines, threshold, watched,
};

pub(crate) fn requirements() -> Vec<Requirement> {
    [
        Requirement::new(
            "AWS-AL-1",
            "VPN connections, replication instances and the network load balancers of VPC links have alarms. The \
             counts of healthy targets exclude load balancers (Network Load Balancers user guide, \"CloudWatch \
             metrics\").",
        )
        .verified_by(query!(
            connections_have_alarms,
            MIGRATING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/vpn"),
                removed::<CloudwatchMetricAlarm>().within("alarms/dms-instance"),
                removed::<CloudwatchMetricAlarm>().within("alarms/vpc-link"),
                weakened(A::<CloudwatchMetricAlarm>::dimensions()).within("alarms/vpn"),
            ]
        )),
        Requirement::new(
            "AWS-AL-2",
            "Metric filters count the failures of Lambda authorizers and of rotations that a migration holds. A refused token and \
             a hold are errors of these functions too (API Gateway developer guide, \"Use API Gateway Lambda authorizers\"; \
             Secrets Manager user guide, \"Rotation by Lambda function\").",
        )
        .verified_by(query!(
            expected_errors_are_not_counted,
            [
                removed::<CloudwatchLogMetricFilter>().within("api/payments/authorizer"),
                removed::<CloudwatchMetricAlarm>().within("alarms/authorizer/payments/failures"),
                removed::<CloudwatchLogMetricFilter>().within("database/payments/rotation"),
                removed::<CloudwatchMetricAlarm>().within("alarms/rotation/payments/failures"),
            ]
        )),
        Requirement::new(
            "AWS-AL-3",
            "The old side has no guard alarm: after a cutover its database is fenced, and it has no healthy target.",
        )
        .verified_by(query!(
            old_side_has_no_guard_alarm,
            MIGRATING,
            [redirected(
                A::<LambdaFunction>::environment(),
                "alarms/balancer/main/production/old/unhealthy"
            )
            .within("workflow/migration/cutover")]
        )),
        Requirement::new(
            "AWS-AL-4",
            "The load of an Aurora writer has alarms and graphs of its own, and so has the load of the readers (Aurora \
             user guide, \"Creating CloudWatch alarms to monitor Amazon Aurora\"). An average over the cluster hides \
             a busy writer behind idle readers.",
        )
        .verified_by(query!(
            writers_and_readers_have_alarms,
            MIGRATING,
            [weakened_in(A::<CloudwatchMetricAlarm>::dimensions(), "Role")]
        )),
        Requirement::new(
            "AWS-AL-5",
            "No guard alarm reacts to a few failed requests: it compares failures with all requests, and one that reacts \
             within a minute needs more than half of them. A fence, in which every request fails, is left out in the \
             region with its metrics.",
        )
        .verified_by(query!(
            guard_alarms_evaluate_rates,
            MIGRATING,
            [
                weakened(A::<CloudwatchMetricAlarm>::threshold()).within("alarms/balancer/main/production/outage"),
                dropped(A::<CloudwatchMetricAlarm>::datapoints_to_alarm())
                    .within("alarms/balancer/main/production/errors"),
            ]
        )),
        Requirement::new(
            "AWS-AL-6",
            "A web ACL has an alarm on the requests that it blocks: callers receive 403, which no metric of errors counts \
             (AWS WAF developer guide, \"AWS WAF metrics and dimensions\").",
        )
        .verified_by(query!(
            blocked_requests_have_alarms,
            SERVING,
            [removed::<CloudwatchMetricAlarm>().within("alarms/waf")]
        )),
    ]
    .into_iter()
    .chain(limits())
    .collect()
}

/// What holds for every alarm.
fn limits() -> [Requirement; 2] {
    [
        Requirement::new(
            "AWS-AL-7",
            "Each alarm compares in the direction of its metric, with a statistic that hides no failure, within minutes, and treats missing \
             data as what it means for the metric (CloudWatch user guide, \"Configuring how CloudWatch alarms treat missing \
             data\").",
        )
        .verified_by(query!(
            alarm_limits::alarms_detect_failures_in_time,
            [
                replaced(A::<CloudwatchMetricAlarm>::comparison_operator(), "LessThanThreshold"),
                replaced(A::<CloudwatchMetricAlarm>::comparison_operator(), "GreaterThanThreshold"),
                replaced(A::<CloudwatchMetricAlarm>::statistic(), "SampleCount"),
                replaced(A::<CloudwatchMetricAlarm>::period(), "3600"),
                replaced_in(A::<CloudwatchMetricAlarm>::metric_query(), "period", "3600"),
                replaced(A::<CloudwatchMetricAlarm>::evaluation_periods(), "60"),
                replaced(A::<CloudwatchMetricAlarm>::treat_missing_data(), "ignore"),
                dropped(A::<CloudwatchMetricAlarm>::treat_missing_data()),
                replaced(A::<CloudwatchMetricAlarm>::threshold(), "1000000000000"),
                replaced(A::<CloudwatchMetricAlarm>::threshold(), "-1"),
            ]
        )),
        Requirement::new(
            "AWS-AL-8",
            "Alarms act. Only those of a side that receives no request have their actions disabled.",
        )
        .verified_by(query!(
            alarm_limits::alarms_of_serving_sides_act,
            [
                disabled(A::<CloudwatchMetricAlarm>::actions_enabled()).within("alarms/api"),
                disabled(A::<CloudwatchMetricAlarm>::actions_enabled()).within("alarms/balancer/main/main"),
                disabled(A::<CloudwatchMetricAlarm>::actions_enabled()).within("alarms/database"),
                disabled(A::<CloudwatchMetricAlarm>::actions_enabled()).within("alarms/replication"),
                disabled(A::<CloudwatchMetricAlarm>::actions_enabled()).within("alarms/rotation"),
                disabled(A::<CloudwatchMetricAlarm>::actions_enabled()).within("alarms/vpn"),
            ]
        )),
    ]
}

/// Metrics of an instance, which CloudWatch aggregates by role.
const INSTANCE_LOAD: [&str; 4] = [
    "CPUUtilization",
    "CommitLatency",
    "DatabaseConnections",
    "FreeableMemory",
];

fn blocked_requests_have_alarms(case: Case<'_>) -> Verdict {
    case.any::<Wafv2WebAcl>()
        .must("have an alarm on blocked requests", |acl| {
            watched(acl, "WebACL", &["BlockedRequests", "AllowedRequests"])
        })
        .verdict()
}

/// Metrics that count failures of requests.
const FAILURES: [&str; 5] = [
    "5XXError",
    "Errors",
    "HTTPCode_ELB_5XX_Count",
    "HTTPCode_Target_5XX_Count",
    "Throttles",
];

fn guard_alarms_evaluate_rates(case: Case<'_>) -> Verdict {
    const HALF: f64 = 50.0;
    let functions = case.items::<LambdaFunction>();
    let guards: Vec<_> = functions
        .iter()
        .flat_map(|function| references(function, "environment"))
        .collect();
    case.any::<CloudwatchMetricAlarm>()
        .must("compare failures with requests", |alarm| {
            let queries = alarm.metric_query();
            let metrics = queries.iter().filter_map(View::<MetricQuery>::metric);
            let names: Vec<_> = metrics.map(|metric| metric.metric_name()).collect();
            let counts = |metric: &&str| {
                alarm.metric_name().is(metric) || names.iter().any(|name| name.is(metric))
            };
            if !guards.contains(&alarm.node.node_id()) || !FAILURES.iter().any(counts) {
                return true;
            }
            let is_rate = ["RequestCount", "Count", "Invocations"].iter().any(counts);
            let lasts = alarm.datapoints_to_alarm().number() >= Some(2);
            is_rate && (lasts || threshold(alarm) >= Some(HALF))
        })
        .verdict()
}

/// The role of the instances whose metric an alarm evaluates.
fn role_of<'t>(alarm: &Item<'t, CloudwatchMetricAlarm>) -> Option<Read<'t, String>> {
    alarm.dimensions()?.key("Role")
}

fn writers_and_readers_have_alarms(case: Case<'_>) -> Verdict {
    let clusters =
        case.any::<RdsCluster>()
            .must("have alarms on the load of each role", |cluster| {
                let instances = cluster
                    .from::<RdsClusterInstance, _>(View::<RdsClusterInstance>::cluster_identifier);
                let roles: &[&str] = match instances.len() {
                    ..=1 => &["WRITER"],
                    _ => &["WRITER", "READER"],
                };
                cluster.master_username().is_none()
                    || roles.iter().all(|role| {
                        let alarms = alarms_on(cluster, "DBClusterIdentifier", "CPUUtilization");
                        alarms.iter().any(|alarm| role_of(alarm).is(*role))
                    })
            });
    let alarms =
        case.any::<CloudwatchMetricAlarm>()
            .must("have the role of the instances", |alarm| {
                !alarm.namespace().is("AWS/RDS")
                    || !INSTANCE_LOAD
                        .iter()
                        .any(|metric| alarm.metric_name().is(*metric))
                    || ["WRITER", "READER"]
                        .iter()
                        .any(|role| role_of(alarm).is(*role))
            });
    let dashboards =
        case.any::<CloudwatchDashboard>()
            .must("show the load of a role", |dashboard| {
                lines(dashboard).iter().all(|line| {
                    let words: Vec<_> = line.iter().filter_map(text).collect();
                    words.first() != Some(&"AWS/RDS")
                        || !INSTANCE_LOAD.iter().any(|metric| words.contains(metric))
                        || words.contains(&"Role")
                })
            });
    clusters
        .verdict()
        .and(alarms.verdict())
        .and(dashboards.verdict())
}

fn connections_have_alarms(case: Case<'_>) -> Verdict {
    let own = case
        .any::<VpnConnection>()
        .must("have alarms on one tunnel and on both", |vpn| {
            tunnels_are_watched(vpn)
        })
        .verdict();
    let existing = case
        .any::<Ec2TransitGatewayVpnAttachment>()
        .must("have alarms on one tunnel and on both", |vpn| {
            tunnels_are_watched(vpn)
        })
        .verdict();
    let instances = case
        .any::<DmsReplicationInstance>()
        .must("have alarms on storage and memory", |instance| {
            let metrics = ["FreeStorageSpace", "AvailableMemory"];
            watched(instance, "ReplicationInstanceIdentifier", &metrics)
        })
        .verdict();
    let links = case
        .any::<Lb>()
        .must("have alarms on failed connections", |balancer| {
            let metrics = ["UnhealthyRoutingFlowCount", "PortAllocationErrorCount"];
            !balancer.load_balancer_type().is("network")
                || watched(balancer, "LoadBalancer", &metrics)
        })
        .verdict();
    own.and(existing).and(instances).and(links)
}

/// The minimum is of the tunnel that is down, the maximum of both.
fn tunnels_are_watched<K: Kind>(vpn: &Item<'_, K>) -> bool {
    let alarms = alarms_on(vpn, "VpnId", "TunnelState");
    ["Minimum", "Maximum"]
        .iter()
        .all(|statistic| alarms.iter().any(|alarm| alarm.statistic().is(*statistic)))
}

fn expected_errors_are_not_counted(case: Case<'_>) -> Verdict {
    case.any::<LambdaFunction>()
        .must("have an alarm on its failures", |function| {
            !has_expected_errors(function) || failures_are_counted(function)
        })
        .verdict()
}

fn old_side_has_no_guard_alarm(case: Case<'_>) -> Verdict {
    let alarms = case.items::<CloudwatchMetricAlarm>();
    case.any::<LambdaFunction>()
        .must("have no alarm of the old side", |function| {
            let named = references(function, "environment");
            let mut guards = alarms
                .iter()
                .filter(|alarm| named.contains(&alarm.node.node_id()));
            !guards.any(|alarm| {
                let queries = alarm.metric_query();
                let metrics = queries.iter().filter_map(View::<MetricQuery>::metric);
                let mut groups = metrics
                    .filter_map(|metric| metric.dimensions()?.key("TargetGroup"))
                    .flat_map(|group| alarm.to::<LbTargetGroup, _>(Some(group)));
                groups.any(|group| group.path().ends_with("/targets/old/group"))
            })
        })
        .verdict()
}

/// The elements that an argument of a function refers to.
fn references(function: &Item<'_, LambdaFunction>, argument: &str) -> Vec<NodeId> {
    let mut found = Vec::new();
    if let Some(term) = function.node.arguments().get(argument) {
        term.references(&mut |id| found.push(id));
    }
    found
}
