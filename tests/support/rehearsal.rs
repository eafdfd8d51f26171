//! Rehearsals (`tests/rehearsal`): payments flow through a deployment while it is cut over, rolled back and cut over again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use serde_json::json;
use tempfile::TempDir;

use super::local_aws::LocalAws;

/// The certificate authority of the datacenter, and the report of a run.
#[derive(Debug)]
pub(crate) struct Rehearsal {
    folder: TempDir,
}

impl Rehearsal {
    /// Creates the authority, which signs the certificate of the source.
    ///
    /// # Errors
    /// If `openssl` does not run or fails.
    pub(crate) fn prepare() -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let output = Command::new("openssl")
            .args([
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            ])
            .args(["-subj", "/CN=Authority of the datacenter"])
            .args(["-keyout", "ca.key", "-out", "ca.pem"])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .context("openssl did not start")?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "openssl failed: {errors}");
        Ok(Self { folder })
    }

    /// The `--set` argument with the authority, for the replication `name`.
    ///
    /// # Errors
    /// If its certificate cannot be read.
    pub(crate) fn set_authority(&self, name: &str) -> anyhow::Result<String> {
        let pem = fs::read_to_string(self.folder.path().join("ca.pem"))?;
        // A JSON string is a basic string of TOML.
        Ok(format!("replication.{name}.source.ca_pem={}", json!(pem)))
    }

    /// Runs the migration of the deployment in `aws` to the end of its soak, and returns its report as Markdown.
    ///
    /// # Errors
    /// If a step fails, or a payment is lost or doubled, with the standard error of the program.
    pub(crate) fn run(&self, aws: &LocalAws) -> anyhow::Result<String> {
        let folder = self.folder.path().to_string_lossy();
        let report = self.report();
        let arguments = [
            "--authority",
            &folder,
            "--report",
            &report.to_string_lossy(),
        ];
        aws.run_module("rehearsal", &arguments)?;
        Ok(fs::read_to_string(report.with_extension("md"))?)
    }

    /// The path of the report, without its extension.
    fn report(&self) -> PathBuf {
        Path::join(self.folder.path(), "report")
    }
}
