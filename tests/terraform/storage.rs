//! Tables, buckets and their copies, and the states of other environments: what a stack file may say of
//! them, and what becomes of it.

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

/// The fixture and more sections.
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

fn document(source: &StackSource, selection: &Selection) -> Value {
    let loaded = loaded(source, selection).unwrap_or_else(|wrong| panic!("{wrong}"));
    let system = compose::compose(&loaded).unwrap_or_else(|wrong| panic!("{wrong}"));
    let mut text = Vec::new();
    synth::write(&system.tree, "test", &mut text).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// The elements of a type whose paths end in `path`.
fn at<'d>(document: &'d Value, type_name: &str, path: &str) -> Vec<&'d Value> {
    let Some(elements) = document["resource"][type_name].as_object() else {
        return Vec::new();
    };
    let ends = |element: &&Value| {
        let there = element["//"]["metadata"]["path"].as_str().unwrap();
        there.ends_with(path)
    };
    elements.values().filter(ends).collect()
}

fn one<'d>(document: &'d Value, type_name: &str, path: &str) -> &'d Value {
    let [element] = at(document, type_name, path)[..] else {
        panic!("not one {type_name} at {path}");
    };
    element
}

/// Asserts the message and the help of the first error of the fixture with these changes.
#[track_caller]
fn refused(set: &[&str], message: &str, help: &str) {
    let Err(wrong) = loaded(&fixture(), &in_environment("migration", set)) else {
        panic!("loads");
    };
    let told = wrong.render(Style::Plain);
    let first = wrong.iter().next().unwrap();
    assert!(first.message.contains(message), "{told}");
    let helps = first.help.iter().any(|text| text.contains(help));
    assert!(helps || help.is_empty(), "{told}");
}

#[test]
fn a_key_must_be_declared() {
    let set = ["table.transactions.range_key=created"];
    refused(
        &set,
        "key `created` is not among the attributes",
        "`created_at`",
    );
}

#[test]
fn an_attribute_of_no_key_is_refused() {
    let set = ["table.transactions.attributes.amount=number"];
    refused(
        &set,
        "attribute `amount` is in no key",
        "only those of keys",
    );
}

#[test]
fn one_attribute_is_not_both_keys() {
    let set = ["table.transactions.indexes.customer.range_key=customer_id"];
    refused(
        &set,
        "`customer_id` cannot be partition key and sort key",
        "",
    );
}

#[test]
fn an_index_has_a_name_that_aws_takes() {
    let set = ["table.transactions.indexes.by={ hash_key = \"created_at\" }"];
    refused(&set, "index `by` needs a name of at least 3", "");
}

#[test]
fn items_expire_by_a_number() {
    let set = ["table.transactions.ttl=created_at"];
    refused(
        &set,
        "`created_at` is none",
        "attributes.created_at = \"number\"",
    );
}

#[test]
fn a_table_is_in_a_region_once() {
    let set = ["table.transactions.replicas=[\"us-east-1\"]"];
    refused(
        &set,
        "the table is in `us-east-1` already",
        "first of `regions`",
    );
}

#[test]
fn local_states_are_not_read() {
    refused(
        &["state.remote_states=[\"legacy\"]"],
        "local states cannot be read",
        "state.backend = \"s3\"",
    );
}

#[test]
fn an_old_group_must_be_named_in_its_vpc() {
    let source = StackSource::embedded("multi-region").unwrap();
    let set = ["replication.payments.source.security_group.name=databases"];
    let Err(wrong) = loaded(&source, &in_environment("migration", &set)) else {
        panic!("loads");
    };
    let told = wrong.render(Style::Plain);
    assert!(told.contains("has no security group `databases`"), "{told}");
    assert!(told.contains("did you mean `database`?"), "{told}");
}

#[test]
fn tables_are_encrypted_and_restorable_in_every_region() {
    let document = document(&fixture(), &in_environment("migration", &[]));
    let table = one(&document, "aws_dynamodb_table", "table/transactions/table");
    assert_eq!(table["point_in_time_recovery"]["enabled"], true);
    let key = table["server_side_encryption"]["kms_key_arn"]
        .as_str()
        .unwrap();
    assert!(key.contains("key_tables-use1"), "{key}");
    let copy = &table["replica"][0];
    assert_eq!(copy["region_name"], "us-east-2");
    assert_eq!(copy["point_in_time_recovery"], true);
    let key = copy["kms_key_arn"].as_str().unwrap();
    assert!(key.contains("key_tables-use2"), "{key}");
}

#[test]
fn a_protected_table_refuses_to_go() {
    let set = ["environments.migration.protection=protected"];
    let document = document(&fixture(), &in_environment("migration", &set));
    let table = one(&document, "aws_dynamodb_table", "table/transactions/table");
    assert_eq!(table["deletion_protection_enabled"], true);
    assert_eq!(table["lifecycle"]["prevent_destroy"], true);
}

#[test]
fn a_copy_is_as_closed_as_its_original() {
    let document = document(&fixture(), &in_environment("migration", &[]));
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
        let copy = one(&document, type_name, &path);
        assert_eq!(copy["provider"], "aws.us-east-2", "{type_name}");
    }
}

