//! What the engine tests share: the project's own local AWS, the real Terraform against it, and
//! what to say where one of the two is missing.
//!
//! ```ignore
//! let Some(engine) = support::engine() else { return };
//! let aws = engine.local_aws()?;
//! let workspace = engine.workspace(&document, &aws)?;
//! workspace.apply()?;
//! assert!(workspace.plan()?.is_empty());
//! workspace.destroy()?;
//! ```
#![expect(dead_code, reason = "every integration test uses another part")]

pub(crate) mod api;
pub(crate) mod local_aws;
pub(crate) mod plan;
pub(crate) mod stacks;
pub(crate) mod terraform;
pub(crate) mod unsupported_resources;

use std::path::{Path, PathBuf};

use self::local_aws::LocalAws;
use self::terraform::{Terraform, Workspace};

/// Everything that an engine test needs, found on this machine.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    terraform: Terraform,
    python: PathBuf,
}

impl Engine {
    /// A fresh local AWS of the test's own.
    pub(crate) fn local_aws(&self) -> anyhow::Result<LocalAws> {
        LocalAws::start(&self.python)
    }

    /// The same, where what the documents `there` of `fixtures/terraform` describe is there already.
    pub(crate) fn local_aws_with(&self, there: &[&str]) -> anyhow::Result<LocalAws> {
        let aws = self.local_aws()?;
        for file in there {
            let path = root().join("fixtures/terraform").join(file);
            self.workspace(&std::fs::read_to_string(path)?, &aws)?
                .apply()?;
        }
        Ok(aws)
    }

    /// A folder that holds `document` as its only configuration, talking to `aws`.
    pub(crate) fn workspace(&self, document: &str, aws: &LocalAws) -> anyhow::Result<Workspace> {
        self.terraform.workspace(document, aws)
    }

    /// The Terraform of this machine, for what needs no AWS.
    pub(crate) fn terraform(&self) -> &Terraform {
        &self.terraform
    }
}

/// The engine, or `None` after one line that says what this machine lacks.
///
/// # Panics
/// Where `CI` is set: there a test that did not run is a failure.
#[expect(clippy::print_stderr, reason = "a test that did not run says so")]
pub(crate) fn engine() -> Option<Engine> {
    let missing = match (Terraform::find(), local_aws::python()) {
        (Some(terraform), Some(python)) => return Some(Engine { terraform, python }),
        (None, Some(_)) => "terraform is not on PATH",
        (Some(_), None) => "no Python with the packages of tests/python/test.txt in .venv",
        (None, None) => "neither terraform nor the Python packages of tests/python/test.txt",
    };
    assert!(
        std::env::var_os("CI").is_none(),
        "engine tests did not run: {missing}"
    );
    eprintln!("engine tests did not run: {missing}");
    None
}

/// The package's own folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
