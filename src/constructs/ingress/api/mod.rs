//! REST APIs: requests are authorized, validated and throttled before any code runs, then go through a
//! VPC link to a load balancer.
//!
//! REST, not HTTP: only REST APIs validate requests and stand behind a web ACL.

mod definition;
mod domain;
mod link;
mod routes;
mod stage;

use serde_json::json;

use crate::aws;
use crate::aws::api_gateway_authorizer::ApiGatewayAuthorizerArgs;
use crate::aws::api_gateway_gateway_response::ApiGatewayGatewayResponseArgs;
use crate::aws::api_gateway_rest_api::EndpointConfiguration;
use crate::aws::lambda_permission::LambdaPermissionArgs;
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

/// The header that callers prove themselves with.
const IDENTITY: &str = "method.request.header.Authorization";

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
}

/// Who may call.
#[derive(Clone, Debug)]
pub enum Authorization<A> {
    /// Callers that sign with IAM credentials.
    Iam,
    /// Whom a function lets in.
    Custom(A),
}

/// A function that lets callers in, or does not.
#[derive(Clone, Debug)]
pub struct AuthorizerFunction {
    /// Its name.
    pub function_name: Value<String>,
    /// The alias, if one is called.
    pub qualifier: Option<Value<String>>,
    /// The ARN by which API Gateway calls it: `invoke_arn`.
    pub invoke_arn: Value<String>,
}

/// What an API is made with.
#[derive(Clone, Debug)]
pub struct Inputs<'a> {
    /// The network of the load balancer.
    pub network: &'a Network,
    /// The load balancer behind it.
    pub balancer: &'a Balancer,
    /// The name in the certificate of the load balancer.
    pub host: &'a DomainName,
    /// Who may call.
    pub authorization: Authorization<AuthorizerFunction>,
    /// The key of the access log; without the account's role for logs there is none.
    pub logs_key: Option<KmsKey>,
    /// The API's own name and the ARN of its certificate.
    pub domain: Option<(&'a DomainName, Value<String>)>,
}

impl Api {
    /// The API that `config` describes.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        config: SectionRef<'_, Config>,
        inputs: Inputs<'_>,
    ) -> Self {
        let link = Link::new(scope, context, config, inputs.network, inputs.balancer);
        let mut definition = Definition::default();
        let api =
            aws::ApiGatewayRestApi::new(context.names.keyed("api", [config.physical_name_key()]))
                .endpoint_configuration(EndpointConfiguration::new(["REGIONAL"]))
                .disable_execute_api_endpoint(inputs.domain.is_some());
        let api = definition.add(scope, "api", api);
        let authorization = match &inputs.authorization {
            Authorization::Iam => Authorization::Iam,
            Authorization::Custom(function) => {
                Authorization::Custom(authorizer(scope, &mut definition, api, function))
            }
        };
        let routes = Routes {
            api,
            link: &link,
            host: inputs.host,
            authorization,
        };
        routes.add(scope, &mut definition, &config.routes);
        add_gateway_responses(scope, &mut definition, api);
        let deployment = definition.deploy(scope, api);
        let stage = stage::add(scope, context, config, deployment, inputs.logs_key);
        let endpoint = match &inputs.domain {
            Some((name, _)) => format!("https://{name}").into(),
            None => stage.invoke_url(),
        };
        Self {
            api,
            stage,
            endpoint,
            domain: inputs
                .domain
                .map(|(name, certificate)| domain::add(scope, name, certificate, stage)),
        }
    }
}

impl<A> Authorization<A> {
    /// Terraform's word.
    fn kind(&self) -> &'static str {
        match self {
            Self::Iam => "AWS_IAM",
            Self::Custom(_) => "CUSTOM",
        }
    }

    /// Where API Gateway has who the caller is. A custom authorizer tells it by the key `principal`.
    fn principal(&self) -> &'static str {
        match self {
            Self::Iam => "context.identity.caller",
            Self::Custom(_) => "context.authorizer.principal",
        }
    }
}

fn authorizer(
    scope: &mut Scope<'_>,
    definition: &mut Definition,
    api: Handle<aws::ApiGatewayRestApi>,
    function: &AuthorizerFunction,
) -> Handle<aws::ApiGatewayAuthorizer> {
    let mut scope = scope.child("authorizer");
    let authorizer = aws::ApiGatewayAuthorizer::new(ApiGatewayAuthorizerArgs {
        name: "callers".into(),
        rest_api_id: api.id(),
    })
    .r#type("REQUEST")
    .authorizer_uri(&function.invoke_arn)
    .identity_source(IDENTITY)
    // An answer that is kept would let a caller of one route into another.
    .authorizer_result_ttl_in_seconds(0_u8);
    let authorizer = definition.add(&mut scope, "authorizer", authorizer);
    let caller = Value::concat([api.execution_arn(), "/authorizers/".into(), authorizer.id()]);
    let permission = aws::LambdaPermission::new(LambdaPermissionArgs {
        action: "lambda:InvokeFunction".into(),
        function_name: (&function.function_name).into(),
        principal: "apigateway.amazonaws.com".into(),
    })
    .source_arn(caller)
    .when_some(function.qualifier.as_ref(), |permission, alias| {
        permission.qualifier(alias)
    });
    scope.add("permission", permission);
    authorizer
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
