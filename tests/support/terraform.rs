//! The real Terraform: workspaces in temporary folders that talk to a local AWS.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, ensure};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::local_aws::LocalAws;
use super::plan::Plan;

/// Where the provider lies inside a filesystem mirror.
const PROVIDER: &str = "registry.terraform.io/hashicorp/aws";

/// Resources worked on at one time: the providers' waits are what a run costs.
const PARALLELISM: &str = "-parallelism=20";

/// Terraform as found on this machine.
#[derive(Debug, Clone)]
pub(crate) struct Terraform {
    mirror: Option<PathBuf>,
}

impl Terraform {
    /// The Terraform on `PATH`, and a mirror of the provider if there is one.
    pub(crate) fn find() -> Option<Self> {
        let runs = Command::new("terraform").arg("version").output();
        runs.is_ok_and(|output| output.status.success())
            .then(|| Self { mirror: mirror() })
    }

    /// A folder that holds `document` as its only configuration, talking to `aws`.
    ///
    /// # Errors
    /// When the folder cannot be written, the document is not JSON or `terraform init` fails.
    pub(crate) fn workspace(&self, document: &str, aws: &LocalAws) -> anyhow::Result<Workspace> {
        let workspace = Workspace::new(self, Some(aws.endpoint()))?;
        workspace.write(document)?;
        workspace.run(["init"])?;
        Ok(workspace)
    }

    /// Validate many documents, several in one run: each becomes a child module of one root. The documents are
    /// named, and so are the errors.
    ///
    /// # Errors
    /// With Terraform's own text when a document is invalid.
    pub(crate) fn validate_many(&self, documents: &[(&str, &str)]) -> anyhow::Result<()> {
        documents
            .chunks(MODULES)
            .try_for_each(|documents| self.validate_together(documents))
    }

