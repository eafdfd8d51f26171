//! A process of the AWS provider that serves several runs of Terraform.
//!
//! Terraform starts the provider anew in each run, which takes a third of the processor time of a small plan. A process
//! that serves several runs has one configuration at a time, so it suits configurations with one region only, and
//! validations, which configure no provider.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tempfile::NamedTempFile;

/// Timeout of the start. It takes 3 s on an idle machine.
const READY_TIMEOUT: Duration = Duration::from_secs(90);

/// The setting of Go's garbage collector for Terraform and the provider: a collection when the heap has grown to five
/// times the live data, instead of twice. A plan takes a quarter less processor time.
pub(crate) const GARBAGE_COLLECTION: (&str, &str) = ("GOGC", "400");

/// A running provider, which ends when it is dropped.
#[derive(Debug)]
pub(crate) struct ProviderProcess {
    process: Child,
    /// The value of `TF_REATTACH_PROVIDERS`.
    pub(crate) reattach: String,
}

impl ProviderProcess {
    /// Starts the provider in `mirror` for the AWS at `endpoint`, or for none. None if the mirror has no executable.
    ///
    /// # Errors
    /// If it does not start or does not print how to attach to it.
    pub(crate) fn start(mirror: &Path, endpoint: Option<&str>) -> anyhow::Result<Option<Self>> {
        let Some(executable) = find_executable(mirror) else {
            return Ok(None);
        };
        // A pipe would end the provider at its first output after the pipe is closed.
        let output = NamedTempFile::new()?;
        let process = Command::new(&executable)
            .arg("-debug")
            .envs([GARBAGE_COLLECTION])
            .envs(endpoint.map(|endpoint| ("AWS_ENDPOINT_URL", endpoint)))
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env_remove("AWS_CA_BUNDLE")
            .env_remove("AWS_PROFILE")
            .stdin(Stdio::null())
            .stdout(output.reopen()?)
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{} did not start", executable.display()))?;
        let mut started = Self {
            process,
            reattach: String::new(),
        };
        started.reattach = started.read_reattach(output.path())?;
        Ok(Some(started))
    }

    /// The socket that it listens on.
    ///
    /// # Errors
    /// If its output names none.
    pub(crate) fn socket(&self) -> anyhow::Result<PathBuf> {
        let reattach: serde_json::Value = serde_json::from_str(&self.reattach)?;
        let mut providers = reattach.as_object().into_iter().flatten();
        let socket = providers.find_map(|(_, provider)| provider.pointer("/Addr/String")?.as_str());
        socket
            .map(PathBuf::from)
            .context("the provider prints no socket")
    }

    /// Waits for the value of `TF_REATTACH_PROVIDERS` in the output of the provider.
    fn read_reattach(&mut self, output: &Path) -> anyhow::Result<String> {
        let start = Instant::now();
        while start.elapsed() < READY_TIMEOUT {
            let text = fs::read_to_string(output)?;
            let value = text
                .split_once("TF_REATTACH_PROVIDERS='")
                .and_then(|(_, value)| value.split_once('\''));
            if let Some((value, _)) = value {
                return Ok(value.to_owned());
            }
            if let Some(status) = self.process.try_wait()? {
                bail!("the provider exited ({status}):\n{text}");
            }
            sleep(Duration::from_millis(50));
        }
        bail!("the provider did not start within {READY_TIMEOUT:?}")
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
