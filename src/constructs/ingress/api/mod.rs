//! REST APIs: requests are authorized, validated and throttled before any code runs, then go through a
//! VPC link to a load balancer.
//!
//! REST, not HTTP: only REST APIs validate requests and stand behind a web ACL.

mod authorization;
mod definition;
mod domain;
mod link;
mod routes;
mod stage;

pub use authorization::{Authorization, AuthorizerFunction};

use serde_json::json;

use crate::aws;
use crate::aws::api_gateway_gateway_response::ApiGatewayGatewayResponseArgs;
use crate::aws::api_gateway_rest_api::EndpointConfiguration;
use crate::config::Api as Config;
use crate::constructs::core::{Context, SectionRef};
use crate::constructs::dns::zone::AliasTarget;
use crate::constructs::ingress::balancer::Balancer;
use crate::constructs::network::vpc::Network;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::DomainName;
use crate::terraform::tree::{Handle, Scope, Value};
use definition::Definition;
use link::Link;
use routes::Routes;

/// An API that was added to a tree.
#[derive(Clone, Debug)]
pub struct Api {
    /// The API.
    pub api: Handle<aws::ApiGatewayRestApi>,
    /// What it serves.
    pub stage: Handle<aws::ApiGatewayStage>,
    /// Its URL.
    pub endpoint: Value<String>,
    /// What its own name leads to, if it has one.
    pub domain: Option<AliasTarget>,
    /// The network load balancer of the VPC link, and its target group.
    pub network_load_balancer: (Handle<aws::Lb>, Handle<aws::LbTargetGroup>),
}

/// Configuration of an API.
#[derive(Clone, Debug)]
pub struct ApiProps<'a> {
    /// The section of the stack file.
    pub section: SectionRef<'a, Config>,
    /// The name in the certificate of the load balancer.
    pub host: &'a DomainName,
    /// The API's own name and the ARN of its certificate.
    pub domain: Option<(&'a DomainName, Value<String>)>,
}

/// Components that an API uses, in its region.
#[derive(Clone, Debug)]
pub struct ApiDeps<'a> {
    /// The network of the load balancer.
    pub network: &'a Network,
    /// The load balancer to which it forwards.
    pub balancer: &'a Balancer,
    /// The authorization of callers.
    pub authorization: Authorization<AuthorizerFunction>,
    /// Encrypts the access log. Without the account's role for API Gateway logs there is none.
    pub logs_key: Option<KmsKey>,
}

impl Api {
    /// Adds an API, its stage and its domain.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        props: ApiProps<'_>,
        deps: ApiDeps<'_>,
    ) -> Self {
        let section = props.section;
        let link = Link::new(scope, context, section, deps.network, deps.balancer);
        let mut definition = Definition::default();
        let api =
            aws::ApiGatewayRestApi::new(context.names.keyed("api", [section.physical_name_key()]))
                .endpoint_configuration(EndpointConfiguration::new(["REGIONAL"]))
                .disable_execute_api_endpoint(props.domain.is_some());
        let api = definition.add(scope, "api", api);
        let authorizer = context
            .names
            .keyed("authorizer", [section.physical_name_key()]);
        let authorization = deps
            .authorization
            .add(scope, &mut definition, api, authorizer);
        let routes = Routes {
            names: context.names,
            api_key: section.physical_name_key(),
            api,
            link: &link,
            host: props.host,
            authorization,
        };
        routes.add(scope, &mut definition, &section.routes);
        add_gateway_responses(scope, &mut definition, api);
        let deployment = definition.deploy(scope, api);
        let stage = stage::add(scope, context, section, deployment, deps.logs_key);
        let endpoint = match &props.domain {
            Some((name, _)) => format!("https://{name}").into(),
            None => stage.invoke_url(),
        };
        Self {
            api,
            stage,
            endpoint,
            network_load_balancer: link.network_load_balancer,
            domain: props
                .domain
                .map(|(name, certificate)| domain::add(scope, name, certificate, stage)),
        }
    }
}

/// Adds the responses of API Gateway to its own errors: a message and the request ID, without the reason.
fn add_gateway_responses(
    scope: &mut Scope<'_>,
    definition: &mut Definition,
    api: Handle<aws::ApiGatewayRestApi>,
) {
    for (id, kind, message) in [
        ("4xx", "DEFAULT_4XX", "request rejected"),
        ("5xx", "DEFAULT_5XX", "request failed"),
    ] {
        let body = json!({ "message": message, "request": "$context.requestId" });
        let response = aws::ApiGatewayGatewayResponse::new(ApiGatewayGatewayResponseArgs {
            response_type: kind.into(),
            rest_api_id: api.id(),
        })
        .response_templates([("application/json", body.to_string())])
        .response_parameters([(
            "gatewayresponse.header.Strict-Transport-Security",
            "'max-age=31536000'",
        )]);
        definition.add(&mut scope.child("gateway-response"), id, response);
    }
}
