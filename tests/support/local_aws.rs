//! Local AWS (`tests/local_aws`) as a child process, one for each test. Dropping it ends the process.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use tempfile::TempDir;

use super::provider_process::ProviderProcess;

/// Timeout of the first connection. It takes 2 s on an idle machine.
const READY_TIMEOUT: Duration = Duration::from_secs(90);

/// The bucket of Terraform's state. The local backend writes the whole state after each resource, which takes half of the
/// processor time of an apply and most of that of a destroy.
pub(crate) const STATE_BUCKET: &str = "terraform-state-of-tests";

/// Start of every Python script that changes resources outside Terraform.
const SCRIPT_HEAD: &str = r#"
import boto3


def put(name: str, value: str) -> None:
    path = f"/payment/migration/abc123/{name}"
    boto3.client("ssm").put_parameter(Name=path, Value=value, Overwrite=True)


"#;

/// Returns a Python with moto: that of `PAYMIG_TEST_PYTHON`, or of the project's `.venv`.
pub(crate) fn python() -> Option<PathBuf> {
    let configured = std::env::var_os("PAYMIG_TEST_PYTHON").map(PathBuf::from);
    let python = configured.unwrap_or_else(|| super::root().join(".venv/bin/python"));
    let has_moto = Command::new(&python)
        .args(["-c", "import moto.server"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    has_moto
        .is_ok_and(|status| status.success())
        .then_some(python)
}

/// Requests that a server received, validated against the service models of AWS.
#[derive(Debug, Deserialize)]
pub(crate) struct RequestRecord {
    /// The number of requests.
    pub(crate) validated: u64,
    /// The requests that AWS rejects.
    pub(crate) invalid: Vec<InvalidRequest>,
}

/// A request that AWS rejects.
#[derive(Debug, Deserialize)]
pub(crate) struct InvalidRequest {
    /// The service and the operation: `dms:CreateEndpoint`.
    pub(crate) operation: String,
    /// A message for each violation.
    pub(crate) reasons: Vec<String>,
}

/// A running server with an empty account.
#[derive(Debug)]
pub(crate) struct LocalAws {
    server: Child,
    python: PathBuf,
    port: u16,
    logs: TempDir,
    provider: OnceLock<Option<Arc<ProviderProcess>>>,
}

impl LocalAws {
    /// Starts a server on a free port and waits until it accepts connections.
    ///
    /// # Errors
    /// If it does not start, exits, or accepts no connection in time. The message contains its log.
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
            provider: OnceLock::new(),
        };
        started.wait_until_ready()?;
        started.send(&format!("PUT /{STATE_BUCKET}"))?;
        Ok(started)
    }

    /// The process of the provider in `mirror` for this AWS, started on first use. None if the mirror has no executable.
    ///
    /// # Errors
    /// If it does not start.
    pub(crate) fn provider(&self, mirror: &Path) -> anyhow::Result<Option<Arc<ProviderProcess>>> {
        if let Some(started) = self.provider.get() {
            return Ok(started.clone());
        }
        let started = ProviderProcess::start(mirror, Some(&self.endpoint()))?.map(Arc::new);
        Ok(self.provider.get_or_init(|| started).clone())
    }

    /// The URL for `AWS_ENDPOINT_URL`.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Runs a Python script that changes resources outside Terraform.
    ///
    /// It has `boto3`, and `put(name, value)` for parameters of the environment under test.
    ///
    /// # Errors
    /// If the script fails, with its standard error.
    pub(crate) fn change_outside_terraform(&self, script: &str) -> anyhow::Result<()> {
        self.run_python(&["-c", &format!("{SCRIPT_HEAD}{script}")])
    }

    /// Runs a Python program of `tests`, which has this server as its AWS.
    ///
    /// # Errors
    /// If the program fails, with its standard error.
    pub(crate) fn run_program(&self, path: &str) -> anyhow::Result<()> {
        let path = super::root().join("tests").join(path);
        self.run_python(&[&path.to_string_lossy()])
    }

    fn run_python(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let output = self.python_command(arguments)?.output()?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{errors}");
        Ok(())
    }

    /// A command that runs Python with the packages of `tests`, which has this server as its AWS.
    ///
    /// # Errors
    /// If the path of the repository contains a colon.
    pub(crate) fn python_command(&self, arguments: &[&str]) -> anyhow::Result<Command> {
        let tests = super::root().join("tests");
        let mut command = Command::new(&self.python);
        command
            .args(arguments)
            .env(
                "PYTHONPATH",
                std::env::join_paths([tests.join("lambda"), tests])?,
            )
            .env("AWS_ENDPOINT_URL", self.endpoint())
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env_remove("AWS_CA_BUNDLE")
            .env_remove("AWS_PROFILE");
        Ok(command)
    }

    /// Creates a repository with immutable tags in `region`, and pushes an image for each of `tags`.
    ///
    /// # Errors
    /// If the registry rejects the image, with its message.
    pub(crate) fn push(&self, region: &str, repository: &str, tags: &[&str]) -> anyhow::Result<()> {
        self.change_outside_terraform(&format!(
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

    /// Returns the record of all requests that it received.
    ///
    /// # Errors
    /// If the server does not return it.
    pub(crate) fn request_record(&self) -> anyhow::Result<RequestRecord> {
        let body = self.send("GET /moto-api/requests")?;
        serde_json::from_str(&body).with_context(|| format!("not a request record: {body}"))
    }

    /// Returns the server's log: requests and tracebacks.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.logs.path().join("server.log")).unwrap_or_default()
    }

    /// Sends a request without a body, and returns the body of the response.
    fn send(&self, method_and_path: &str) -> anyhow::Result<String> {
        let mut stream = TcpStream::connect(self.address())?;
        let head = format!("{method_and_path} HTTP/1.0\r\nHost: localhost\r\n\r\n");
        stream.write_all(head.as_bytes())?;
        let mut response = String::new();
        stream.read_to_string(&mut response)?;
        let (head, body) = response
            .split_once("\r\n\r\n")
            .with_context(|| format!("the response has no body: {response}"))?;
        let status = head.split(' ').nth(1);
        ensure!(status == Some("200"), "{method_and_path}: {response}");
        Ok(body.to_owned())
    }

    fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let start = Instant::now();
        while start.elapsed() < READY_TIMEOUT {
            if let Some(status) = self.server.try_wait()? {
                bail!("the local AWS exited ({status}):\n{}", self.log());
            }
            if TcpStream::connect(self.address()).is_ok() {
                return Ok(());
            }
            sleep(Duration::from_millis(100));
        }
        bail!(
            "the local AWS accepted no connection within {READY_TIMEOUT:?}:\n{}",
            self.log()
        )
    }
}

impl Drop for LocalAws {
    fn drop(&mut self) {
        // The server may have exited already.
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
