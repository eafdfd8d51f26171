//! `paymig diff`: the verdict on each kind of change, its formats and its messages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde_json::Value;
use tempfile::TempDir;

use crate::process::{Ended, done, failed, paymig, run};
use crate::stack_sections::{NamedSection, renamed};

const ORCHESTRATED: &str = "--env migration --suffix abc123";

/// The JSON report of the change from an applied configuration to the one with other arguments.
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
fn changed(selection: &str, before: &str, after: &str) -> (Option<i32>, Value) {
    let folder = TempDir::new().unwrap();
    let file = applied(&folder, &format!("{selection} {before}"));
    let mut command = paymig(&format!("diff {selection} {after} --format json"));
    let ended = run(command.arg("--from-file").arg(file));
    assert!(!ended.stdout.is_empty(), "{}", ended.stderr);
    (ended.code, serde_json::from_str(&ended.stdout).unwrap())
}

/// Writes the configuration that is applied.
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
fn applied(folder: &TempDir, selection: &str) -> PathBuf {
    let file = folder.path().join("applied.tf.json");
    fs::write(&file, done(&mut paymig(&format!("synth {selection}")))).unwrap();
    file
}

/// The actions on resources of one type, with the arguments.
fn actions(report: &Value, type_name: &str) -> Vec<String> {
    let changes = report["changes"].as_array().into_iter().flatten();
    let of_type = changes.filter(|change| change["type"] == type_name);
    let mut actions: Vec<String> = of_type
        .map(|change| {
            let arguments = change["arguments"].as_array().into_iter().flatten();
            let names = arguments.map(|argument| argument["argument"].as_str().unwrap_or_default());
            let names: Vec<&str> = names.collect();
            let action = change["action"].as_str().unwrap_or_default();
            format!("{action} {}", names.join(" "))
                .trim_end()
                .to_owned()
        })
        .collect();
    actions.sort();
    actions.dedup();
    actions
}

#[test]
fn unchanged_configuration_has_no_changes() {
    let (code, report) = changed(ORCHESTRATED, "", "");
    assert_eq!(code, Some(0));
    assert_eq!(report["changes"], Value::Array(Vec::new()));
    assert_eq!(report["is_safe"], true);
}

#[test]
fn size_changes_in_place() {
    let larger = "--set database.payments.aurora-postgresql.class.full=db.r6g.4xlarge";
    let (code, report) = changed(ORCHESTRATED, "", larger);
    assert_eq!(code, Some(0), "{report:#}");
    assert_eq!(
        actions(&report, "aws_rds_cluster_instance"),
        ["update instance_class"]
    );
}

/// AWS upgrades the engine, and Terraform ignores its version.
#[test]
fn engine_version_replaces_parameter_groups_only() {
    let newer = r#"--set database.payments.aurora-postgresql.version="17""#;
    let (code, report) = changed(ORCHESTRATED, "", newer);
    assert_eq!(code, Some(0), "{report:#}");
    assert_eq!(
        actions(&report, "aws_rds_cluster"),
        ["update db_cluster_parameter_group_name"]
    );
    assert_eq!(
        actions(&report, "aws_rds_cluster_parameter_group"),
        ["replace family name"]
    );
}

/// Another CIDR of a network, with its tiers.
const OTHER_CIDR: &str = "--set network.production.cidr=10.7.0.0/16 \
    --set network.production.tiers.public=10.7.0.0/20 --set network.production.tiers.private=10.7.16.0/20 \
    --set network.production.tiers.database=10.7.32.0/20 --set network.production.tiers.transit=10.7.255.0/25";

#[test]
fn cidr_of_a_network_replaces_it_with_everything_in_it() {
    let (code, report) = changed(ORCHESTRATED, "", OTHER_CIDR);
    assert_eq!(code, Some(1));
    assert_eq!(actions(&report, "aws_vpc"), ["replace cidr_block"]);
    let subnets = actions(&report, "aws_subnet").join("\n");
    assert_eq!(subnets, "replace cidr_block vpc_id");
    let causes = report["changes"].to_string();
    assert!(
        causes.contains("\"cause\":\"aws_vpc.network_production_vpc"),
        "{causes}"
    );
}

