//! Messages about invalid input.

#[cfg(unix)]
use std::ffi::OsStr;
#[cfg(unix)]
use std::os::unix::ffi::OsStrExt as _;

use crate::process::{Ended, done, failed, paymig, run};

const ESCAPE: char = '\u{1b}';

#[test]
fn a_wrong_argument_is_shown_where_it_is_wrong() {
    let stderr = failed(paymig("synth --env migration --suffix abc123").args([
        "--set",
        "tags.Team=payments",
        "--set",
        "network.production.cidr=10.0.0.1/16",
    ]));
    insta::assert_snapshot!(stderr);
}

#[test]
fn a_wrong_value_of_a_file_is_shown_at_its_position() {
    let stderr = failed(&mut paymig(
        "synth --stack fixtures/invalid/wrong-type-inside-variant.toml --env migration --suffix abc123",
    ));
    let place = "--> fixtures/invalid/wrong-type-inside-variant.toml:";
    assert!(stderr.contains(place), "{stderr}");
    assert!(stderr.contains('^'), "{stderr}");
}

#[test]
fn an_error_in_every_environment_is_reported_once() {
    let folder = tempfile::tempdir().unwrap();
    let stderr = failed(
        paymig("synth --suffix abc123 --set transit.hub.networks=[\"nowhere\"]")
            .arg("-o")
            .arg(folder.path()),
    );
    assert!(stderr.contains("[network.nowhere]"), "{stderr}");
    assert_eq!(stderr.matches("error: ").count(), 1, "{stderr}");
}

#[test]
fn messages_into_a_file_are_plain() {
    for arguments in ["synth", "synth --no-such-flag"] {
        let stderr = failed(&mut paymig(arguments));
        assert!(!stderr.contains(ESCAPE), "{stderr:?}");
    }
}

#[test]
fn color_is_written_on_request() {
    for arguments in ["synth --color always", "synth --color=always --nonsense"] {
        let Ended { code, stderr, .. } = run(paymig(arguments).env("NO_COLOR", "1"));
        assert_eq!(code, Some(2));
        assert!(stderr.contains(ESCAPE), "{stderr:?}");
    }
}

#[test]
fn no_color_is_written_if_it_is_disabled() {
    for arguments in ["synth", "synth --no-such-flag"] {
        let colored = run(paymig(arguments).env("CLICOLOR_FORCE", "1"));
        assert!(colored.stderr.contains(ESCAPE), "{colored:?}");
        let plain = run(paymig(arguments)
            .env("CLICOLOR_FORCE", "1")
            .env("NO_COLOR", "1"));
        assert!(!plain.stderr.contains(ESCAPE), "{plain:?}");
        let never = run(paymig(&format!("{arguments} --color never")).env("CLICOLOR_FORCE", "1"));
        assert!(!never.stderr.contains(ESCAPE), "{never:?}");
    }
}

#[cfg(unix)]
#[test]
fn bytes_that_are_not_text_are_invalid_input() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = OsStr::from_bytes(b"\xff");
    let file = folder.path().join("bytes.toml");
    std::fs::write(&file, b"stack = \"\xff\"").unwrap();
    failed(paymig("list --stack").arg(&file));
    failed(paymig("list --stack").arg(bytes));
    failed(paymig("list").env("PAYMIG_STACK", bytes));
    failed(paymig("synth --env migration").env("PAYMIG_SUFFIX", bytes));
}

#[test]
fn a_file_with_endless_nesting_is_invalid_input() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep.toml");
    let value = |opening: &str| format!("stack = {}", opening.repeat(100_000));
    let key = format!("{}a = 1", "a.".repeat(100_000));
    for text in [value("["), value("{a="), key] {
        std::fs::write(&file, text).unwrap();
        failed(paymig("list --stack").arg(&file));
    }
}

#[test]
fn help_and_version_are_results() {
    assert!(done(&mut paymig("--help")).contains("Exit codes: 0 success"));
    assert!(done(&mut paymig("synth --help")).contains("--check"));
    let version = format!("paymig {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(done(&mut paymig("--version")), version);
}

#[test]
fn a_missing_command_is_invalid_input() {
    let ended = run(&mut paymig(""));
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("Usage: paymig"), "{}", ended.stderr);
}

#[test]
fn stack_without_a_region_is_an_error() {
    let text = failed(&mut paymig(
        "synth --env migration --suffix abc123 --set regions=[]",
    ));
    assert!(text.contains("`regions` is empty"), "{text}");
}
