//! Alarms, notifications, logs, dashboards and audit.

use paymig::aws;
use paymig::aws::cloudwatch_metric_alarm::MetricQuery;
use paymig::terraform::tree::{Kind, NodeId, Object, Term, View};

use crate::framework::case::{Amount, Case, Group, Item, Known, Text, Verdict};
use crate::framework::policy::{json, several, statements, text};

/// PCI DSS 10.5.1, in days.
const A_YEAR: i64 = 365;

/// PCI DSS 3.5.1 and 10.5.1.
pub(crate) fn logs_are_encrypted_and_retained(case: Case<'_>) -> Verdict {
    case.every::<aws::CloudwatchLogGroup>()
        .must("be encrypted with a key of its own region", |group| {
            group.uses_own::<aws::KmsKey, _>(group.kms_key_id())
        })
        .must("be kept for a year", |group| {
            group.retention_in_days().at_least(A_YEAR)
        })
        .verdict()
}

/// An alarm can notify topics of its own region only.
pub(crate) fn alarms_notify_the_topic_of_their_region(case: Case<'_>) -> Verdict {
    case.every::<aws::CloudwatchMetricAlarm>()
        .must("notify a topic of its own region", |alarm| {
            alarm.uses_own::<aws::SnsTopic, _>(alarm.alarm_actions())
        })
        .must("notify of the return to OK", |alarm| {
            alarm.uses_own::<aws::SnsTopic, _>(alarm.ok_actions())
        })
        .verdict()
}

pub(crate) fn topics_have_subscriptions(case: Case<'_>) -> Verdict {
    case.every::<aws::SnsTopic>()
        .must("have a subscription", |topic| {
            let listeners = topic
                .from::<aws::SnsTopicSubscription, _>(View::<aws::SnsTopicSubscription>::topic_arn);
            listeners
                .iter()
                .any(|listener| listener.protocol().is("email") && listener.endpoint().is_some())
        })
        .verdict()
}

/// Encrypted at rest and in transit, and open to CloudWatch.
pub(crate) fn topics_are_encrypted_and_require_tls(case: Case<'_>) -> Verdict {
    case.every::<aws::SnsTopic>()
        .must("be encrypted with a key of its own region", |topic| {
            topic.uses_own::<aws::KmsKey, _>(topic.kms_master_key_id())
        })
        .must(
            "allow CloudWatch to publish, and deny access without TLS",
            |topic| {
                let policies =
                    topic.from::<aws::SnsTopicPolicy, _>(View::<aws::SnsTopicPolicy>::arn);
                policies.iter().any(|policy| {
                    let statements = statements(policy.policy());
                    statements
                        .iter()
                        .any(|statement| statement.denies_plain_text())
                        && statements.iter().any(|statement| {
                            statement.allows()
                                && statement.principals().contains(&"cloudwatch.amazonaws.com")
                        })
                })
            },
        )
        .verdict()
}

pub(crate) fn functions_have_alarms(case: Case<'_>) -> Verdict {
    case.every::<aws::LambdaFunction>()
        .must("have alarms on errors and throttles", |function| {
            watched(function, "FunctionName", &["Throttles"])
                && if has_expected_errors(function) {
                    failures_are_counted(function)
                } else {
                    watched(function, "FunctionName", &["Errors"])
                }
        })
        .verdict()
}

/// Whether callers of a function expect some of its errors: a refused token, or a rotation that a migration holds.
pub(crate) fn has_expected_errors(function: &Item<'_, aws::LambdaFunction>) -> bool {
    let variables = function.environment().and_then(|it| it.variables());
    match function.handler().text() {
        Some("authorizer.handler.handle") => true,
        Some("rotation.handler.handle") => {
            variables.is_some_and(|all| all.key("ROLLBACK_WINDOW").is_some())
        }
        _ => false,
    }
}

/// Whether an alarm counts the failures in the log of a function, which its expected errors are not.
pub(crate) fn failures_are_counted(function: &Item<'_, aws::LambdaFunction>) -> bool {
    let groups = function.to::<aws::CloudwatchLogGroup, _>(
        function
            .logging_config()
            .and_then(|logging| logging.log_group()),
    );
    let alarms = function.case.items::<aws::CloudwatchMetricAlarm>();
    groups.iter().any(|group| {
        type Filter = aws::CloudwatchLogMetricFilter;
        let filters = group.from::<Filter, _>(View::<Filter>::log_group_name);
        let mut counted = filters.iter().filter_map(|filter| {
            let transformation = filter.metric_transformation()?;
            transformation.name().text()
        });
        counted.any(|metric| alarms.iter().any(|alarm| alarm.metric_name().is(metric)))
    })
}

