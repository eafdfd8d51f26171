//! DNS records: rejected settings, the DNS rollback time, and traffic steps through real Terraform.

use crate::support;
use crate::support::stacks::{composed, configuration, selection};
use anyhow::ensure;
use paymig::aws;
use paymig::compose::System;
use paymig::config::{
    EMBEDDED, Phase, RollbackPath, RollbackTime, Selection, Split, StackSource, load_all,
};
use paymig::retention;
use paymig::terraform::tree::{Node, View};

/// Returns the stack of these tests with each `(old, new)` replaced.
fn stack(edits: &[(&str, &str)]) -> anyhow::Result<StackSource> {
    let path = support::root().join("fixtures/terraform/dns.toml");
    let mut text = std::fs::read_to_string(path)?;
    for (old, new) in edits {
        ensure!(text.contains(old), "the stack has no {old}");
        text = text.replace(old, new);
    }
    Ok(StackSource::new("dns.toml", text))
}

fn at(phase: Phase, traffic: Option<u8>) -> anyhow::Result<Selection> {
    let traffic = traffic.map(|percent| i64::from(percent).try_into());
    Ok(Selection {
        phase: Some(phase),
        traffic: traffic
            .transpose()
            .map_err(|wrong| anyhow::anyhow!("{wrong}"))?,
        ..selection("migration")?
    })
}

/// Returns the name, type, identifier and weight of each weighted record.
fn weighted(system: &System) -> Vec<(String, String, String, i64)> {
    let records = system.tree.each::<aws::Route53Record>();
    let mut found: Vec<_> = records
        .filter_map(|(_, record)| {
            let weight = record.weighted_routing_policy()?.weight()?.literal()?;
            let text = |read: Option<paymig::terraform::tree::Read<'_, String>>| {
                read.and_then(|read| read.literal().map(str::to_owned))
            };
            Some((
                text(record.name())?,
                text(record.r#type())?,
                text(record.set_identifier())?,
                weight,
            ))
        })
        .collect();
    found.sort();
    found
}

#[track_caller]
fn assert_error(edits: &[(&str, &str)], message: &str) {
    let error = stack(edits)
        .and_then(|source| composed(&source, &at(Phase::Migration, None)?).map(drop))
        .map_or_else(|wrong| wrong.to_string(), |()| "no error".to_owned());
    assert!(error.contains(message), "{error}");
}

/// An edit that moves the record from the apex of a zone of its own into the zone `example.com`.
const BELOW_APEX: [(&str, &str); 1] = [("child = \"payments.example.com\"\n", "")];

#[test]
fn side_records_are_addresses_at_the_apex_and_aliases_below_it() -> anyhow::Result<()> {
    for (edits, kind) in [(&[][..], "A"), (&BELOW_APEX[..], "CNAME")] {
        let system = composed(&stack(edits)?, &at(Phase::Migration, Some(10))?)?;
        let record = |name: &str, kind: &str, id: &str, weight| {
            (name.to_owned(), kind.to_owned(), id.to_owned(), weight)
        };
        let expected = [
            record("new.payments.example.com", "A", "main", 100),
            record("partners.example.com", "A", "main", 100),
            record("payments.example.com", kind, "new", 10),
            record("payments.example.com", kind, "old", 90),
        ];
        ensure!(weighted(&system) == expected, "{:?}", weighted(&system));
    }
    Ok(())
}

#[test]
fn side_records_follow_the_phases() -> anyhow::Result<()> {
    for (phase, sides) in [
        (Phase::Legacy, &[("old", 100)][..]),
        (Phase::Migration, &[("new", 0), ("old", 100)]),
        (Phase::Production, &[("new", 100)]),
    ] {
        let system = composed(&stack(&[])?, &at(phase, None)?)?;
        let found: Vec<_> = weighted(&system)
            .into_iter()
            .filter(|(name, ..)| name == "payments.example.com")
            .map(|(_, _, id, weight)| (id, weight))
            .collect();
        let expected: Vec<_> = sides
            .iter()
            .map(|(id, weight)| ((*id).to_owned(), *weight))
            .collect();
        ensure!(found == expected, "{phase}: {found:?}");
    }
    Ok(())
}

