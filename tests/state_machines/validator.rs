//! asl-validator, which is not ours, takes the definitions.

use std::path::PathBuf;
use std::process::Command;

use anyhow::ensure;
use tempfile::TempDir;

use crate::definitions::embedded_definitions;
use crate::support;

/// The validator as `make` installs it, or `None` after one line that names the missing program.
///
/// # Panics
/// Where `CI` is set: there a test that did not run is a failure.
#[expect(clippy::print_stderr, reason = "a test that did not run says so")]
fn validator() -> Option<PathBuf> {
    let command = support::root().join("tests/node/node_modules/.bin/asl-validator");
    let node = Command::new("node").arg("--version").output();
    let missing = match (node.is_ok(), command.exists()) {
        (true, true) => return Some(command),
        (false, _) => "node is not on PATH",
        (true, false) => "`npm ci --prefix tests/node` has not run",
    };
    assert!(
        std::env::var_os("CI").is_none(),
        "asl-validator did not run: {missing}"
    );
    eprintln!("asl-validator did not run: {missing}");
    None
}

#[test]
fn asl_validator_accepts_both_state_machines() -> anyhow::Result<()> {
    let Some(validator) = validator() else {
        return Ok(());
    };
    let folder = TempDir::new()?;
    for (name, definition) in ["migration", "rollback"].iter().zip(embedded_definitions()) {
        let file = folder.path().join(format!("{name}.asl.json"));
        std::fs::write(&file, definition.to_string())?;
        let output = Command::new(&validator)
            .arg("--json-path")
            .arg(&file)
            .output()?;
        ensure!(
            output.status.success(),
            "{name}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}
