//! Invalid stack files and arguments: each diagnostic has a position, a message and help.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod arguments;
mod corrections;
mod files;
mod sections;
mod side_by_side;

use std::path::Path;

use paymig::compose;
use paymig::config::{LoadedStack, Selection, StackSource, load};
use paymig::diagnostic::{Diagnostic, Diagnostics, Style};

/// Loads a file of `fixtures/invalid` with `--set` arguments, for its one environment.
fn load_fixture(name: &str, set: &[&str]) -> Result<LoadedStack, Diagnostics> {
    let file = format!("fixtures/invalid/{name}.toml");
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file)).unwrap();
    let environment = if name == "reserved-environment" {
        "bootstrap"
    } else {
        "migration"
    };
    let mut selection = Selection::new(environment.parse().unwrap(), "abc123".parse().unwrap());
    selection.set = set.iter().map(|&argument| argument.to_owned()).collect();
    load(&StackSource::new(file, text), &selection)
}

/// Asserts line and column, a part of the message and a part of the help of the first error of loading
/// or composing, and returns the rendered text.
#[track_caller]
fn assert_rejected(
    name: &str,
    set: &[&str],
    at: (usize, usize),
    message: &str,
    help: &str,
) -> String {
    let diagnostics = load_fixture(name, set)
        .and_then(|loaded| compose::compose(&loaded))
        .expect_err("the fixture is invalid");
    assert_first_diagnostic(&diagnostics, at, message, help)
}

/// Asserts the same of the first of these diagnostics, and returns the rendered text.
#[track_caller]
fn assert_first_diagnostic(
    diagnostics: &Diagnostics,
    at: (usize, usize),
    message: &str,
    help: &str,
) -> String {
    let rendered = diagnostics.render(Style::Plain);
    let first: &Diagnostic = diagnostics.iter().next().unwrap();
    let position = diagnostics.position(first).expect(&rendered);
    assert!(first.message.contains(message), "{rendered}");
    assert!(
        first.help.iter().any(|h| h.contains(help)) || help.is_empty(),
        "{rendered}"
    );
    assert_eq!((position.line, position.column), at, "{rendered}");
    rendered
}

/// Asserts that a diagnostic of the valid file with these `--set` arguments contains a text.
#[track_caller]
fn assert_reported(arguments: &[&str], expected: &str) {
    let reported = match load_fixture("valid", arguments) {
        Ok(loaded) => loaded.diagnostics(loaded.warnings.clone()).to_string(),
        Err(diagnostics) => diagnostics.to_string(),
    };
    assert!(
        reported.contains(expected),
        "{arguments:?} reported:\n{reported}"
    );
}