#[test]
fn zone_fewer_destroys_its_subnets_and_address() {
    let (code, report) = changed(ORCHESTRATED, "", "--set network.production.zones=2");
    assert_eq!(code, Some(1));
    assert_eq!(actions(&report, "aws_subnet"), ["destroy"]);
    assert_eq!(actions(&report, "aws_eip"), ["destroy"]);
    let lost = report["changes"].to_string();
    assert!(
        lost.contains("an address that external firewalls allow"),
        "{lost}"
    );
}

#[test]
fn other_name_replaces_what_has_no_other_identity() {
    let named = r#"--set naming.pattern="{type}-{suffix}-{env}""#;
    let (code, report) = changed(ORCHESTRATED, "", named);
    assert_eq!(code, Some(1));
    assert_eq!(actions(&report, "aws_s3_bucket"), ["replace bucket"]);
    assert_eq!(actions(&report, "aws_rds_cluster").len(), 1);
    // The name of a network is a tag.
    assert_eq!(actions(&report, "aws_vpc"), ["update tags"]);
}

const BLUE_GREEN: &str = "--env production --suffix abc123";

/// The report of a change of the name of a section of `blue-green`, with these keys in the section.
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
fn renamed_section(keys: &[(&str, &str)]) -> (Option<i32>, Value) {
    let folder = TempDir::new().unwrap();
    let applied = applied(&folder, &format!("--stack blue-green {BLUE_GREEN}"));
    let section = NamedSection {
        kind: "network".to_owned(),
        name: "main".to_owned(),
    };
    let text = done(&mut paymig("init blue-green"));
    let file = folder.path().join("renamed.toml");
    fs::write(&file, renamed(&text, &section, "core", keys)).unwrap();
    let mut command = paymig(&format!("diff {BLUE_GREEN} --format json"));
    let command = command.arg("--stack").arg(file);
    let ended = run(command.arg("--from-file").arg(applied));
    assert!(!ended.stdout.is_empty(), "{}", ended.stderr);
    (ended.code, serde_json::from_str(&ended.stdout).unwrap())
}

#[test]
fn renamed_section_destroys_its_resources_and_has_the_way_to_keep_them() {
    let (code, report) = renamed_section(&[]);
    assert_eq!(code, Some(1));
    let renames = report["renames"].as_array().into_iter().flatten();
    let network = renames.into_iter().find(|it| it["from"] == "network/main");
    let network = network.unwrap_or(&Value::Null);
    assert_eq!(network["to"], "network/core");
    let lines = [r#"formerly = "main""#, r#"name_in_aws = "main""#];
    assert_eq!(network["stack_file"], Value::from(lines.to_vec()));
    let moved = network["moved"].to_string();
    assert!(moved.contains("aws_vpc.network_main_vpc_"), "{moved}");
}

#[test]
fn renamed_section_with_formerly_moves_its_resources() {
    let (code, report) = renamed_section(&[("formerly", "main"), ("name_in_aws", "main")]);
    assert_eq!(code, Some(0), "{report:#}");
    assert_eq!(report["summary"]["destroyed"], 0);
    assert_eq!(report["summary"]["replaced"], 0);
    assert_eq!(actions(&report, "aws_vpc"), ["move"]);
}

#[test]
fn suffix_replaces_what_has_it_in_its_name() {
    let before = applied_with_suffix("abc123");
    let mut command = paymig("diff --env migration --suffix xyz789 --format json --from-file");
    let ended = run(command.arg(before.1));
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stdout.contains("its rows since the last backup"));
}

#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
fn applied_with_suffix(suffix: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let file = applied(&folder, &format!("--env migration --suffix {suffix}"));
    (folder, file)
}

#[test]
fn end_of_a_migration_ends_the_lossless_rollback() {
    let selection = "--stack containerized --env migration --from migration@100 --to production";
    let text = done(&mut paymig(&format!("diff {selection}")));
    assert!(text.contains("This ends the lossless rollback"), "{text}");
    let back = "--stack containerized --env migration --from migration@100 --to migration@50";
    let text = done(&mut paymig(&format!("diff {back}")));
    assert!(!text.contains("lossless"), "{text}");
}

#[test]
fn traffic_step_is_a_short_report() {
    let selection = "--stack containerized --env migration --from migration@10 --to migration@50";
    for format in ["text", "markdown", "json"] {
        let text = done(&mut paymig(&format!("diff {selection} --format {format}")));
        insta::assert_snapshot!(format!("diff_traffic_step_{format}"), text);
    }
}

