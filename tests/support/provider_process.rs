//! A process of the AWS provider that serves several runs of Terraform.
//!
//! Terraform starts the provider anew in each run, which takes a third of the processor time of a small plan. A process
//! that serves several runs has one configuration at a time, so it suits configurations with one region only.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;

/// A running provider, which ends when it is dropped.
#[derive(Debug)]
pub(crate) struct ProviderProcess {
    process: Child,
    /// The value of `TF_REATTACH_PROVIDERS`.
    pub(crate) reattach: String,
}

impl ProviderProcess {
    /// Starts the provider in `mirror` for the AWS at `endpoint`. None if the mirror has no executable.
    ///
    /// # Errors
    /// If it does not start or does not print how to attach to it.
    pub(crate) fn start(mirror: &Path, endpoint: &str) -> anyhow::Result<Option<Self>> {
        let Some(executable) = find_executable(mirror) else {
            return Ok(None);
        };
        let mut process = Command::new(&executable)
            .arg("-debug")
            .env("AWS_ENDPOINT_URL", endpoint)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env_remove("AWS_CA_BUNDLE")
            .env_remove("AWS_PROFILE")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{} did not start", executable.display()))?;
        let output = process.stdout.take().context("no output")?;
        let reattach = BufReader::new(output).lines().find_map(|line| {
            let line = line.ok()?;
            let (_, value) = line.split_once("TF_REATTACH_PROVIDERS='")?;
            Some(value.trim_end_matches('\'').to_owned())
        });
        let started = Self {
            process,
            reattach: reattach.unwrap_or_default(),
        };
        anyhow::ensure!(
            !started.reattach.is_empty(),
            "{} did not print TF_REATTACH_PROVIDERS",
            executable.display()
        );
        Ok(Some(started))
    }
}

impl Drop for ProviderProcess {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The executable of the only version and platform in the provider's folder of a mirror.
fn find_executable(mirror: &Path) -> Option<PathBuf> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    };
    let versions = entries(mirror);
    let platforms = versions.iter().flat_map(|version| entries(version));
    let mut files = platforms.flat_map(|platform| entries(&platform));
    files.find(|file| {
        let name = file.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with("terraform-provider-aws_v"))
    })
}
