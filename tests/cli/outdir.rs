//! `paymig synth` to a folder: the layout of cdktf.out, and its check.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{done, paymig, paymig_to, run};

const ALL: &str = "synth --suffix abc123";
const MIGRATION: &str = "synth --suffix abc123 --env migration";

#[test]
fn a_folder_holds_the_document_of_standard_output() {
    let folder = TempDir::new().unwrap();
    let document = done(&mut paymig(MIGRATION));
    assert_eq!(done(&mut paymig_to(folder.path(), MIGRATION)), "");
    let files = files(folder.path());
    assert_eq!(
        files
            .keys()
            .map(|path| path.display().to_string())
            .collect::<Vec<_>>(),
        [
            "manifest.json",
            "stacks/orchestrated-migration/cdk.tf.json",
            "stacks/orchestrated-migration/metadata.json"
        ]
    );
    assert!(files[Path::new("stacks/orchestrated-migration/cdk.tf.json")] == document);
}

#[test]
fn a_folder_is_the_same_in_every_run() {
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    for stack in ["orchestrated", "multi-region"] {
        let arguments = format!("{ALL} --stack {stack}");
        done(&mut paymig_to(one.path(), &arguments));
        done(paymig_to(two.path(), &arguments).current_dir(two.path()));
    }
    assert!(files(one.path()) == files(two.path()));
}

#[test]
fn without_an_environment_every_one_is_written() {
    let folder = TempDir::new().unwrap();
    done(&mut paymig_to(folder.path(), ALL));
    let stacks = &manifest(folder.path())["stacks"];
    let names: Vec<&String> = stacks.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "orchestrated-legacy",
            "orchestrated-migration",
            "orchestrated-production"
        ]
    );
    for name in names {
        assert_eq!(stacks[name]["dependencies"], json!([]));
    }
}

#[test]
fn the_others_depend_on_bootstrap_where_it_holds_something() {
    let folder = TempDir::new().unwrap();
    done(&mut paymig_to(
        folder.path(),
        &format!("{ALL} --stack multi-region"),
    ));
    let stacks = &manifest(folder.path())["stacks"];
    assert_eq!(stacks["multi-region-bootstrap"]["dependencies"], json!([]));
    for environment in ["legacy", "migration", "production"] {
        let stack = &stacks[format!("multi-region-{environment}")];
        assert_eq!(stack["dependencies"], json!(["multi-region-bootstrap"]));
    }
}

#[test]
fn flags_reach_every_environment_but_bootstrap() {
    let folder = TempDir::new().unwrap();
    let arguments = format!("{ALL} --stack multi-region --phase legacy --protect");
    done(&mut paymig_to(folder.path(), &arguments));
    let phase = |name: &str| {
        let path = folder.path().join(format!("stacks/{name}/cdk.tf.json"));
        let document: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        document["output"]["phase"]["value"].clone()
    };
    assert_eq!(phase("multi-region-production"), "legacy");
    assert_eq!(phase("multi-region-bootstrap"), Value::Null);
}

#[test]
fn synth_in_the_folder_of_cdktf_prints_nothing() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("cdktf.out");
    let ended = run(paymig(&format!("{ALL} --stack containerized")).env("CDKTF_OUTDIR", &out));
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""));
    assert_eq!(ended.stderr, "", "cdktf takes standard error for errors");
    let annotations = &manifest(&out)["stacks"]["containerized-migration"]["annotations"];
    assert_eq!(annotations[0]["level"], "@cdktf/warn");
    assert_eq!(
        annotations[0]["constructPath"],
        "containerized-migration/database/payments"
    );
}

#[test]
fn output_folder_overrides_the_one_of_cdktf() {
    let folder = TempDir::new().unwrap();
    let (ours, theirs) = (folder.path().join("ours"), folder.path().join("theirs"));
    done(paymig_to(&ours, MIGRATION).env("CDKTF_OUTDIR", &theirs));
    assert!(ours.join("manifest.json").exists());
    assert!(!theirs.exists());
}

#[test]
fn standard_output_overrides_the_folder_of_cdktf() {
    let folder = TempDir::new().unwrap();
    let theirs = folder.path().join("theirs");
    let document = done(paymig(&format!("{MIGRATION} -o -")).env("CDKTF_OUTDIR", &theirs));
    assert!(document == done(&mut paymig(MIGRATION)));
    assert!(!theirs.exists());
}

#[test]
fn check_of_unchanged_files_succeeds_without_output() {
    let folder = TempDir::new().unwrap();
    for stack in ["orchestrated", "containerized", "multi-region"] {
        let arguments = format!("{ALL} --stack {stack}");
        done(&mut paymig_to(folder.path(), &arguments));
        let printed = done(&mut paymig_to(
            folder.path(),
            &format!("{arguments} --check"),
        ));
        assert_eq!(printed, "");
    }
}

#[test]
fn check_prints_changes_by_construct_and_writes_nothing() {
    let folder = TempDir::new().unwrap();
    done(&mut paymig_to(folder.path(), MIGRATION));
    let before = files(folder.path());
    let ended = run(&mut paymig_to(
        folder.path(),
        &format!("{MIGRATION} --check --traffic 10 --set network.migration.nat=per-zone"),
    ));
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""));
    let printed = &ended.stdout;
    for line in [
        "stacks/orchestrated-migration/cdk.tf.json\n",
        "\n  network/migration\n",
        "\n    + aws_nat_gateway.network_migration_",
        "\n    ~ output.traffic_percent\n        value: \"0\" -> \"10\"\n",
    ] {
        assert!(printed.contains(line), "{line:?} is not in\n{printed}");
    }
    assert!(!printed.contains("network/production"), "{printed}");
    assert!(before == files(folder.path()));
}

#[test]
fn check_prints_missing_files_and_writes_nothing() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("missing");
    let ended = run(&mut paymig_to(&missing, &format!("{ALL} --check")));
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""));
    assert!(ended.stdout.starts_with("manifest.json: is missing\n"));
    assert!(!missing.exists());
}

#[test]
fn check_prints_a_removed_stack() {
    let folder = TempDir::new().unwrap();
    done(&mut paymig_to(folder.path(), ALL));
    let ended = run(&mut paymig_to(
        folder.path(),
        &format!("{MIGRATION} --check"),
    ));
    assert_eq!(ended.code, Some(1));
    let printed = &ended.stdout;
    assert!(
        printed.contains("- stacks.orchestrated-production\n"),
        "{printed}"
    );
}

fn manifest(folder: &Path) -> Value {
    let text = fs::read(folder.join("manifest.json")).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

/// Every file below `folder`, by its path in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let (Ok(name), Ok(text)) =
                (path.strip_prefix(folder), fs::read_to_string(&path))
            {
                files.insert(name.to_owned(), text);
            }
        }
    }
    files
}
