//! asl-validator, which is not ours, takes the definitions.

use std::path::PathBuf;
use std::process::Command;

use anyhow::ensure;
use tempfile::TempDir;

use crate::definitions::embedded_definitions;
use crate::support;

/// Returns the validator as `make` installs it.
///
/// # Errors
/// If Node.js or the validator is missing: a test that does not run has not passed.
fn validator() -> anyhow::Result<PathBuf> {
    let command = support::root().join("tests/node/node_modules/.bin/asl-validator");
    let node = Command::new("node").arg("--version").output();
    ensure!(node.is_ok(), "node is not on PATH");
    ensure!(command.exists(), "`npm ci --prefix tests/node` has not run");
    Ok(command)
}

#[test]
fn asl_validator_accepts_both_state_machines() -> anyhow::Result<()> {
    let validator = validator()?;
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
