//! A local AWS (`tests/local_aws`) as a child process: one for each test, gone when it is dropped.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use tempfile::TempDir;

/// How long a server may take to answer its first connection; it takes 2 s on an idle machine.
const READY_WITHIN: Duration = Duration::from_secs(90);

/// What every act behind Terraform's back starts with.
const BEHIND_TERRAFORM: &str = r#"
import boto3


def put(name: str, value: str) -> None:
    path = f"/payment/migration/abc123/{name}"
    boto3.client("ssm").put_parameter(Name=path, Value=value, Overwrite=True)


"#;

/// The Python that has moto: `PAYMIG_TEST_PYTHON`, else the project's `.venv`.
pub(crate) fn python() -> Option<PathBuf> {
    let named = std::env::var_os("PAYMIG_TEST_PYTHON").map(PathBuf::from);
    let python = named.unwrap_or_else(|| super::root().join(".venv/bin/python"));
    let has_moto = Command::new(&python)
        .args(["-c", "import moto.server"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    has_moto
        .is_ok_and(|status| status.success())
        .then_some(python)
}

/// A running server with an empty account.
#[derive(Debug)]
pub(crate) struct LocalAws {
    server: Child,
    python: PathBuf,
    port: u16,
    logs: TempDir,
}

impl LocalAws {
    /// Start a server on a free port and wait until it answers.
    ///
    /// # Errors
    /// When it cannot be started, ends at once or does not answer in time; with its own last words.
    pub(crate) fn start(python: &Path) -> anyhow::Result<Self> {
        let port = free_port()?;
        let logs = TempDir::new()?;
        let log = File::create(logs.path().join("server.log"))?;
        let server = Command::new(python)
            .args(["-m", "local_aws", "--port", &port.to_string()])
            .env("PYTHONPATH", super::root().join("tests"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env_remove("AWS_CA_BUNDLE")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("{} did not start", python.display()))?;
        let mut started = Self {
            server,
            python: python.to_owned(),
            port,
            logs,
        };
        started.wait_until_ready()?;
        Ok(started)
    }

    /// The URL for `AWS_ENDPOINT_URL`.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Do what somebody else would do while Terraform does not look: `act` is Python, with `boto3` and
    /// `put(name, value)` for the parameters of the environment under test.
    ///
    /// # Errors
    /// With Python's own text.
    pub(crate) fn behind_terraform(&self, act: &str) -> anyhow::Result<()> {
        let output = Command::new(&self.python)
            .args(["-c", &format!("{BEHIND_TERRAFORM}{act}")])
            .env("AWS_ENDPOINT_URL", self.endpoint())
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env_remove("AWS_CA_BUNDLE")
            .env_remove("AWS_PROFILE")
            .output()?;
        let told = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{told}");
        Ok(())
    }

    /// Push an image for each of `tags` in `region`, as a build does, to a repository whose tags cannot move.
    ///
    /// # Errors
    /// With Python's own text.
    pub(crate) fn push(&self, region: &str, repository: &str, tags: &[&str]) -> anyhow::Result<()> {
        self.behind_terraform(&format!(
            r#"
import json
ecr = boto3.client("ecr", region_name="{region}")
ecr.create_repository(repositoryName="{repository}", imageTagMutability="IMMUTABLE")
for tag in {tags:?}:
    layer = {{"digest": f"sha256:{{tag}}", "mediaType": "application/vnd.oci.image.layer.v1.tar", "size": 1}}
    manifest = {{"mediaType": "application/vnd.oci.image.manifest.v1+json", "schemaVersion": 2, "layers": [layer]}}
    ecr.put_image(repositoryName="{repository}", imageManifest=json.dumps(manifest), imageTag=tag)
"#
        ))
    }

    /// What the server wrote: its access log and its tracebacks.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.logs.path().join("server.log")).unwrap_or_default()
    }

    fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        while began.elapsed() < READY_WITHIN {
            if let Some(status) = self.server.try_wait()? {
                bail!("the local AWS ended ({status}):\n{}", self.log());
            }
            if TcpStream::connect(self.address()).is_ok() {
                return Ok(());
            }
            sleep(Duration::from_millis(100));
        }
        bail!(
            "the local AWS did not answer within {READY_WITHIN:?}:\n{}",
            self.log()
        )
    }
}

impl Drop for LocalAws {
    fn drop(&mut self) {
        // A server that is gone already is what is wanted.
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