#[test]
fn copies_wait_for_versions_and_permission() {
    let document = document(&fixture(), &in_environment("migration", &[]));
    let configuration = one(
        &document,
        "aws_s3_bucket_replication_configuration",
        "bucket/transactions/replication/configuration",
    );
    let waits = configuration["depends_on"].to_string();
    for needed in [
        "aws_s3_bucket_versioning.bucket_transactions_versioning",
        "aws_s3_bucket_versioning.bucket_transactions_replica_versioning",
        "aws_iam_role_policy.bucket_transactions_replication_policy",
    ] {
        assert!(waits.contains(needed), "{waits}");
    }
    assert_eq!(configuration["rule"][0]["filter"], serde_json::json!({}));
}

/// S3 publishes what is pending in the region of the copy, and what failed in that of the original.
#[test]
fn copies_are_watched_where_their_metrics_are() {
    let document = document(&fixture(), &in_environment("migration", &[]));
    let provider = |alarm: &str| {
        let path = format!("alarms/bucket/transactions/{alarm}");
        let alarm = one(&document, "aws_cloudwatch_metric_alarm", &path);
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
fn the_trail_records_stores_and_their_copies_but_not_its_own() {
    let document = document(&fixture(), &in_environment("migration", &[]));
    let trail = one(&document, "aws_cloudtrail", "audit/trail");
    let watched = trail["event_selector"][0]["data_resource"].to_string();
    assert!(watched.contains("bucket_transactions_bucket"), "{watched}");
    assert!(
        watched.contains("bucket_transactions_replica_bucket"),
        "{watched}"
    );
    assert!(watched.contains("AWS::DynamoDB::Table"), "{watched}");
    assert!(!watched.contains("bucket_audit"), "{watched}");
}

/// A function that uses the table and the bucket; nobody here knows what an image does with them.
const USER: &str = r#"
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
fn code_may_use_items_and_removes_none() {
    let document = document(&with(USER), &in_environment("migration", &[]));
    let function = one(
        &document,
        "aws_lambda_function",
        "function/payments/function",
    );
    let variables = &function["environment"]["variables"];
    assert!(variables["TABLE_TRANSACTIONS"].is_string(), "{variables}");
    let policy = one(
        &document,
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
    for refused in ["dynamodb:*", "DeleteItem", "dynamodb:Scan", "DeleteTable"] {
        assert!(!policy.contains(refused), "{policy}");
    }
}

#[test]
fn code_where_no_copy_is_cannot_use_a_table() {
    let set = [
        "table.transactions.replicas=[]",
        "network.main.region=us-east-2",
    ];
    let Err(wrong) = loaded(&with(USER), &in_environment("migration", &set)) else {
        panic!("loads");
    };
    let told = wrong.render(Style::Plain);
    assert!(
        told.contains("which has no copy of table `transactions`"),
        "{told}"
    );
}

#[test]
fn a_store_is_there_in_every_phase() {
    for phase in Phase::ALL {
        let mut selection = in_environment("legacy", &[]);
        selection.phase = Some(phase);
        let document = document(&fixture(), &selection);
        one(&document, "aws_dynamodb_table", "table/transactions/table");
        one(
            &document,
            "aws_s3_bucket",
            "bucket/transactions/replica/bucket",
        );
    }
}

#[test]
fn an_environment_reads_the_others_and_not_itself() {
    let source = StackSource::embedded("multi-region").unwrap();
    let set = ["state.remote_states=[\"legacy\"]"];
    let migration = document(&source, &in_environment("migration", &set));
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
    let told = migration["output"]["legacy_primary_vpc_id"]["value"].as_str();
    assert!(told.unwrap().contains("data.terraform_remote_state."));
    let legacy = document(&source, &in_environment("legacy", &set));
    assert!(legacy["data"].get("terraform_remote_state").is_none());
}

#[test]
fn the_lock_table_is_told_where_there_is_one() {
    let source = StackSource::embedded("multi-region").unwrap();
    let s3 = document(&source, &in_environment("migration", &[]));
    let table = &s3["terraform"]["backend"]["s3"]["dynamodb_table"];
    assert_eq!(&s3["output"]["state_lock_table"]["value"], table);
    let local = document(
        &source,
        &in_environment("migration", &["state.backend=local"]),
    );
    assert!(local["output"].get("state_lock_table").is_none());
}

#[test]
fn the_groups_of_the_old_system_are_open_while_both_run() {
    let source = StackSource::embedded("multi-region").unwrap();
    let opened = |environment| {
        let document = document(&source, &in_environment(environment, &[]));
        let into = at(
            &document,
            "aws_vpc_security_group_ingress_rule",
            "replication/payments/source/ingress/primary",
        );
        let out = at(
            &document,
            "aws_vpc_security_group_egress_rule",
            "replication/payments/clients/egress/payments",
        );
        let groups = into.iter().chain(&out).map(|rule| {
            let group = rule["security_group_id"].as_str().unwrap();
            group.contains("data.aws_security_group.")
        });
        groups.filter(|&looked_up| looked_up).count()
    };
    assert_eq!(opened("legacy"), 0);
    assert_eq!(opened("migration"), 2);
    assert_eq!(opened("production"), 0);
}

#[test]
fn tables_and_copies_live_and_leave() -> anyhow::Result<()> {
    let Some(engine) = support::engine() else {
        return Ok(());
    };
    let aws = engine.local_aws()?;
    let document = document(&fixture(), &in_environment("migration", &[])).to_string();
    let workspace = engine.workspace(&document, &aws)?;
    workspace.apply()?;
    let again = workspace.plan()?;
    anyhow::ensure!(again.is_empty(), "plans again: {:?}", again.changes());
    workspace.destroy()
}
