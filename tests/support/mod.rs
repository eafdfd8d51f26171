//! Test support: real Terraform against the project's local AWS, stack files and plans.
//!
//! ```ignore
//! let harness = support::harness()?;
//! let aws = harness.local_aws()?;
//! let workspace = harness.workspace(&configuration, &aws)?;
//! workspace.apply()?;
//! assert!(workspace.plan()?.is_empty());
//! workspace.destroy()?;
//! ```
#![expect(dead_code, reason = "every integration test uses another part")]

pub(crate) mod api;
pub(crate) mod local_aws;
pub(crate) mod plan;
pub(crate) mod provider_process;
pub(crate) mod rehearsal;
pub(crate) mod stacks;
pub(crate) mod term_json;
pub(crate) mod terraform;
pub(crate) mod unsupported_resources;

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use self::local_aws::LocalAws;
use self::terraform::{Terraform, Workspace};

/// Real Terraform and the Python of the local AWS, as installed on this machine.
#[derive(Debug, Clone)]
pub(crate) struct Harness {
    terraform: Terraform,
    python: PathBuf,
}

impl Harness {
    /// Starts a local AWS with an empty account.
    pub(crate) fn local_aws(&self) -> anyhow::Result<LocalAws> {
        LocalAws::start(&self.python)
    }

    /// Starts a local AWS and applies configurations of `fixtures/terraform`, for the resources that a stack looks up.
    pub(crate) fn local_aws_with(&self, fixtures: &[&str]) -> anyhow::Result<LocalAws> {
        let aws = self.local_aws()?;
        self.apply_fixtures(fixtures, &aws)?;
        Ok(aws)
    }

    /// Applies configurations of `fixtures/terraform` in `aws`.
    pub(crate) fn apply_fixtures(&self, fixtures: &[&str], aws: &LocalAws) -> anyhow::Result<()> {
        for file in fixtures {
            let path = root().join("fixtures/terraform").join(file);
            self.workspace(&std::fs::read_to_string(path)?, aws)?
                .apply()?;
        }
        Ok(())
    }

    /// Initializes a workspace with `configuration` that uses `aws`.
    pub(crate) fn workspace(
        &self,
        configuration: &str,
        aws: &LocalAws,
    ) -> anyhow::Result<Workspace> {
        self.terraform.workspace(configuration, aws)
    }

    /// Initializes a workspace with `configuration` and its own backend, which uses `aws`.
    pub(crate) fn workspace_with_its_backend(
        &self,
        configuration: &str,
        aws: &LocalAws,
    ) -> anyhow::Result<Workspace> {
        self.terraform
            .workspace_with_its_backend(configuration, aws)
    }

    /// Terraform alone, for tests without AWS.
    pub(crate) fn terraform(&self) -> &Terraform {
        &self.terraform
    }
}

/// Returns the harness.
///
/// # Errors
/// If Terraform or Python is missing: a test that does not run has not passed.
pub(crate) fn harness() -> anyhow::Result<Harness> {
    let terraform = Terraform::find().context("terraform is not on PATH")?;
    let python = local_aws::python()
        .context("no Python with the packages of tests/python/test.txt in .venv")?;
    Ok(Harness { terraform, python })
}

/// The root folder of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
