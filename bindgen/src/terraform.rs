//! Asks the real provider for its schema.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::list::Provider;

/// The folder of a provider mirror, the one that holds `registry.terraform.io`. Without it
/// Terraform takes the provider from where it always does: its own configuration, else the registry.
const MIRROR: &str = "PAYMIG_PROVIDER_MIRROR";

/// The output of `terraform providers schema -json` for exactly this version.
pub fn provider_schema(provider: &Provider) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let document = json!({
        "terraform": {"required_providers": {"aws": {
            "source": provider.source,
            "version": provider.version,
        }}}
    });
    fs::write(folder.path().join("main.tf.json"), document.to_string())?;
    let configuration = folder.path().join("terraform.rc");
    let mirror = env::var_os(MIRROR);
    if let Some(mirror) = &mirror {
        let mirror = json!(Path::new(mirror));
        let text = format!(
            "provider_installation {{\n  filesystem_mirror {{\n    path = {mirror}\n  }}\n}}\n"
        );
        fs::write(&configuration, text)?;
    }
    let terraform = |arguments: &[&str]| {
        let mut command = Command::new("terraform");
        command.args(arguments).current_dir(folder.path());
        if mirror.is_some() {
            command.env("TF_CLI_CONFIG_FILE", OsStr::new(&configuration));
        }
        run(&mut command)
    };
    terraform(&["init", "-input=false", "-no-color"])?;
    terraform(&["providers", "schema", "-json"])
}

fn run(command: &mut Command) -> Result<String> {
    let output = command.output().context("terraform could not be started")?;
    ensure!(
        output.status.success(),
        "{command:?} failed:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}
