//! Authorization of an API's callers.

use super::definition::Definition;
use crate::aws;
use crate::aws::api_gateway_authorizer::ApiGatewayAuthorizerArgs;
use crate::aws::lambda_permission::LambdaPermissionArgs;
use crate::terraform::tree::{Handle, Scope, Value};

/// The header with the caller's token.
const IDENTITY_SOURCE: &str = "method.request.header.Authorization";

/// The authorization of callers.
#[derive(Clone, Debug)]
pub enum Authorization<A> {
    /// Signatures with IAM credentials.
    Iam,
    /// A Lambda authorizer.
    Custom(A),
}

/// The function of a Lambda authorizer.
#[derive(Clone, Debug)]
pub struct AuthorizerFunction {
    /// The name.
    pub function_name: Value<String>,
    /// The alias, if API Gateway calls one.
    pub qualifier: Option<Value<String>>,
    /// The ARN that API Gateway invokes.
    pub invoke_arn: Value<String>,
}

impl Authorization<AuthorizerFunction> {
    /// Adds the authorizer with `name`, if there is one.
    pub(super) fn add(
        self,
        scope: &mut Scope<'_>,
        definition: &mut Definition,
        api: Handle<aws::ApiGatewayRestApi>,
        name: String,
    ) -> Authorization<Handle<aws::ApiGatewayAuthorizer>> {
        match self {
            Self::Iam => Authorization::Iam,
            Self::Custom(function) => {
                Authorization::Custom(add_authorizer(scope, definition, api, &function, name))
            }
        }
    }
}

impl<A> Authorization<A> {
    /// The authorization type of a method.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Iam => "AWS_IAM",
            Self::Custom(_) => "CUSTOM",
        }
    }

    /// The context variable with the caller's identity. A Lambda authorizer returns it under the key `principal`.
    pub(super) fn principal(&self) -> &'static str {
        match self {
            Self::Iam => "context.identity.caller",
            Self::Custom(_) => "context.authorizer.principal",
        }
    }
}

fn add_authorizer(
    scope: &mut Scope<'_>,
    definition: &mut Definition,
    api: Handle<aws::ApiGatewayRestApi>,
    function: &AuthorizerFunction,
    name: String,
) -> Handle<aws::ApiGatewayAuthorizer> {
    let mut scope = scope.child("authorizer");
    let authorizer = aws::ApiGatewayAuthorizer::new(ApiGatewayAuthorizerArgs {
        name: name.into(),
        rest_api_id: api.id(),
    })
    .r#type("REQUEST")
    .authorizer_uri(&function.invoke_arn)
    .identity_source(IDENTITY_SOURCE)
    // A cached response would admit a caller of one route to another.
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
