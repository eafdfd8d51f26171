//! Tables, buckets, their replicas, and remote states: rejected settings, and the synthesized configuration.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use crate::support;
use crate::support::stacks::selection;
use paymig::compose;
use paymig::config::{LoadedStack, Phase, Selection, StackSource, load};
use paymig::diagnostic::{Diagnostics, Style};
use paymig::terraform::synth;
use serde_json::Value;

fn fixture() -> StackSource {
    with("")
}

/// Returns the fixture with more sections.
fn with(more: &str) -> StackSource {
    let path = support::root().join("fixtures/terraform/storage.toml");
    let text = std::fs::read_to_string(path).unwrap();
    StackSource::new("storage.toml", format!("{text}{more}"))
}

fn in_environment(environment: &str, set: &[&str]) -> Selection {
    let mut selection = selection(environment).unwrap();
    selection.set = set.iter().map(|&argument| argument.to_owned()).collect();
    selection
}

fn loaded(source: &StackSource, selection: &Selection) -> Result<LoadedStack, Diagnostics> {
    load(source, selection)
}

fn configuration(source: &StackSource, selection: &Selection) -> Value {
    let loaded = loaded(source, selection).unwrap_or_else(|wrong| panic!("{wrong}"));
    let system = compose::compose(&loaded).unwrap_or_else(|wrong| panic!("{wrong}"));
    let mut text = Vec::new();
    synth::write(&system.tree, "test", &mut text).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// Returns the elements of a type whose path ends with `path`.
fn at<'d>(configuration: &'d Value, type_name: &str, path: &str) -> Vec<&'d Value> {
    let Some(elements) = configuration["resource"][type_name].as_object() else {
        return Vec::new();
    };
    let matches = |element: &&Value| {
        let there = element["//"]["metadata"]["path"].as_str().unwrap();
        there.ends_with(path)
    };
    elements.values().filter(matches).collect()
}

fn one<'d>(configuration: &'d Value, type_name: &str, path: &str) -> &'d Value {
    let [element] = at(configuration, type_name, path)[..] else {
        panic!("not one {type_name} at {path}");
    };
    element
}

/// Asserts the message and the help of the first error of the fixture with these changes.
#[track_caller]
fn assert_error(set: &[&str], message: &str, help: &str) {
    let Err(wrong) = loaded(&fixture(), &in_environment("migration", set)) else {
        panic!("loads");
    };
    let rendered = wrong.render(Style::Plain);
    let first = wrong.iter().next().unwrap();
    assert!(first.message.contains(message), "{rendered}");
    let helps = first.help.iter().any(|text| text.contains(help));
    assert!(helps || help.is_empty(), "{rendered}");
}

#[test]
fn undeclared_key_attribute_is_an_error() {
    let set = ["table.transactions.range_key=created"];
    assert_error(
        &set,
        "`range_key` is `created`, which is not declared in `attributes`",
        "`created_at`",
    );
}

#[test]
fn attribute_without_a_key_is_an_error() {
    let set = ["table.transactions.attributes.amount=number"];
    assert_error(
        &set,
        "`attributes` declares `amount`, which no key uses",
        "remove it",
    );
}

#[test]
fn same_attribute_for_both_keys_is_an_error() {
    let set = ["table.transactions.indexes.customer.range_key=customer_id"];
    assert_error(
        &set,
        "`customer_id` is both `hash_key` and `range_key`",
        "choose another `range_key`",
    );
}

#[test]
fn index_name_that_aws_rejects_is_an_error() {
    let set = ["table.transactions.indexes.by={ hash_key = \"created_at\" }"];
    assert_error(
        &set,
        "`indexes` contains `by`; DynamoDB requires 3 characters",
        "write 3 characters or more",
    );
}

#[test]
fn ttl_attribute_must_be_a_number() {
    let set = ["table.transactions.ttl=created_at"];
    assert_error(
        &set,
        "`ttl` is `created_at`, which is not declared as a number",
        "attributes.created_at = \"number\"",
    );
}

#[test]
fn duplicate_replica_region_is_an_error() {
    let set = ["table.transactions.replicas=[\"us-east-1\"]"];
    assert_error(
        &set,
        "`replicas` contains `us-east-1`, where the table already is",
        "first of `regions`",
    );
}

#[test]
fn remote_state_of_a_local_backend_is_an_error() {
    assert_error(
        &["state.remote_states=[\"legacy\"]"],
        "a local state has no address",
        "write `backend = \"s3\"` in [state]",
    );
}

#[test]
fn unknown_security_group_of_the_old_vpc_is_an_error() {
    let source = StackSource::embedded("multi-region").unwrap();
    let set = ["replication.payments.source.security_group.name=databases"];
    let Err(wrong) = loaded(&source, &in_environment("migration", &set)) else {
        panic!("loads");
    };
    let rendered = wrong.render(Style::Plain);
    assert!(
        rendered.contains("which is not a security group of [existing.vpc."),
        "{rendered}"
    );
    assert!(rendered.contains("did you mean `database`?"), "{rendered}");
}

