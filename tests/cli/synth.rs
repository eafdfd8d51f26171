//! `paymig synth` to standard output.

use crate::process::{done, every_environment, failed, paymig, run};

#[test]
fn a_document_is_one_json_document_and_a_newline() {
    let document = done(&mut paymig("synth --env migration --suffix abc123"));
    let lines = document.strip_suffix('\n').unwrap();
    assert!(lines.starts_with('{') && lines.ends_with('}'));
    let document: serde_json::Value = serde_json::from_str(lines).unwrap();
    assert!(document["resource"]["aws_vpc"].is_object());
}

#[test]
fn a_document_is_the_same_in_every_run_folder_locale_and_time_zone() {
    let elsewhere = tempfile::tempdir().unwrap();
    for selection in every_environment() {
        let arguments = format!("synth {selection}");
        let here = done(
            paymig(&arguments)
                .env("LC_ALL", "C")
                .env("TZ", "America/New_York"),
        );
        let there = done(
            paymig(&arguments)
                .current_dir(elsewhere.path())
                .env("LC_ALL", "tr_TR.UTF-8")
                .env("TZ", "Pacific/Auckland")
                .env("HOME", elsewhere.path()),
        );
        assert!(here == there, "{selection}");
    }
    let left: Vec<_> = elsewhere.path().read_dir().unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn warnings_leave_standard_output_alone() {
    let ended = run(&mut paymig(
        "synth --stack containerized --env migration --suffix abc123",
    ));
    assert_eq!(ended.code, Some(0));
    assert!(ended.stderr.starts_with("warning: "), "{}", ended.stderr);
    let document: Result<serde_json::Value, _> = serde_json::from_str(&ended.stdout);
    assert!(document.is_ok());
}

#[test]
fn neither_an_environment_nor_a_folder_is_wrong_input() {
    let stderr = failed(&mut paymig("synth --suffix abc123"));
    assert!(
        stderr.contains("one of legacy, migration, production"),
        "{stderr}"
    );
    assert!(stderr.contains("or `-o DIR`"), "{stderr}");
}

#[test]
fn a_check_without_a_folder_is_wrong_input() {
    let stderr = failed(&mut paymig("synth --env migration --suffix abc123 --check"));
    assert!(stderr.contains("needs an output folder"), "{stderr}");
}

#[test]
fn no_suffix_is_wrong_input() {
    let stderr = failed(&mut paymig("synth --env migration"));
    assert!(stderr.contains("PAYMIG_SUFFIX"), "{stderr}");
}
