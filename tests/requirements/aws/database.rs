//! Aurora.

use paymig::aws::data::RdsEngineVersion;
use paymig::aws::{RdsCluster, RdsClusterInstance, RdsClusterParameterGroup, RdsGlobalCluster};
use paymig::terraform::tree::{Argument as A, View};

use crate::framework::case::{Case, Item, Known, Text, Verdict};
use crate::framework::mutation::{detached, dropped, weakened, weakened_in};
use crate::framework::requirement::{Requirement, query};

pub(crate) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "AWS-DB-1",
            "A changed instance class takes effect at the apply, not in the maintenance window (RDS user guide, \
             \"Modifying a DB instance\").",
        )
        .verified_by(query!(
            instances_are_modified_immediately,
            [
                dropped(A::<RdsClusterInstance>::apply_immediately()),
                weakened(A::<RdsClusterInstance>::apply_immediately()),
            ]
        )),
        Requirement::new(
            "AWS-DB-2",
            "Readers get a changed class before the first instance, so that one of them takes over while the writer \
             restarts (Aurora user guide, \"Failover in an Aurora DB cluster\").",
        )
        .verified_by(query!(
            first_instances_are_modified_last,
            [detached::<RdsClusterInstance>()]
        )),
        Requirement::new(
            "AWS-DB-3",
            "A global cluster and its members are created with one version, which AWS offers.",
        )
        .verified_by(query!(
            clusters_have_an_offered_version,
            [
                dropped(A::<RdsCluster>::engine_version()),
                weakened(A::<RdsCluster>::engine_version()),
                dropped(A::<RdsGlobalCluster>::engine_version()),
                weakened(A::<RdsGlobalCluster>::engine_version()),
            ]
        )),
        Requirement::new(
            "AWS-DB-4",
            "A cluster sets whether it is enrolled in Extended Support, and a global cluster agrees with its members. \
             Without a value AWS enrolls it (RDS API, `EngineLifecycleSupport`).",
        )
        .verified_by(query!(
            clusters_agree_on_extended_support,
            [
                dropped(A::<RdsCluster>::engine_lifecycle_support()),
                dropped(A::<RdsGlobalCluster>::engine_lifecycle_support()),
                weakened(A::<RdsGlobalCluster>::engine_lifecycle_support()),
            ]
        )),
        Requirement::new(
            "AWS-DB-5",
            "A database logs no statements with their values, and exports only logs that it writes (Aurora user guide, \
             \"Publishing Amazon Aurora MySQL logs to Amazon CloudWatch Logs\"; PCI DSS 3.3).",
        )
        .verified_by(query!(
            statements_are_not_logged,
            [
                weakened(A::<RdsClusterParameterGroup>::parameter()),
                weakened_in(A::<RdsClusterParameterGroup>::parameter(), "value"),
            ]
        )),
    ]
}

fn instances_are_modified_immediately(case: Case<'_>) -> Verdict {
    case.any::<RdsClusterInstance>()
        .must("be modified at the apply", |instance| {
            instance.apply_immediately().is(true)
        })
        .verdict()
}

fn first_instances_are_modified_last(case: Case<'_>) -> Verdict {
    case.any::<RdsCluster>()
        .must("modify its readers before its first instance", |cluster| {
            let instances = cluster
                .from::<RdsClusterInstance, _>(View::<RdsClusterInstance>::cluster_identifier);
            let Some(first) = instances
                .iter()
                .find(|it| it.path().ends_with("instance/1"))
            else {
                return instances.is_empty();
            };
            instances
                .iter()
                .filter(|other| other.path() != first.path())
                .all(|reader| first.depends_on(reader))
        })
        .verdict()
}

fn clusters_have_an_offered_version(case: Case<'_>) -> Verdict {
    let clusters = case
        .any::<RdsCluster>()
        .must("have the version that AWS offers", |cluster| {
            let versions = cluster.to::<RdsEngineVersion, _>(cluster.engine_version());
            versions.len() == 1
        });
    let global = case
        .any::<RdsGlobalCluster>()
        .must("have the version of its members", |global| {
            let version = |items: Vec<Item<'_, RdsEngineVersion>>| items.first().map(Item::path);
            let own = version(global.to::<RdsEngineVersion, _>(global.engine_version()));
            own.is_some()
                && members(global).iter().all(|member| {
                    version(member.to::<RdsEngineVersion, _>(member.engine_version())) == own
                })
        });
    clusters.verdict().and(global.verdict())
}

fn clusters_agree_on_extended_support(case: Case<'_>) -> Verdict {
    let clusters = case
        .any::<RdsCluster>()
        .must("set Extended Support", |cluster| {
            cluster.engine_lifecycle_support().text().is_some()
        });
    let global = case.any::<RdsGlobalCluster>().must(
        "agree with its members on Extended Support",
        |global| {
            let own = global.engine_lifecycle_support().text();
            own.is_some()
                && members(global)
                    .iter()
                    .all(|member| member.engine_lifecycle_support().text() == own)
        },
    );
    clusters.verdict().and(global.verdict())
}

fn statements_are_not_logged(case: Case<'_>) -> Verdict {
    const OFF: &[(&str, &str)] = &[
        ("log_min_duration_statement", "-1"),
        ("log_parameter_max_length", "0"),
        ("general_log", "0"),
        ("slow_query_log", "0"),
    ];
    let groups = case.any::<RdsClusterParameterGroup>().must(
        "log no statements with their values",
        |group| {
            let parameters = group.parameter();
            let off = parameters.iter().filter(|parameter| {
                OFF.iter()
                    .any(|(name, value)| parameter.name().is(name) && parameter.value().is(value))
            });
            off.count() == 2
        },
    );
    let clusters = case
        .any::<RdsCluster>()
        .must("export only logs that it writes", |cluster| {
            let logs = cluster.enabled_cloudwatch_logs_exports();
            let logs = logs.and_then(|logs| logs.items()).unwrap_or_default();
            logs.iter().all(|log| {
                ["postgresql", "audit", "error"]
                    .map(Some)
                    .contains(&log.literal())
            })
        });
    groups.verdict().and(clusters.verdict())
}

fn members<'t>(global: &Item<'t, RdsGlobalCluster>) -> Vec<Item<'t, RdsCluster>> {
    global.from::<RdsCluster, _>(View::<RdsCluster>::global_cluster_identifier)
}
