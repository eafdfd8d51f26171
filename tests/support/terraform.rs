//! Real Terraform: workspaces in temporary folders that use a local AWS.

use std::ffi::OsStr;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, bail, ensure};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::local_aws::{LocalAws, STATE_BUCKET};
use super::plan::Plan;
use super::provider_process::{GARBAGE_COLLECTION, ProviderProcess};

/// The path of the provider in a filesystem mirror.
const PROVIDER: &str = "registry.terraform.io/hashicorp/aws";

/// The concurrent operations of a run, which spends most of its time in the waits of the provider.
const PARALLELISM: &str = "-parallelism=20";

/// Terraform as installed on this machine.
#[derive(Debug, Clone)]
pub(crate) struct Terraform {
    mirror: Option<PathBuf>,
}

impl Terraform {
    /// Finds Terraform on `PATH`, and a mirror of the provider if there is one.
    pub(crate) fn find() -> Option<Self> {
        let runs = Command::new("terraform").arg("version").output();
        runs.is_ok_and(|output| output.status.success())
            .then(|| Self { mirror: mirror() })
    }

    /// Initializes a workspace with `configuration` that uses `aws`.
    ///
    /// # Errors
    /// If the folder cannot be written, the configuration is not JSON or `terraform init` fails.
    pub(crate) fn workspace(
        &self,
        configuration: &str,
        aws: &LocalAws,
    ) -> anyhow::Result<Workspace> {
        self.initialize(configuration, aws, |mirror| aws.provider(mirror))
    }

    /// Initializes a workspace like `workspace`, with the backend of its configuration.
    ///
    /// # Errors
    /// If the folder cannot be written, the configuration is not JSON or `terraform init` fails.
    pub(crate) fn workspace_with_its_backend(
        &self,
        configuration: &str,
        aws: &LocalAws,
    ) -> anyhow::Result<Workspace> {
        let mut workspace = Workspace::new(self, Some(aws.endpoint()))?;
        workspace.backend = Backend::OfConfiguration;
        workspace.write(configuration)?;
        workspace.run(["init"])?;
        Ok(workspace)
    }

    /// Initializes a workspace like `workspace`, which can run at the same time as others that use `aws`.
    ///
    /// # Errors
    /// If the folder cannot be written, the configuration is not JSON or `terraform init` fails.
    pub(crate) fn separate_workspace(
        &self,
        configuration: &str,
        aws: &LocalAws,
    ) -> anyhow::Result<Workspace> {
        let endpoint = aws.endpoint();
        self.initialize(configuration, aws, |mirror| {
            let started = ProviderProcess::start(mirror, Some(&endpoint))?;
            Ok(started.map(Arc::new))
        })
    }

    fn initialize(
        &self,
        configuration: &str,
        aws: &LocalAws,
        provider: impl FnOnce(&Path) -> anyhow::Result<Option<Arc<ProviderProcess>>>,
    ) -> anyhow::Result<Workspace> {
        let mut workspace = Workspace::new(self, Some(aws.endpoint()))?;
        workspace.write(configuration)?;
        if let (Some(mirror), true) = (&self.mirror, has_one_region(configuration)?) {
            workspace.provider = provider(&mirror.join(PROVIDER))?;
        }
        workspace.run(["init"])?;
        Ok(workspace)
    }

    /// Validates named configurations, several in one run: each is a child module of one root.
    ///
    /// # Errors
    /// If a configuration is invalid, with its name and Terraform's output.
    pub(crate) fn validate_many(&self, configurations: &[(&str, &str)]) -> anyhow::Result<()> {
        let provider = self.provider()?;
        configurations
            .chunks(MODULES_PER_RUN)
            .try_for_each(|chunk| self.validate_together(chunk, provider.clone()))
    }

    /// Starts the provider of the mirror for requests without Terraform. A plan of a state machine validates it in `aws`.
    ///
    /// # Errors
    /// If there is no mirror, or it does not start.
    pub(crate) fn provider_process(&self, aws: &LocalAws) -> anyhow::Result<ProviderProcess> {
        let mirror = self
            .mirror
            .as_deref()
            .context("no mirror of the provider")?;
        let started = ProviderProcess::start(&mirror.join(PROVIDER), Some(&aws.endpoint()))?;
        started.context("the mirror has no executable of the provider")
    }