pub(crate) fn databases_have_alarms(case: Case<'_>) -> Verdict {
    case.every::<aws::RdsCluster>()
        .that("that takes writes", |cluster| {
            cluster.master_username().is_some()
        })
        .must("have alarms on load, memory and lag", |cluster| {
            type Instance = aws::RdsClusterInstance;
            let instances = cluster.from::<Instance, _>(View::<Instance>::cluster_identifier);
            // Without a reader there is no lag.
            let roles = if instances.len() > 1 {
                &["WRITER", "READER"][..]
            } else {
                &["WRITER"][..]
            };
            let with_role = |metric, role: &str| {
                let alarms = alarms_on(cluster, "DBClusterIdentifier", metric);
                alarms.iter().any(|alarm| {
                    let dimensions = alarm.dimensions();
                    dimensions.and_then(|all| all.key("Role")).is(role)
                })
            };
            let has_load_alarms = roles.iter().all(|role| {
                ["CPUUtilization", "FreeableMemory"]
                    .iter()
                    .all(|metric| with_role(metric, role))
            });
            has_load_alarms
                && (instances.len() == 1
                    || watched(cluster, "DBClusterIdentifier", &["AuroraReplicaLagMaximum"]))
        })
        .verdict()
}

/// A secondary cluster has alarms on its load in its own region, for the readers and for the writer after a switchover.
pub(crate) fn secondary_clusters_have_load_alarms(case: Case<'_>) -> Verdict {
    case.every::<aws::RdsCluster>()
        .that("that replicates", |cluster| {
            cluster.source_region().is_some()
        })
        .must("have alarms on CPU and memory of both roles", |cluster| {
            ["CPUUtilization", "FreeableMemory"].iter().all(|metric| {
                let alarms = alarms_on(cluster, "DBClusterIdentifier", metric);
                ["READER", "WRITER"].iter().all(|role| {
                    alarms.iter().any(|alarm| {
                        let dimensions = alarm.dimensions();
                        dimensions.and_then(|all| all.key("Role")).is(*role)
                    })
                })
            })
        })
        .verdict()
}

/// Errors and latency of requests, at the load balancer and at the API.
pub(crate) fn requests_have_alarms(case: Case<'_>) -> Verdict {
    let balancers = case
        .every::<aws::Lb>()
        .that("for requests", |balancer| {
            balancer.load_balancer_type().is("application")
        })
        .must("have alarms on errors and latency", |balancer| {
            has_alarms_on_failed_requests(balancer)
                && watched(balancer, "LoadBalancer", &["TargetResponseTime"])
        })
        .verdict();
    let apis = case
        .every::<aws::ApiGatewayRestApi>()
        .must("have alarms on errors and latency", |api| {
            has_fast_and_lasting_alarms(api, "ApiName", "5XXError")
                && watched(api, "ApiName", &["4XXError", "Latency"])
        })
        .verdict();
    balancers.and(apis)
}

/// Whether a load balancer has alarms on its own errors and on those of its targets.
pub(crate) fn has_alarms_on_failed_requests(balancer: &Item<'_, aws::Lb>) -> bool {
    ["HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count"]
        .iter()
        .all(|metric| has_fast_and_lasting_alarms(balancer, "LoadBalancer", metric))
}

/// Whether an alarm on the metric evaluates one minute, for an outage, and another one two of three minutes, for errors
/// that last. Each compares failures with requests.
fn has_fast_and_lasting_alarms<K: Kind>(item: &Item<'_, K>, dimension: &str, metric: &str) -> bool {
    let alarms = alarms_on(item, dimension, metric);
    [(1, 1), (2, 3)].iter().all(|(datapoints, periods)| {
        alarms.iter().any(|alarm| {
            alarm.datapoints_to_alarm().is(*datapoints) && alarm.evaluation_periods().is(*periods)
        })
    })
}

/// While both sides receive requests, each has an alarm on unhealthy targets.
pub(crate) fn both_sides_have_alarms(case: Case<'_>) -> Verdict {
    case.every::<aws::LbTargetGroup>()
        .that("in a rule", |group| !group.target_type().is("alb"))
        .must("have an alarm on unhealthy targets", |group| {
            watched(group, "TargetGroup", &["UnHealthyHostCount"])
        })
        .verdict()
}

