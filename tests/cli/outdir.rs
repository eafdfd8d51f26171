//! `paymig synth` to a folder: the layout of cdktf.out, and its check.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{done, failed, paymig, paymig_to, run};

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
    let migration = format!("{ALL} --stack multi-region --env migration");
    done(&mut paymig_to(
        folder.path(),
        &format!("{migration} --set network.primary.nat=single"),
    ));
    let before = files(folder.path());
    let ended = run(&mut paymig_to(
        folder.path(),
        &format!("{migration} --check --traffic 10"),
    ));
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""));
    let printed = &ended.stdout;
    for line in [
        "stacks/multi-region-migration/cdk.tf.json\n",
        "\n  network/primary\n",
        "\n    + aws_nat_gateway.network_primary_",
        "\n    ~ output.traffic_percent\n        value: \"0\" -> \"10\"\n",
    ] {
        assert!(printed.contains(line), "{line:?} is not in\n{printed}");
    }
    assert!(!printed.contains("network/secondary"), "{printed}");
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
fn one_environment_is_written_beside_the_others() {
    let folder = TempDir::new().unwrap();
    let all = format!("{ALL} --stack multi-region");
    done(&mut paymig_to(folder.path(), &all));
    let before = files(folder.path());
    for environment in ["migration", "bootstrap"] {
        let one = format!("{all} --env {environment}");
        done(&mut paymig_to(folder.path(), &one));
        assert!(before == files(folder.path()), "{environment}");
    }
    let one = format!("{all} --env migration --traffic 50");
    done(&mut paymig_to(folder.path(), &one));
    assert_eq!(stack_ids(folder.path()).len(), 4);
    let changed = files(folder.path());
    let changed: Vec<_> = changed
        .keys()
        .filter(|path| changed[*path] != before[*path])
        .collect();
    assert_eq!(
        changed,
        [Path::new("stacks/multi-region-migration/cdk.tf.json")]
    );
}

#[test]
fn one_environment_depends_on_bootstrap_only_if_the_folder_has_it() {
    let folder = TempDir::new().unwrap();
    let one = format!("{ALL} --stack multi-region --env migration");
    done(&mut paymig_to(folder.path(), &one));
    let stacks = &manifest(folder.path())["stacks"];
    assert_eq!(stacks["multi-region-migration"]["dependencies"], json!([]));
}

#[test]
fn check_of_one_environment_ignores_the_others() {
    let folder = TempDir::new().unwrap();
    done(&mut paymig_to(folder.path(), ALL));
    let check = format!("{MIGRATION} --check");
    fs::write(configuration(folder.path(), "orchestrated-legacy"), "{}").unwrap();
    fs::remove_dir_all(folder.path().join("stacks/orchestrated-production")).unwrap();
    assert_eq!(done(&mut paymig_to(folder.path(), &check)), "");

    fs::write(configuration(folder.path(), "orchestrated-migration"), "{}").unwrap();
    let ended = run(&mut paymig_to(folder.path(), &check));
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    let expected = "stacks/orchestrated-migration/cdk.tf.json\n";
    assert!(ended.stdout.starts_with(expected), "{}", ended.stdout);
}

#[test]
fn manifest_that_is_not_json_is_an_error_if_it_has_entries_to_keep() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("manifest.json"), "{").unwrap();
    for arguments in [MIGRATION.to_owned(), format!("{MIGRATION} --check")] {
        let stderr = failed(&mut paymig_to(folder.path(), &arguments));
        assert!(stderr.contains("manifest.json` is not JSON"), "{stderr}");
    }
    done(&mut paymig_to(folder.path(), ALL));
    assert_eq!(stack_ids(folder.path()).len(), 3);
}

#[test]
fn check_finds_the_folder_of_an_environment_that_no_longer_exists() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let file = folder.path().join("payments.toml");
    let stack = done(&mut paymig("init orchestrated"));
    let staging = "[environments]\nstaging = { phase = \"legacy\", supernet = \"10.48.0.0/12\" }\n";
    fs::write(&file, stack.replace("[environments]\n", staging)).unwrap();
    let all = format!("{ALL} --stack {}", file.display());
    done(&mut paymig_to(&out, &all));
    fs::write(&file, stack).unwrap();

    let check = format!("{all} --check");
    let stale = format!(
        "stacks/orchestrated-staging: the stack file has no such environment; destroy its resources, then delete the folder: rm -r '{}'\n",
        out.join("stacks/orchestrated-staging").display()
    );
    let ended = run(&mut paymig_to(&out, &check));
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(
        ended.stdout.contains("    - stacks.orchestrated-staging\n"),
        "{}",
        ended.stdout
    );
    assert!(ended.stdout.ends_with(&stale), "{}", ended.stdout);

    // Another write removes the entry of the manifest, and keeps the folder.
    done(&mut paymig_to(&out, &all));
    let ended = run(&mut paymig_to(&out, &check));
    assert_eq!((ended.code, ended.stdout), (Some(1), stale));
}

#[test]
fn check_finds_a_missing_stack_folder() {
    let folder = TempDir::new().unwrap();
    done(&mut paymig_to(folder.path(), ALL));
    fs::remove_dir_all(folder.path().join("stacks/orchestrated-production")).unwrap();
    let ended = run(&mut paymig_to(folder.path(), &format!("{ALL} --check")));
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    let missing = "stacks/orchestrated-production/cdk.tf.json: is missing\n";
    assert!(ended.stdout.starts_with(missing), "{}", ended.stdout);
}

#[test]
fn traffic_of_all_environments_needs_one_that_each_accepts() {
    let folder = TempDir::new().unwrap();
    let all = format!("{ALL} --stack containerized --traffic 50");
    let stderr = failed(&mut paymig_to(folder.path(), &all));
    for text in [
        "`--traffic` is 50 without `--env`, but `legacy` is in phase `legacy`, whose weight is 0, and `production` is in phase `production`, whose weight is 100",
        "add `--env ENV`, or write `traffic` in [environments.ENV]",
    ] {
        assert!(stderr.contains(text), "{text:?} is not in\n{stderr}");
    }
    assert!(files(folder.path()).is_empty());
    done(&mut paymig_to(
        folder.path(),
        &format!("{all} --env migration"),
    ));
    done(&mut paymig_to(
        folder.path(),
        &format!("{all} --phase migration"),
    ));
}

fn configuration(folder: &Path, stack: &str) -> PathBuf {
    folder.join(format!("stacks/{stack}/cdk.tf.json"))
}

fn stack_ids(folder: &Path) -> Vec<String> {
    let manifest = manifest(folder);
    let stacks = manifest
        .get("stacks")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    stacks.map(|(id, _)| id.clone()).collect()
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