    /// Starts the provider of the mirror for validations, if there is one.
    fn provider(&self) -> anyhow::Result<Option<Arc<ProviderProcess>>> {
        let started = self.mirror.as_deref().map(|mirror| {
            ProviderProcess::start(&mirror.join(PROVIDER), None)
                .map(|started| started.map(Arc::new))
        });
        Ok(started.transpose()?.flatten())
    }

    fn validate_together(
        &self,
        configurations: &[(&str, &str)],
        provider: Option<Arc<ProviderProcess>>,
    ) -> anyhow::Result<()> {
        let _guard = VALIDATION.lock().unwrap_or_else(PoisonError::into_inner);
        let mut workspace = Workspace::new(self, None)?;
        workspace.provider = provider;
        let root = workspace.write_modules(configurations)?;
        fs::write(workspace.path().join(CONFIGURATION), root)?;
        workspace.run(["init", "-backend=false"])?;
        workspace.run(["validate"])?;
        Ok(())
    }

    fn cli_config(&self) -> String {
        self.mirror.as_ref().map_or_else(String::new, |mirror| {
            format!(
                "provider_installation {{\n  filesystem_mirror {{\n    path    = {}\n    include = [\"*/*\"]\n  }}\n}}\n",
                Value::from(mirror.to_string_lossy())
            )
        })
    }
}

/// A configuration with its state, in a temporary folder.
#[derive(Debug)]
pub(crate) struct Workspace {
    folder: TempDir,
    endpoint: Option<String>,
    /// Serves all runs, if the configuration has one region.
    provider: Option<Arc<ProviderProcess>>,
    backend: Backend,
}

/// The backend of a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Backend {
    /// A bucket of the local AWS, with any configuration.
    OfTests,
    /// That of the configuration.
    OfConfiguration,
}