/// 100 ms of lag is a warning; a failover at a lag of one second would lose too many payments.
pub(crate) fn secondary_lag_has_an_alarm(case: Case<'_>) -> Verdict {
    const WARNS: f64 = 100.0;
    const PAGES: f64 = 1000.0;
    case.every::<aws::RdsCluster>()
        .that("that replicates", |cluster| {
            cluster.source_region().is_some()
        })
        .must(
            "have an alarm on its lag behind the primary region (ms)",
            |cluster| {
                let alarms = alarms_on(
                    cluster,
                    "DBClusterIdentifier",
                    "AuroraGlobalDBReplicationLag",
                );
                let thresholds: Vec<_> = alarms.iter().filter_map(threshold).collect();
                thresholds.contains(&WARNS) && thresholds.contains(&PAGES)
            },
        )
        .verdict()
}

/// The threshold of an alarm.
pub(crate) fn threshold(alarm: &Item<'_, aws::CloudwatchMetricAlarm>) -> Option<f64> {
    match alarm.threshold()?.term() {
        Term::Float(threshold) => Some(*threshold),
        _ => None,
    }
}

/// PCI DSS 10.2 and 10.3: all calls in all regions, in signed files, and without delay in a log group.
pub(crate) fn api_calls_are_audited(case: Case<'_>) -> Verdict {
    case.every::<aws::Cloudtrail>()
        .must("record all regions and global services", |trail| {
            trail.is_multi_region_trail().is(true) && trail.include_global_service_events().is(true)
        })
        .must("sign its files", |trail| {
            trail.enable_log_file_validation().is(true)
        })
        .must("be encrypted with a key of its own region", |trail| {
            trail.uses_own::<aws::KmsKey, _>(trail.kms_key_id())
        })
        .must("write to a bucket and a log group", |trail| {
            !trail
                .to::<aws::S3Bucket, _>(trail.s3_bucket_name())
                .is_empty()
                && trail.uses_own::<aws::CloudwatchLogGroup, _>(trail.cloud_watch_logs_group_arn())
        })
        .must("record reads and writes of its objects", |trail| {
            let selectors = trail.event_selector();
            selectors.iter().any(|selector| {
                selector.read_write_type().is("All")
                    && selector.data_resource().iter().any(|data| {
                        let buckets = trail.to::<aws::S3Bucket, _>(data.values());
                        let tables = trail.to::<aws::DynamodbTable, _>(data.values());
                        buckets.len() + tables.len() > 0
                    })
            })
        })
        .verdict()
}

pub(crate) fn dashboards_show_lag_between_regions(case: Case<'_>) -> Verdict {
    shows::<aws::RdsCluster>(case, "AuroraGlobalDBReplicationLag")
}

pub(crate) fn dashboards_show_replication_lag(case: Case<'_>) -> Verdict {
    // The dimensions of a task's metrics are literals where its resource id is known.
    case.every::<aws::CloudwatchDashboard>()
        .some("shows CDCLatencyTarget", |dashboard| {
            let lines = lines(dashboard);
            lines
                .iter()
                .any(|line| line.get(1).and_then(text) == Some("CDCLatencyTarget"))
        })
        .verdict()
}

pub(crate) fn dashboards_show_progress(case: Case<'_>) -> Verdict {
    shows::<aws::SfnStateMachine>(case, "ExecutionsSucceeded")
}

/// Each target group that receives requests, so that the distribution between them is visible.
pub(crate) fn dashboards_show_traffic(case: Case<'_>) -> Verdict {
    let groups = case
        .every::<aws::LbTargetGroup>()
        .that("for requests", |group| !group.target_type().is("alb"));
    drawn(groups, "RequestCount")
}

pub(crate) fn dashboards_show_latency(case: Case<'_>) -> Verdict {
    shows::<aws::ApiGatewayRestApi>(case, "Latency")
        .and(shows::<aws::Lb>(case, "TargetResponseTime"))
}

pub(crate) fn dashboards_show_errors(case: Case<'_>) -> Verdict {
    shows::<aws::LambdaFunction>(case, "Errors")
}

pub(crate) fn dashboards_show_databases(case: Case<'_>) -> Verdict {
    let clusters = case
        .every::<aws::RdsCluster>()
        .that("that takes writes", |cluster| {
            cluster.master_username().is_some()
        });
    drawn(clusters, "CPUUtilization").and(graphs_have_data(case))
}

/// A graph without a line, or of a region without its metrics, shows nothing.
fn graphs_have_data(case: Case<'_>) -> Verdict {
    case.every::<aws::CloudwatchDashboard>()
        .must("have lines in every graph", |dashboard| {
            let graphs = graphs(dashboard);
            !graphs.is_empty()
                && graphs.iter().all(|graph| {
                    let metrics = graph.get("metrics").map(several).unwrap_or_default();
                    let region = graph.get("region").and_then(text);
                    !metrics.is_empty()
                        && metrics.iter().all(|line| {
                            let mut of: Vec<NodeId> = Vec::new();
                            line.references(&mut |id| of.push(id));
                            let nodes = of.into_iter().filter_map(|id| case.tree.node(id));
                            let regions: Vec<_> = nodes
                                .filter(|node| node.type_name() != "aws_route53_health_check")
                                .filter_map(|node| case.tree.provider(node))
                                .map(|provider| Some(provider.region()))
                                .collect();
                            regions.is_empty() || regions.contains(&region)
                        })
                })
        })
        .verdict()
}