#[test]
fn values_that_route_53_rejects_are_errors() {
    assert_error(
        &[("addresses = [\"198.18.0.10\", \"198.18.0.11\"]\n", "")],
        "where a CNAME record for `legacy-payments.example.com` is not allowed",
    );
    assert_error(
        &[("198.18.0.11", "192.168.0.11")],
        "`addresses` contains 192.168.0.11, which is not public",
    );
    assert_error(
        &[(
            "host = \"legacy-payments.example.com\"",
            "host = \"legacy.payments.example.com\"",
        )],
        "which is in the zone `payments.example.com`; this stack creates that zone",
    );
    assert_error(
        &[
            BELOW_APEX[0],
            (
                "host = \"legacy-payments.example.com\"",
                "host = \"payments.example.com\"",
            ),
        ],
        "`host` of the old system is `payments.example.com`, but this stack adds records for that name",
    );
}

#[test]
fn records_that_no_client_could_use_are_errors() {
    assert_error(
        &[(
            "public = { name = \"example.com\" }",
            "public = { name = \"example.com\", visibility = \"private\" }",
        )],
        "the private zone `example.com`",
    );
    assert_error(
        &[(
            "certificate.requested = { name = \"payments",
            "certificate.requested = { name = \"pay",
        )],
        "the certificate of load balancer `main` is for `pay.example.com`",
    );
    assert_error(
        &[(
            "domain = { name = \"partners.example.com\", zone = \"public\" }\n",
            "",
        )],
        "API `partners` has no `domain`",
    );
    assert_error(
        &[(
            "at.dns = \"payments\"",
            "at.dns = \"payments\"\nmanaged_by = \"workflow\"",
        )],
        "a workflow shifts traffic at a load balancer only",
    );
}

#[test]
fn dns_rollback_above_the_limit_is_an_error() {
    assert_error(
        &[(
            "to.balancer.name = \"main\"",
            "to.balancer.name = \"main\"\nttl = 61",
        )],
        "DNS rollback takes 321 s; the limit is 320 s",
    );
    assert_error(
        &[
            BELOW_APEX[0],
            (
                "to.balancer.name = \"main\"",
                "to.balancer.name = \"main\"\nttl = 41",
            ),
        ],
        "DNS rollback takes 301 s; the limit is 300 s",
    );
    assert_error(
        &[(
            "scheme = \"internet-facing\"",
            "scheme = \"internet-facing\"\nclient_keep_alive = 3600",
        )],
        "`client_keep_alive` 3600 s",
    );
}

#[test]
fn dns_rollback_of_every_stage_is_within_its_limit() -> anyhow::Result<()> {
    let mut measured = 0;
    for (name, _) in EMBEDDED {
        let source = support::stacks::embedded(name)?;
        let all = load_all(&source, &[]).map_err(|wrong| anyhow::anyhow!("{wrong}"))?;
        for (environment, stack) in all.environments {
            let traffic = stack.traffic.as_ref();
            if !traffic.is_some_and(|traffic| matches!(traffic.at, Split::Dns(_))) {
                continue;
            }
            let selection = Selection {
                phase: Some(Phase::Migration),
                ..selection(environment.as_str())?
            };
            let system = composed(&source, &selection)?;
            let rollback = retention::dns_rollback_time(&system.tree, system.weights());
            let seconds = rollback.seconds(RollbackPath::Operator);
            ensure!(
                (30..=RollbackTime::DETECT).contains(&rollback.detect)
                    && rollback.dns.is_some_and(|dns| dns.ttl > 0),
                "{name}/{environment}: {rollback:?}"
            );
            ensure!(
                seconds <= rollback.limit,
                "{name}/{environment}: {seconds} s, {rollback:?}"
            );
            measured += 1;
        }
    }
    ensure!(measured > 0, "no stack splits traffic in DNS");
    Ok(())
}

#[test]
fn route_53_alarms_are_in_the_region_of_its_metrics() -> anyhow::Result<()> {
    let system = composed(&stack(&[])?, &at(Phase::Migration, None)?)?;
    let mut found = 0;
    for (node, alarm) in system.tree.each::<aws::CloudwatchMetricAlarm>() {
        let namespace = alarm.namespace().and_then(|read| read.literal());
        if namespace == Some("AWS/Route53") {
            let region = system
                .tree
                .provider(node)
                .map(paymig::terraform::tree::Provider::region);
            ensure!(region == Some("us-east-1"), "{region:?}");
            found += 1;
        }
    }
    ensure!(found == 3, "{found} alarms");
    Ok(())
}

