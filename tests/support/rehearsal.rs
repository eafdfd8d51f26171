//! Rehearsals (`tests/rehearsal`): payments flow through a deployment while it is cut over, rolled back and cut over again.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use paymig::config::{Protection, Selection, StackSource};
use paymig::newtypes::Percent;
use serde::Deserialize;
use serde_json::json;
use tempfile::TempDir;

use super::stacks::loaded;

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

    /// Selects a deployment to rehearse: destroyable, with the authority, the shortest alarm watch and the longest fence.
    ///
    /// # Errors
    /// The rendered diagnostics of the stack file.
    pub(crate) fn with_settings(
        &self,
        source: &StackSource,
        selection: Selection,
    ) -> anyhow::Result<Selection> {
        let stack = loaded(source, &selection)?.stack;
        let pem = fs::read_to_string(self.folder.path().join("ca.pem"))?;
        // A JSON string is a basic string of TOML.
        let authorities = (stack.replication.iter())
            .map(|(name, _)| format!("replication.{name}.source.ca_pem={}", json!(pem)));
        let short = (stack.workflow.iter()).flat_map(|(name, _)| {
            let keys = [
                "step_soak=1",
                "comparison_concurrency=2",
                "fence_timeout=28",
            ];
            keys.map(|key| format!("workflow.{name}.{key}"))
        });
        let long =
            (stack.runbook.iter()).map(|(name, _)| format!("runbook.{name}.fence_timeout=28"));
        let set = selection.set.iter().cloned();
        Ok(Selection {
            protection: Some(Protection::Destroyable),
            set: set.chain(authorities).chain(short).chain(long).collect(),
            ..selection
        })
    }

    /// Runs the migration of the deployment in `aws` to the end of its soak, and returns its report as Markdown.
    /// `shift_traffic` applies a traffic weight that Terraform manages.
    ///
    /// # Errors
    /// If a step fails, or a payment is lost or doubled, with the standard error of the program.
    pub(crate) fn run(
        &self,
        mut program: Command,
        mut shift_traffic: impl FnMut(Percent) -> anyhow::Result<()>,
    ) -> anyhow::Result<String> {
        let (folder, report) = (self.folder.path(), self.folder.path().join("report"));
        let errors = folder.join("errors");
        let mut program = program
            .args([OsStr::new("--authority"), folder.as_os_str()])
            .args([OsStr::new("--report"), report.as_os_str()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&errors)?)
            .spawn()?;
        let mut responses = program.stdin.take().context("no standard input")?;
        let requests = program.stdout.take().context("no standard output")?;
        for line in BufReader::new(requests).lines() {
            let request: Request = serde_json::from_str(&line?)?;
            shift_traffic(request.traffic)?;
            writeln!(responses, "applied")?;
        }
        let status = program.wait()?;
        ensure!(status.success(), "{}", fs::read_to_string(errors)?);
        Ok(fs::read_to_string(report.with_extension("md"))?)
    }
}

/// A request of the program.
#[derive(Debug, Deserialize)]
struct Request {
    /// The traffic weight to apply.
    traffic: Percent,
}