#[test]
fn table_replicas_are_encrypted_and_restorable() {
    let configuration = configuration(&fixture(), &in_environment("migration", &[]));
    let table = one(
        &configuration,
        "aws_dynamodb_table",
        "table/transactions/table",
    );
    assert_eq!(table["point_in_time_recovery"]["enabled"], true);
    let key = table["server_side_encryption"]["kms_key_arn"]
        .as_str()
        .unwrap();
    assert!(key.contains("key_tables-use1"), "{key}");
    let replica = &table["replica"][0];
    assert_eq!(replica["region_name"], "us-east-2");
    assert_eq!(replica["point_in_time_recovery"], true);
    let key = replica["kms_key_arn"].as_str().unwrap();
    assert!(key.contains("key_tables-use2"), "{key}");
}

#[test]
fn protected_table_cannot_be_destroyed() {
    let set = ["environments.migration.protection=protected"];
    let configuration = configuration(&fixture(), &in_environment("migration", &set));
    let table = one(
        &configuration,
        "aws_dynamodb_table",
        "table/transactions/table",
    );
    assert_eq!(table["deletion_protection_enabled"], true);
    assert_eq!(table["lifecycle"]["prevent_destroy"], true);
}

#[test]
fn bucket_replica_blocks_public_access() {
    let configuration = configuration(&fixture(), &in_environment("migration", &[]));
    for (type_name, element) in [
        ("aws_s3_bucket_versioning", "versioning"),
        ("aws_s3_bucket_public_access_block", "public-access"),
        (
            "aws_s3_bucket_server_side_encryption_configuration",
            "encryption",
        ),
        ("aws_s3_bucket_lifecycle_configuration", "lifecycle"),
        ("aws_s3_bucket_policy", "policy"),
    ] {
        let path = format!("bucket/transactions/replica/{element}");
        let element = one(&configuration, type_name, &path);
        assert_eq!(element["provider"], "aws.us-east-2", "{type_name}");
    }
}

#[test]
fn bucket_replication_depends_on_versioning_and_permission() {
    let configuration = configuration(&fixture(), &in_environment("migration", &[]));
    let configuration = one(
        &configuration,
        "aws_s3_bucket_replication_configuration",
        "bucket/transactions/replication/configuration",
    );
    let dependencies = configuration["depends_on"].to_string();
    for needed in [
        "aws_s3_bucket_versioning.bucket_transactions_versioning",
        "aws_s3_bucket_versioning.bucket_transactions_replica_versioning",
        "aws_iam_role_policy.bucket_transactions_replication_policy",
    ] {
        assert!(dependencies.contains(needed), "{dependencies}");
    }
    assert_eq!(configuration["rule"][0]["filter"], serde_json::json!({}));
}

/// S3 publishes pending replication in the region of the replica, and failures in that of the source bucket.
#[test]
fn bucket_replication_alarm_is_in_the_region_of_its_metrics() {
    let configuration = configuration(&fixture(), &in_environment("migration", &[]));
    let provider = |alarm: &str| {
        let path = format!("alarms/bucket/transactions/{alarm}");
        let alarm = one(&configuration, "aws_cloudwatch_metric_alarm", &path);
        alarm["provider"].as_str().map(str::to_owned)
    };
    assert_eq!(
        provider("replication-latency").as_deref(),
        Some("aws.us-east-2")
    );
    assert_eq!(provider("bytes-pending").as_deref(), Some("aws.us-east-2"));
    assert_eq!(provider("replication-failed"), None);
}

#[test]
fn trail_records_stores_and_replicas_but_not_its_own_bucket() {
    let configuration = configuration(&fixture(), &in_environment("migration", &[]));
    let trail = one(&configuration, "aws_cloudtrail", "audit/trail");
    let watched = trail["event_selector"][0]["data_resource"].to_string();
    assert!(watched.contains("bucket_transactions_bucket"), "{watched}");
    assert!(
        watched.contains("bucket_transactions_replica_bucket"),
        "{watched}"
    );
    assert!(watched.contains("AWS::DynamoDB::Table"), "{watched}");
    assert!(!watched.contains("bucket_audit"), "{watched}");
}

/// A function of an image that uses the table and the bucket.
const IMAGE_FUNCTION: &str = r#"
[existing.image]
payments = { repository = "payments", tag = "1.0.0" }

[network.main]
region = "us-east-1"
cidr = "10.0.0.0/16"
zones = 2
endpoints = ["s3", "dynamodb"]
[network.main.tiers]
private = "10.0.0.0/20"

[function.payments]
code.image = "payments"
network = "main"
uses = { tables = ["transactions"], buckets = ["transactions"] }
"#;

