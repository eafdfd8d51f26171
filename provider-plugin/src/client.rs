//! A connection to a running provider.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use http::uri::PathAndQuery;
use prost::Message;
use tokio::runtime::{self, Runtime};
use tonic::client::Grpc;
use tonic::transport::{Channel, Endpoint};
use tonic_prost::ProstCodec;

use crate::plan::Plan;
use crate::proposed_state::proposed_state;
use crate::protocol::{
    ConfigureRequest, ConfigureResponse, Diagnostic, DynamicValue, PlanRequest, PlanResponse,
    Schema, SchemaRequest, SchemaResponse, Severity,
};
use crate::schema::Block;
use crate::value::Value;

/// Timeout of one request.
const TIMEOUT: Duration = Duration::from_mins(2);
/// The version of Terraform that the provider is configured for.
const TERRAFORM_VERSION: &str = "1.11.4";

/// A configured provider, with the schemas of its resources.
#[derive(Debug)]
pub struct Client {
    runtime: Runtime,
    grpc: Grpc<Channel>,
    resources: BTreeMap<String, Block>,
    data_sources: BTreeMap<String, Block>,
    has_ended: bool,
}

impl Client {
    /// Connects to the provider that listens on `socket`, and configures it with some of its arguments.
    ///
    /// # Errors
    /// If there is no provider, or it rejects its configuration.
    pub fn connect(socket: &Path, configuration: &Value) -> anyhow::Result<Self> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let endpoint = Endpoint::from_shared(format!("unix://{}", socket.display()))?;
        let channel = runtime
            .block_on(endpoint.timeout(TIMEOUT).connect())
            .with_context(|| format!("no provider listens on {}", socket.display()))?;
        let grpc = Grpc::new(channel)
            .max_decoding_message_size(usize::MAX)
            .max_encoding_message_size(usize::MAX);
        let mut client = Self {
            runtime,
            grpc,
            resources: BTreeMap::new(),
            data_sources: BTreeMap::new(),
            has_ended: false,
        };
        let response: SchemaResponse = client.call("GetSchema", SchemaRequest {})?;
        let provider = response.provider.and_then(|schema| schema.block);
        let provider = Block::parse(provider.context("the provider has no schema of itself")?)?;
        client.resources = parse(response.resource_schemas)?;
        client.data_sources = parse(response.data_source_schemas)?;
        client.configure(&provider.complete(configuration)?)?;
        Ok(client)
    }

    /// Whether the provider has ended: some combinations of arguments make it panic.
    pub fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// The schema of a type of resources.
    ///
    /// # Errors
    /// If the provider has no such type.
    pub fn schema(&self, type_name: &str) -> anyhow::Result<&Block> {
        self.resources
            .get(type_name)
            .with_context(|| format!("the provider has no resource `{type_name}`"))
    }

    /// The schema of a type of data sources.
    ///
    /// # Errors
    /// If the provider has no such type.
    pub fn data_schema(&self, type_name: &str) -> anyhow::Result<&Block> {
        self.data_sources
            .get(type_name)
            .with_context(|| format!("the provider has no data source `{type_name}`"))
    }

    /// Plans a resource that has the state `prior`, and returns the plan.
    ///
    /// Both values are complete values of the schema. A new resource has the state null.
    ///
    /// # Errors
    /// If the provider rejects the configuration.
    pub fn plan(
        &mut self,
        type_name: &str,
        prior: &Value,
        configuration: &Value,
    ) -> anyhow::Result<Plan> {
        let schema = self.schema(type_name)?;
        // Terraform's sets have one order.
        let [prior, configuration] =
            [prior, configuration].map(|value| schema.with_sorted_sets(value));
        let proposed = proposed_state(schema, &prior, &configuration);
        let request = PlanRequest {
            type_name: type_name.to_owned(),
            prior_state: Some(encode(&prior)?),
            proposed_new_state: Some(encode(&proposed)?),
            config: Some(encode(&configuration)?),
        };
        let response: PlanResponse = self.call("PlanResourceChange", request)?;
        reject(&response.diagnostics)?;
        let planned = response.planned_state.context("no planned state")?;
        let planned = Value::from_msgpack(&planned.msgpack)?;
        let planned = self.schema(type_name)?.with_sorted_sets(&planned);
        Ok(Plan::new(&prior, planned, &response.requires_replace))
    }

    fn configure(&mut self, configuration: &Value) -> anyhow::Result<()> {
        let request = ConfigureRequest {
            terraform_version: TERRAFORM_VERSION.to_owned(),
            config: Some(encode(configuration)?),
        };
        let response: ConfigureResponse = self.call("Configure", request)?;
        reject(&response.diagnostics)
    }

    fn call<Q, R>(&mut self, method: &str, request: Q) -> anyhow::Result<R>
    where
        Q: Message + Send + Sync + 'static,
        R: Message + Default + Send + Sync + 'static,
    {
        let path = PathAndQuery::try_from(format!("/tfplugin5.Provider/{method}"))?;
        let Self { runtime, grpc, .. } = self;
        let response = runtime.block_on(async {
            grpc.ready().await?;
            let codec = ProstCodec::<Q, R>::default();
            let response = grpc
                .unary(tonic::Request::new(request), path, codec)
                .await?;
            anyhow::Ok(response.into_inner())
        });
        // The AWS provider returns its errors as diagnostics, so a failed request is a lost connection.
        self.has_ended = response.is_err();
        response.with_context(|| format!("request {method}"))
    }
}

fn parse(schemas: BTreeMap<String, Schema>) -> anyhow::Result<BTreeMap<String, Block>> {
    let schemas = schemas.into_iter();
    let parsed = schemas.map(|(name, schema)| {
        let block = schema.block.context("a type has no schema")?;
        let block = Block::parse(block).with_context(|| name.clone())?;
        Ok((name, block))
    });
    parsed.collect()
}

fn encode(value: &Value) -> anyhow::Result<DynamicValue> {
    Ok(DynamicValue {
        msgpack: value.to_msgpack()?,
    })
}

/// Fails with the errors among `diagnostics`.
fn reject(diagnostics: &[Diagnostic]) -> anyhow::Result<()> {
    let errors: Vec<String> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity() == Severity::Error)
        .map(|diagnostic| format!("{}: {}", diagnostic.summary, diagnostic.detail))
        .collect();
    if errors.is_empty() {
        return Ok(());
    }
    bail!("{}", errors.join("\n"))
}