/// Each element of a group must be on a line of `metric`.
fn drawn<K: Kind>(group: Group<'_, K>, metric: &str) -> Verdict {
    group
        .must(&format!("be drawn with its {metric}"), |item| {
            let dashboards = item.case.items::<aws::CloudwatchDashboard>();
            dashboards.iter().flat_map(lines).any(|line| {
                let mut is_of_item = false;
                for term in line {
                    term.references(&mut |id| is_of_item |= id == item.node.node_id());
                }
                is_of_item && line.get(1).and_then(text) == Some(metric)
            })
        })
        .verdict()
}

/// Whether a dashboard shows `metric` of an element of kind `K`.
pub(crate) fn shows<K: Kind>(case: Case<'_>, metric: &str) -> Verdict {
    case.every::<aws::CloudwatchDashboard>()
        .some(&format!("draws {metric} of {}", K::TYPE), |dashboard| {
            let lines = lines(dashboard);
            lines.iter().any(|line| {
                let mut of: Vec<NodeId> = Vec::new();
                line.iter()
                    .for_each(|term| term.references(&mut |id| of.push(id)));
                let nodes = of.into_iter().filter_map(|id| case.tree.node(id));
                line.get(1).and_then(text) == Some(metric)
                    && nodes.into_iter().any(|node| node.type_name() == K::TYPE)
            })
        })
        .verdict()
}

/// The lines of all graphs of a dashboard: namespace, metric, dimensions.
pub(crate) fn lines<'t>(dashboard: &Item<'t, aws::CloudwatchDashboard>) -> Vec<&'t [Term]> {
    let graphs = graphs(dashboard).into_iter();
    let metrics = graphs.filter_map(|graph| graph.get("metrics"));
    metrics.flat_map(several).map(several).collect()
}

/// The properties of the widgets of a dashboard.
fn graphs<'t>(dashboard: &Item<'t, aws::CloudwatchDashboard>) -> Vec<&'t Object> {
    let body = dashboard.dashboard_body();
    let widgets = body.and_then(|body| json(body.term())?.get("widgets"));
    let widgets = widgets.into_iter().flat_map(several);
    let graphs = widgets.filter_map(|widget| match widget {
        Term::Object(widget) => match widget.get("properties") {
            Some(Term::Object(properties)) => Some(properties),
            _ => None,
        },
        _ => None,
    });
    graphs.collect()
}

/// Whether each of `metrics` of the element has an alarm.
pub(crate) fn watched<K: Kind>(item: &Item<'_, K>, dimension: &str, metrics: &[&str]) -> bool {
    metrics
        .iter()
        .all(|metric| !alarms_on(item, dimension, metric).is_empty())
}

/// The alarms on a metric whose `dimension` is the element, alone or in an expression.
pub(crate) fn alarms_on<'t, K: Kind>(
    item: &Item<'t, K>,
    dimension: &str,
    metric: &str,
) -> Vec<Item<'t, aws::CloudwatchMetricAlarm>> {
    let mut alarms = item.case.items::<aws::CloudwatchMetricAlarm>();
    alarms.retain(|alarm| {
        let single = (alarm.metric_name(), alarm.dimensions());
        let queries = alarm.metric_query();
        let of_queries = queries.iter().filter_map(View::<MetricQuery>::metric);
        let of_queries = of_queries.map(|metric| (metric.metric_name(), metric.dimensions()));
        let mut metrics = of_queries.chain([single]);
        alarm.region() == item.region()
            && metrics.any(|(name, dimensions)| {
                let of = dimensions.and_then(|all| all.key(dimension));
                name.is(metric) && of.is_some_and(|of| of.refers_to(item.node.node_id()))
            })
    });
    alarms
}

/// Whether an alarm evaluates a statistic, alone or in an expression.
pub(crate) fn evaluates(alarm: &Item<'_, aws::CloudwatchMetricAlarm>, statistic: &str) -> bool {
    let queries = alarm.metric_query();
    let of_queries = queries.iter().filter_map(View::<MetricQuery>::metric);
    let mut of_queries = of_queries.map(|metric| metric.stat());
    alarm.extended_statistic().is(statistic) || of_queries.any(|found| found.is(statistic))
}