impl Workspace {
    fn new(terraform: &Terraform, endpoint: Option<String>) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        fs::write(folder.path().join("terraform.rc"), terraform.cli_config())?;
        Ok(Self {
            folder,
            endpoint,
            provider: None,
            backend: Backend::OfTests,
        })
    }

    /// Its folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Replaces the configuration and keeps the state.
    ///
    /// # Errors
    /// If it is not JSON or cannot be written.
    pub(crate) fn write(&self, configuration: &str) -> anyhow::Result<()> {
        let parsed: Value =
            serde_json::from_str(configuration).context("the configuration is not JSON")?;
        let providers = providers(&parsed);
        let overrides = match self.backend {
            Backend::OfConfiguration => json!({ "provider": providers }),
            Backend::OfTests => json!({
                "provider": providers,
                "terraform": { "backend": self.backend() },
            }),
        };
        fs::write(self.path().join(CONFIGURATION), configuration)?;
        fs::write(self.path().join(OVERRIDE), overrides.to_string())?;
        Ok(())
    }

    /// Writes each configuration into a folder, and returns a configuration that has all of them as child modules.
    fn write_modules(&self, configurations: &[(&str, &str)]) -> anyhow::Result<String> {
        let mut modules = Map::new();
        for (name, configuration) in configurations {
            let folder = self.path().join(name);
            fs::create_dir(&folder)?;
            fs::write(folder.join(CONFIGURATION), configuration)?;
            modules.insert((*name).to_owned(), json!({ "source": format!("./{name}") }));
        }
        Ok(json!({ "module": modules }).to_string())
    }

    /// The state in the local AWS, by the name of the folder.
    fn backend(&self) -> Value {
        json!({ "s3": {
            "bucket": STATE_BUCKET,
            "key": self.path().file_name().map(OsStr::to_string_lossy),
            "region": "us-east-1",
            "use_path_style": true,
            "skip_credentials_validation": true,
            "skip_requesting_account_id": true,
        } })
    }

    /// Runs `terraform validate`.
    ///
    /// # Errors
    /// If it fails, with Terraform's output.
    pub(crate) fn validate(&self) -> anyhow::Result<()> {
        self.run(["validate"]).map(drop)
    }

    /// Runs `terraform plan`.
    ///
    /// # Errors
    /// If it fails, with Terraform's output.
    pub(crate) fn plan(&self) -> anyhow::Result<Plan> {
        self.plan_with("-refresh=true")
    }

    /// Runs `terraform plan` for a state that the last run has refreshed.
    ///
    /// # Errors
    /// If it fails, with Terraform's output.
    pub(crate) fn plan_without_refresh(&self) -> anyhow::Result<Plan> {
        self.plan_with("-refresh=false")
    }

    fn plan_with(&self, refresh: &str) -> anyhow::Result<Plan> {
        // With `-json`, the changes need no second run, which would start the provider again.
        let fixed = ["plan", "-json", "-input=false", "-out=saved.tfplan"];
        let output = self.command(fixed.into_iter().chain([refresh, PARALLELISM]))?;
        let errors = Plan::errors(&output.stdout);
        let wrong = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "terraform plan failed:\n{errors}{wrong}"
        );
        Plan::parse(&output.stdout)
    }

    /// Runs `terraform plan`, which must fail, and returns its errors in one line.
    ///
    /// # Errors
    /// If it succeeds.
    pub(crate) fn plan_error(&self) -> anyhow::Result<String> {
        let Err(error) = self.plan() else {
            bail!("the plan succeeds");
        };
        let text = error.to_string();
        Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Returns the last plan as JSON.
    ///
    /// # Errors
    /// If `terraform show` fails, with Terraform's output.
    pub(crate) fn show_plan(&self) -> anyhow::Result<String> {
        let output = self.run(["show", "-json", "saved.tfplan"])?;
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Runs `terraform apply` without a prompt.
    ///
    /// # Errors
    /// If it fails, with Terraform's output.
    pub(crate) fn apply(&self) -> anyhow::Result<()> {
        self.run(["apply", "-input=false", "-auto-approve", PARALLELISM])
            .map(drop)
    }

    /// Runs `terraform apply` with a prompt, calls `meanwhile` while it waits there, and approves.
    ///
    /// # Errors
    /// If it fails or does not prompt, or `meanwhile` fails.
    pub(crate) fn apply_at_prompt(
        &self,
        meanwhile: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut process = self
            .terraform(["apply"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("terraform did not start")?;
        let mut output = process.stdout.take().context("no output")?;
        let mut text = String::new();
        while !text.contains("Enter a value:") {
            let mut buffer = [0; 4096];
            let read = output.read(&mut buffer)?;
            ensure!(read > 0, "terraform apply does not prompt:\n{text}");
            let read = buffer.get(..read).unwrap_or_default();
            text.push_str(&String::from_utf8_lossy(read));
        }
        let result = meanwhile();
        let mut input = process.stdin.take().context("no input")?;
        input.write_all(b"yes\n")?;
        drop(input);
        output.read_to_string(&mut text)?;
        ensure!(process.wait()?.success(), "terraform apply failed:\n{text}");
        result
    }

    /// Runs `terraform apply` for a state that another run has locked, and returns the message.
    ///
    /// # Errors
    /// If it succeeds.
    pub(crate) fn apply_error(&self) -> anyhow::Result<String> {
        match self.apply() {
            Ok(()) => bail!("the apply succeeds"),
            Err(error) => Ok(error.to_string()),
        }
    }

    /// Applies the last plan, and returns Terraform's output.
    ///
    /// # Errors
    /// If it fails, with Terraform's output.
    pub(crate) fn apply_plan(&self) -> anyhow::Result<String> {
        let output = self.run(["apply", "-input=false", PARALLELISM, "saved.tfplan"])?;
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Runs `terraform apply` for some addresses and their dependencies, without a refresh.
    ///
    /// # Errors
    /// If it fails, with Terraform's output.
    pub(crate) fn apply_only(&self, addresses: &[String]) -> anyhow::Result<()> {
        let fixed = ["apply", "-input=false", "-auto-approve", "-refresh=false"];
        let targets = addresses.iter().map(|address| format!("-target={address}"));
        let fixed = fixed.into_iter().map(str::to_owned);
        self.run(fixed.chain(targets)).map(drop)
    }

    /// Runs `terraform destroy` without a prompt, and does not refresh the state before.
    ///
    /// # Errors
    /// If it fails, with Terraform's output.
    pub(crate) fn destroy(&self) -> anyhow::Result<()> {
        self.run([
            "destroy",
            "-input=false",
            "-auto-approve",
            "-refresh=false",
            PARALLELISM,
        ])
        .map(drop)
    }

    /// Returns the addresses in the state, sorted.
    ///
    /// # Errors
    /// If `terraform state list` fails, with Terraform's output.
    pub(crate) fn state_list(&self) -> anyhow::Result<Vec<String>> {
        let listed = self.run(["state", "list"])?;
        let mut addresses: Vec<_> = String::from_utf8(listed.stdout)?
            .lines()
            .map(str::to_owned)
            .collect();
        addresses.sort();
        Ok(addresses)
    }

    /// Returns the text of an output.
    ///
    /// # Errors
    /// If `terraform output` fails, with Terraform's output.
    pub(crate) fn output(&self, name: &str) -> anyhow::Result<String> {
        let output = self.run(["output", "-json", name])?;
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    fn run<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(&self, args: I) -> anyhow::Result<Output> {
        let arguments: Vec<_> = args.into_iter().collect();
        let output = self.command(&arguments)?;
        // The standard output of an apply begins with the whole plan.
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "terraform {:?} in {} failed:\n{errors}",
            arguments.iter().map(AsRef::as_ref).collect::<Vec<_>>(),
            self.path().display(),
        );
        Ok(output)
    }

    fn command<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(
        &self,
        args: I,
    ) -> anyhow::Result<Output> {
        let mut command = self.terraform(args);
        command.output().context("terraform did not start")
    }

    fn terraform<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(&self, args: I) -> Command {
        let mut command = Command::new("terraform");
        command
            .args(args)
            .current_dir(self.path())
            .envs([GARBAGE_COLLECTION])
            .env("TF_CLI_CONFIG_FILE", self.path().join("terraform.rc"))
            .env("TF_IN_AUTOMATION", "true")
            .env("TF_CLI_ARGS", "-no-color")
            .env("CHECKPOINT_DISABLE", "1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env_remove("AWS_CA_BUNDLE")
            .env_remove("AWS_PROFILE")
            .env_remove("TF_WORKSPACE");
        if let Some(endpoint) = &self.endpoint {
            command.env("AWS_ENDPOINT_URL", endpoint);
        }
        if let Some(provider) = &self.provider {
            command.env("TF_REATTACH_PROVIDERS", &provider.reattach);
        }
        command
    }
}

/// The file of a configuration.
const CONFIGURATION: &str = "main.tf.json";

/// The file that Terraform merges into the configuration of its folder.
const OVERRIDE: &str = "local_override.tf.json";

/// Modules in one validation. A run with a hundred modules fills the memory of a small machine.
const MODULES_PER_RUN: usize = 8;

/// Allows one validation at a time, for the same reason.
static VALIDATION: Mutex<()> = Mutex::new(());

/// Attempts at each AWS call. A busy machine drops some connections. Retries of an action that the local AWS lacks would
/// take minutes otherwise.
const RETRIES: u8 = 3;

/// Whether the configuration has one provider configuration.
fn has_one_region(configuration: &str) -> anyhow::Result<bool> {
    let parsed: Value = serde_json::from_str(configuration)?;
    Ok(match parsed.pointer("/provider/aws") {
        Some(Value::Array(providers)) => providers.len() == 1,
        Some(_) | None => true,
    })
}

/// The provider configurations with few retries.
fn providers(configuration: &Value) -> Value {
    let entries: Vec<Value> = match configuration.pointer("/provider/aws") {
        Some(Value::Array(providers)) => providers.iter().map(with_few_retries).collect(),
        Some(provider) => vec![with_few_retries(provider)],
        None => Vec::new(),
    };
    json!({ "aws": entries })
}

fn with_few_retries(provider: &Value) -> Value {
    match provider.get("alias") {
        Some(alias) => json!({ "alias": alias, "max_retries": RETRIES }),
        None => json!({ "max_retries": RETRIES }),
    }
}

/// Finds a filesystem mirror with the provider.
///
/// It is that of `PAYMIG_PROVIDER_MIRROR`, one of Terraform's implied folders, or a folder directly below `/opt`. Without
/// a mirror, Terraform uses the registry.
fn mirror() -> Option<PathBuf> {
    let configured = std::env::var_os("PAYMIG_PROVIDER_MIRROR").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".terraform.d/plugins"));
    let implied = [
        "/usr/local/share/terraform/plugins",
        "/usr/share/terraform/plugins",
    ];
    let mut below_opt: Vec<PathBuf> = fs::read_dir("/opt")
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    below_opt.sort();
    configured
        .into_iter()
        .chain(home)
        .chain(implied.map(PathBuf::from))
        .chain(below_opt)
        .find(|folder| folder.join(PROVIDER).is_dir())
}