#[test]
fn transition_that_skips_a_stage_is_unsafe() {
    let skipping =
        "diff --stack containerized --env migration --from migration@0 --to migration@50";
    let ended = run(&mut paymig(skipping));
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    let message = "This skips migration@10: apply every stage, one after the other.";
    assert!(ended.stdout.contains(message), "{}", ended.stdout);
    let ended = run(&mut paymig(
        "diff --env migration --from legacy --to production",
    ));
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    let back = "diff --stack containerized --env migration --from migration@50 --to migration@0";
    done(&mut paymig(back));
}

#[test]
fn another_instance_class_interrupts_the_service() {
    let selection = "--env migration --from legacy --to migration";
    let text = done(&mut paymig(&format!("diff {selection}")));
    let effect = "interrupts: the instance restarts; if it is the writer, Aurora fails over to a reader first, usually for less than 120 s";
    assert!(text.contains(effect), "{text}");
    assert!(text.contains(" with an interruption)"), "{text}");
}

#[test]
fn diff_of_the_largest_stack_takes_less_than_three_synths() {
    let selection = "--stack multi-region --env migration --suffix abc123";
    let seconds = |arguments: &str| {
        let began = Instant::now();
        done(&mut paymig(arguments));
        began.elapsed().as_secs_f64()
    };
    let [mut synth, mut diff] = [Vec::new(), Vec::new()];
    for _ in 0..5 {
        synth.push(seconds(&format!("synth {selection}")));
        diff.push(seconds(&format!(
            "diff {selection} --from legacy --to migration"
        )));
    }
    let [synth, diff] = [synth, diff].map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    });
    assert!(diff < 3.0 * synth, "diff {diff} s, synth {synth} s");
}

#[test]
fn diff_needs_an_environment_and_a_beginning() {
    for (arguments, message) in [
        ("diff --from legacy", "`--env` is missing"),
        ("diff --env migration", "--from <PHASE[@PERCENT]>"),
        (
            "diff --env migration --from legcy",
            "`legcy` is not a phase: write one of legacy, migration, production",
        ),
        (
            "diff --env migration --from migration@101 --stack containerized",
            "101",
        ),
    ] {
        let Ended { code, stderr, .. } = run(&mut paymig(arguments));
        assert_eq!(code, Some(2), "{stderr}");
        assert!(stderr.contains(message), "{stderr}");
    }
}

#[test]
fn file_that_is_no_configuration_is_rejected() {
    let text = failed(&mut paymig("diff --env migration --from-file Cargo.toml"));
    assert!(text.contains("which is not Terraform JSON"), "{text}");
    let text = failed(&mut paymig("diff --env migration --from-file missing.json"));
    assert!(text.contains("cannot read missing.json"), "{text}");
}

/// Runs git in `folder`.
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
    let status = Command::new("git")
        .current_dir(folder)
        .args(identity)
        .args(arguments)
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "git {arguments:?}");
}

#[test]
fn base_is_the_stack_file_of_a_revision() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("stack.toml");
    let text = done(&mut paymig("init blue-green"));
    fs::write(&file, &text).unwrap();
    git(folder.path(), &["init", "--quiet"]);
    git(folder.path(), &["add", "stack.toml"]);
    git(folder.path(), &["commit", "--quiet", "-m", "first"]);
    let diff = |revision: &str| {
        let mut command = paymig("diff --env production --format json --base");
        run(command.arg(revision).arg("--stack").arg(&file))
    };
    let ended = diff("HEAD");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(report["changes"], Value::Array(Vec::new()));
    let ended = diff("missing");
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.stderr.contains("`--base` is `missing`"),
        "{}",
        ended.stderr
    );
}

#[test]
fn report_has_the_schema_of_the_documentation() {
    let schema = paymig::diff::report_schema();
    let text = format!("{schema:#}\n");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diff.schema.json");
    if std::env::var_os("PAYMIG_BLESS").is_some() {
        fs::write(&file, &text).unwrap();
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), text, "run `make bless`");
    let validator = jsonschema::validator_for(&schema).unwrap();
    let (_, report) = changed(ORCHESTRATED, "", OTHER_CIDR);
    let errors: Vec<String> = validator
        .iter_errors(&report)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
}