    fn validate_together(&self, documents: &[(&str, &str)]) -> anyhow::Result<()> {
        let _turn = VALIDATING.lock().unwrap_or_else(PoisonError::into_inner);
        let workspace = Workspace::new(self, None)?;
        let mut modules = Map::new();
        for (name, document) in documents {
            let folder = workspace.path().join(name);
            fs::create_dir(&folder)?;
            fs::write(folder.join("main.tf.json"), document)?;
            modules.insert((*name).to_owned(), json!({ "source": format!("./{name}") }));
        }
        let root = json!({ "module": modules }).to_string();
        fs::write(workspace.path().join("main.tf.json"), root)?;
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

/// One configuration with its state, in a folder that goes with it.
#[derive(Debug)]
pub(crate) struct Workspace {
    folder: TempDir,
    endpoint: Option<String>,
}

impl Workspace {
    fn new(terraform: &Terraform, endpoint: Option<String>) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        fs::write(folder.path().join("terraform.rc"), terraform.cli_config())?;
        Ok(Self { folder, endpoint })
    }

    /// The workspace's folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Put another document in the place of the last one, over the same state.
    ///
    /// # Errors
    /// When it is not JSON or cannot be written.
    pub(crate) fn write(&self, document: &str) -> anyhow::Result<()> {
        let parsed: Value = serde_json::from_str(document).context("the document is not JSON")?;
        fs::write(self.path().join("main.tf.json"), document)?;
        fs::write(
            self.path().join("local_override.tf.json"),
            overrides(&parsed).to_string(),
        )?;
        Ok(())
    }

    /// `terraform validate`.
    ///
    /// # Errors
    /// With Terraform's own text.
    pub(crate) fn validate(&self) -> anyhow::Result<()> {
        self.run(["validate"]).map(drop)
    }

    /// `terraform plan`, as data.
    ///
    /// # Errors
    /// With Terraform's own text.
    pub(crate) fn plan(&self) -> anyhow::Result<Plan> {
        self.run(["plan", "-input=false", "-out=saved.tfplan", PARALLELISM])?;
        Plan::parse(&self.run(["show", "-json", "saved.tfplan"])?.stdout)
    }

    /// `terraform apply` without a question.
    ///
    /// # Errors
    /// With Terraform's own text.
    pub(crate) fn apply(&self) -> anyhow::Result<()> {
        self.run(["apply", "-input=false", "-auto-approve", PARALLELISM])
            .map(drop)
    }

    /// `terraform apply` of some addresses and what they need, as the state remembers it.
    ///
    /// # Errors
    /// With Terraform's own text.
    pub(crate) fn apply_only(&self, addresses: &[String]) -> anyhow::Result<()> {
        let fixed = ["apply", "-input=false", "-auto-approve", "-refresh=false"];
        let targets = addresses.iter().map(|address| format!("-target={address}"));
        let fixed = fixed.into_iter().map(str::to_owned);
        self.run(fixed.chain(targets)).map(drop)
    }

    /// `terraform destroy` without a question.
    ///
    /// # Errors
    /// With Terraform's own text.
    pub(crate) fn destroy(&self) -> anyhow::Result<()> {
        self.run(["destroy", "-input=false", "-auto-approve", PARALLELISM])
            .map(drop)
    }

    /// The addresses in the state, sorted.
    ///
    /// # Errors
    /// With Terraform's own text.
    pub(crate) fn state_list(&self) -> anyhow::Result<Vec<String>> {
        let listed = self.run(["state", "list"])?;
        let mut addresses: Vec<_> = String::from_utf8(listed.stdout)?
            .lines()
            .map(str::to_owned)
            .collect();
        addresses.sort();
        Ok(addresses)
    }

    /// The text of an output.
    ///
    /// # Errors
    /// With Terraform's own text.
    pub(crate) fn output(&self, name: &str) -> anyhow::Result<String> {
        let output = self.run(["output", "-json", name])?;
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    fn run<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(&self, args: I) -> anyhow::Result<Output> {
        let mut command = Command::new("terraform");
        command
            .args(args)
            .current_dir(self.path())
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
        let output = command.output().context("terraform did not start")?;
        ensure!(
            output.status.success(),
            "{command:?} failed:\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(output)
    }
}

/// Terraform starts a process for every provider configuration of every module, and keeps it until the module is
/// done: a hundred modules at once fill the memory of a small machine.
const MODULES: usize = 8;

/// Held by the run that validates, for the same reason.
static VALIDATING: Mutex<()> = Mutex::new(());

/// Attempts at each call: a busy machine drops a connection now and then, and an action that the local
/// AWS lacks must not be tried for minutes.
const RETRIES: u8 = 3;

/// One entry for each provider configuration of the document.
fn overrides(document: &Value) -> Value {
    let entries: Vec<Value> = match document.pointer("/provider/aws") {
        Some(Value::Array(providers)) => providers.iter().map(with_few_retries).collect(),
        Some(provider) => vec![with_few_retries(provider)],
        None => Vec::new(),
    };
    json!({ "provider": { "aws": entries } })
}

fn with_few_retries(provider: &Value) -> Value {
    match provider.get("alias") {
        Some(alias) => json!({ "alias": alias, "max_retries": RETRIES }),
        None => json!({ "max_retries": RETRIES }),
    }
}

/// A filesystem mirror that holds the provider: `PAYMIG_PROVIDER_MIRROR`, else Terraform's own
/// implied folders and those that lie directly below `/opt`. Without one the registry serves.
fn mirror() -> Option<PathBuf> {
    let named = std::env::var_os("PAYMIG_PROVIDER_MIRROR").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".terraform.d/plugins"));
    let implied = [
        "/usr/local/share/terraform/plugins",
        "/usr/share/terraform/plugins",
    ];
    let mut below_opt: Vec<PathBuf> = fs::read_dir("/opt")
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    below_opt.sort();
    named
        .into_iter()
        .chain(home)
        .chain(implied.map(PathBuf::from))
        .chain(below_opt)
        .find(|folder| folder.join(PROVIDER).is_dir())
}
