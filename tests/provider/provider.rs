//! A running provider for requests without Terraform.

use provider_plugin::{Client, Plan, Value};

use crate::support::local_aws::LocalAws;
use crate::support::provider_process::ProviderProcess;
use crate::support::{self, Harness};

/// A provider, and the AWS that it uses to validate state machines.
#[derive(Debug)]
pub(crate) struct Provider {
    harness: Harness,
    aws: LocalAws,
    process: ProviderProcess,
    client: Client,
}

impl Provider {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let harness = support::harness()?;
        let aws = harness.local_aws()?;
        let process = harness.terraform().provider_process(&aws)?;
        let client = Self::connect(&process)?;
        Ok(Self {
            harness,
            aws,
            process,
            client,
        })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Plans a resource. A provider that panics is started again, and the plan fails.
    pub(crate) fn plan(
        &mut self,
        type_name: &str,
        prior: &Value,
        configuration: &Value,
    ) -> anyhow::Result<Plan> {
        let plan = self.client.plan(type_name, prior, configuration);
        if self.client.has_ended() {
            self.process = self.harness.terraform().provider_process(&self.aws)?;
            self.client = Self::connect(&self.process)?;
        }
        plan
    }

    fn connect(process: &ProviderProcess) -> anyhow::Result<Client> {
        let text = |text: &str| Value::Text(text.to_owned());
        let configuration = [
            ("region", text("us-east-1")),
            ("access_key", text("test")),
            ("secret_key", text("test")),
            ("skip_credentials_validation", Value::Bool(true)),
            ("skip_requesting_account_id", Value::Bool(true)),
            ("skip_metadata_api_check", text("true")),
            ("skip_region_validation", Value::Bool(true)),
        ];
        let entries = configuration.map(|(name, value)| (name.to_owned(), value));
        Client::connect(&process.socket()?, &Value::Object(entries.into()))
    }
}