#[test]
fn code_may_read_and_write_items_but_not_delete_them() {
    let configuration = configuration(&with(IMAGE_FUNCTION), &in_environment("migration", &[]));
    let function = one(
        &configuration,
        "aws_lambda_function",
        "function/payments/function",
    );
    let variables = &function["environment"]["variables"];
    assert!(variables["TABLE_TRANSACTIONS"].is_string(), "{variables}");
    let policy = one(
        &configuration,
        "aws_iam_role_policy",
        "function/payments/role/policy",
    );
    let policy = policy["policy"].as_str().unwrap();
    assert!(policy.contains("dynamodb:PutItem"), "{policy}");
    assert!(policy.contains("arn}/index/*"), "{policy}");
    assert!(
        policy.contains("dynamodb.us-east-1.amazonaws.com"),
        "{policy}"
    );
    for forbidden in ["dynamodb:*", "DeleteItem", "dynamodb:Scan", "DeleteTable"] {
        assert!(!policy.contains(forbidden), "{policy}");
    }
}

#[test]
fn code_in_a_region_without_a_replica_is_an_error() {
    let set = [
        "table.transactions.replicas=[]",
        "network.main.region=us-east-2",
    ];
    let Err(wrong) = loaded(&with(IMAGE_FUNCTION), &in_environment("migration", &set)) else {
        panic!("loads");
    };
    let rendered = wrong.render(Style::Plain);
    assert!(
        rendered
            .contains("`uses.tables` contains `transactions`, which has no replica in `us-east-2`"),
        "{rendered}"
    );
}

#[test]
fn store_exists_in_every_phase() {
    for phase in Phase::ALL {
        let mut selection = in_environment("legacy", &[]);
        selection.phase = Some(phase);
        let configuration = configuration(&fixture(), &selection);
        one(
            &configuration,
            "aws_dynamodb_table",
            "table/transactions/table",
        );
        one(
            &configuration,
            "aws_s3_bucket",
            "bucket/transactions/replica/bucket",
        );
    }
}

#[test]
fn environment_reads_the_remote_states_of_the_others() {
    let source = StackSource::embedded("multi-region").unwrap();
    let set = ["state.remote_states=[\"legacy\"]"];
    let migration = configuration(&source, &in_environment("migration", &set));
    let states = migration["data"]["terraform_remote_state"]
        .as_object()
        .unwrap();
    let [state] = states.values().collect::<Vec<_>>()[..] else {
        panic!("{states:?}");
    };
    assert_eq!(state["backend"], "s3");
    assert_eq!(state["config"]["key"], "legacy/terraform.tfstate");
    assert_eq!(
        state["config"]["bucket"],
        migration["terraform"]["backend"]["s3"]["bucket"]
    );
    let vpc_id = migration["output"]["legacy_primary_vpc_id"]["value"].as_str();
    assert!(vpc_id.unwrap().contains("data.terraform_remote_state."));
    let legacy = configuration(&source, &in_environment("legacy", &set));
    assert!(legacy["data"].get("terraform_remote_state").is_none());
}

#[test]
fn lock_table_is_configured_if_there_is_one() {
    let source = StackSource::embedded("multi-region").unwrap();
    let s3 = configuration(&source, &in_environment("migration", &[]));
    let table = &s3["terraform"]["backend"]["s3"]["dynamodb_table"];
    assert_eq!(&s3["output"]["state_lock_table"]["value"], table);
    let local = configuration(
        &source,
        &in_environment("migration", &["state.backend=local"]),
    );
    assert!(local["output"].get("state_lock_table").is_none());
}

#[test]
fn old_security_groups_allow_access_while_both_systems_run() {
    let source = StackSource::embedded("multi-region").unwrap();
    let rules_on_existing_groups = |environment| {
        let configuration = configuration(&source, &in_environment(environment, &[]));
        let into = at(
            &configuration,
            "aws_vpc_security_group_ingress_rule",
            "replication/payments/source/ingress/primary",
        );
        let out = at(
            &configuration,
            "aws_vpc_security_group_egress_rule",
            "replication/payments/clients/egress/payments",
        );
        let groups = into.iter().chain(&out).map(|rule| {
            let group = rule["security_group_id"].as_str().unwrap();
            group.contains("data.aws_security_group.")
        });
        groups.filter(|&looked_up| looked_up).count()
    };
    assert_eq!(rules_on_existing_groups("legacy"), 0);
    assert_eq!(rules_on_existing_groups("migration"), 2);
    assert_eq!(rules_on_existing_groups("production"), 0);
}

#[test]
fn tables_and_replicas_apply_and_are_destroyed() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let aws = harness.local_aws()?;
    let configuration = configuration(&fixture(), &in_environment("migration", &[])).to_string();
    let workspace = harness.workspace(&configuration, &aws)?;
    workspace.apply()?;
    let again = workspace.plan()?;
    anyhow::ensure!(again.is_empty(), "plans again: {:?}", again.changes());
    workspace.destroy()
}