#[test]
fn release_weights_are_independent_of_the_dns_weights() -> anyhow::Result<()> {
    let source = support::stacks::embedded("containerized")?;
    for traffic in [0, 10, 100] {
        let selection = Selection {
            set: vec!["release.payments.green_percent=5".to_owned()],
            ..at(Phase::Migration, Some(traffic))?
        };
        let system = composed(&source, &selection)?;
        let rules = system.tree.each::<aws::LbListenerRule>();
        let weights: Vec<_> = rules
            .flat_map(|(_, rule)| rule.action())
            .filter_map(|action| action.forward())
            .flat_map(|forward| forward.target_group())
            .filter_map(|group| group.weight()?.literal())
            .collect();
        // Tasks and the function, blue and green. The weight of AWS is in DNS only.
        ensure!(weights == [95, 5, 95, 5], "at {traffic}: {weights:?}");
    }
    Ok(())
}

/// Whether a traffic step changes more than weights there: alarms of a side without requests send no notification, and
/// the dashboard shows the weights.
fn is_monitoring(address: &str) -> bool {
    let types = ["aws_cloudwatch_metric_alarm.", "aws_cloudwatch_dashboard."];
    types.iter().any(|kind| address.starts_with(kind))
}

#[test]
fn traffic_step_changes_weights_and_monitoring_and_reverts_without_a_plan() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let aws = harness.local_aws_with(&["zone.tf.json"])?;
    let source = stack(&[])?;
    let half = at(Phase::Migration, Some(50))?;
    let workspace = harness.workspace(&configuration(&source, &half)?, &aws)?;
    workspace.apply()?;
    let again = workspace.plan()?;
    ensure!(again.is_empty(), "plans again: {:?}", again.changes());

    let nothing = at(Phase::Migration, Some(0))?;
    let system = composed(&source, &nothing)?;
    let weights: Vec<_> = system.weights().map(Node::address).collect();
    ensure!(
        system
            .weights()
            .all(|node| View::<aws::Route53Record>::of(node).is_some())
            && weights.len() == 2,
        "{weights:?}"
    );
    workspace.write(&configuration(&source, &nothing)?)?;
    let moved = workspace.plan()?;
    let changes = moved.changes();
    let touched: Vec<_> = changes
        .keys()
        .filter(|address| !is_monitoring(address))
        .cloned()
        .collect();
    let mut expected = weights.clone();
    expected.sort();
    ensure!(touched == expected, "a traffic step changes {touched:?}");
    ensure!(
        moved.lost().next().is_none(),
        "a traffic step destroys {changes:?}"
    );

    // An operator rolls back outside Terraform and then updates its state, while other changes wait for an apply.
    aws.change_outside_terraform(
        r#"
dns = boto3.client("route53")
zones = dns.list_hosted_zones_by_name(DNSName="payments.example.com")["HostedZones"]
records = dns.list_resource_record_sets(HostedZoneId=zones[0]["Id"])["ResourceRecordSets"]
changes = []
for record in records:
    weight = {"old": 100, "new": 0}.get(record.get("SetIdentifier"))
    if weight is not None:
        changes.append({"Action": "UPSERT", "ResourceRecordSet": {**record, "Weight": weight}})
assert len(changes) == 2, records
dns.change_resource_record_sets(HostedZoneId=zones[0]["Id"], ChangeBatch={"Changes": changes})
"#,
    )?;
    let more = stack(&[(
        "[dashboard.main]",
        "[alarms]\nlatency_p99 = 400\n\n[dashboard.main]",
    )])?;
    workspace.write(&configuration(&more, &nothing)?)?;
    workspace.apply_only(&weights)?;
    let rest = workspace.plan()?;
    ensure!(
        !rest.is_empty() && rest.changes().keys().all(|address| is_monitoring(address)),
        "after the rollback: {:?}",
        rest.changes()
    );

    for phase in [Phase::Legacy, Phase::Production] {
        let system = composed(&source, &at(phase, None)?)?;
        let kept: Vec<_> = retention::each_retained(&system.tree)
            .map(|(node, _)| node.address())
            .collect();
        workspace.write(&configuration(&source, &at(phase, None)?)?)?;
        let plan = workspace.plan()?;
        let lost: Vec<_> = plan
            .lost()
            .filter(|lost| kept.iter().any(|k| k == lost))
            .collect();
        ensure!(lost.is_empty(), "to {phase}: {lost:?}");
    }
    workspace.destroy()?;
    let left = workspace.state_list()?;
    ensure!(left.is_empty(), "leaves {left:?}");
    Ok(())
}
