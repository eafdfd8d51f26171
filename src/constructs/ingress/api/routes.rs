//! The paths and methods of an API: what it takes, and how that reaches the load balancer.

use std::collections::BTreeMap;

use serde_json::json;

use super::authorization::Authorization;
use super::definition::Definition;
use super::link::Link;
use crate::aws;
use crate::aws::api_gateway_integration::ApiGatewayIntegrationArgs;
use crate::aws::api_gateway_method::ApiGatewayMethodArgs;
use crate::aws::api_gateway_model::ApiGatewayModelArgs;
use crate::aws::api_gateway_request_validator::ApiGatewayRequestValidatorArgs;
use crate::aws::api_gateway_resource::ApiGatewayResourceArgs;
use crate::config::{ApiRoute, FieldType, Method};
use crate::naming::Names;
use crate::newtypes::{DomainName, Key};
use crate::terraform::tree::{Handle, Map, Scope, Value};

/// Milliseconds that an answer may take: the most that API Gateway grants everybody.
const TIMEOUT: u16 = 29_000;

/// What the routes of an API have in common.
#[derive(Debug)]
pub(super) struct Routes<'a> {
    pub(super) names: &'a Names,
    /// The API's key in names.
    pub(super) api_key: &'a str,
    pub(super) api: Handle<aws::ApiGatewayRestApi>,
    pub(super) link: &'a Link,
    pub(super) host: &'a DomainName,
    pub(super) authorization: Authorization<Handle<aws::ApiGatewayAuthorizer>>,
}

impl Routes<'_> {
    /// Adds `routes` and what they need.
    pub(super) fn add(
        &self,
        scope: &mut Scope<'_>,
        definition: &mut Definition,
        routes: &BTreeMap<Key, ApiRoute>,
    ) {
        let validator = aws::ApiGatewayRequestValidator::new(ApiGatewayRequestValidatorArgs {
            name: self.names.keyed("validator", [self.api_key]).into(),
            rest_api_id: self.api.id(),
        })
        .validate_request_body(true)
        .validate_request_parameters(true);
        let validator = definition.add(scope, "validator", validator);
        let mut paths = BTreeMap::new();
        for (key, route) in routes {
            let resource = self.resource(scope, definition, &mut paths, &route.path);
            let mut scope = scope.child("route").into_child(key.to_string());
            self.route(&mut scope, definition, (key, route), resource, validator);
        }
    }

    /// The id of the resource at `path`, with those above it, each made once.
    fn resource(
        &self,
        scope: &mut Scope<'_>,
        definition: &mut Definition,
        made: &mut BTreeMap<String, Value<String>>,
        path: &str,
    ) -> Value<String> {
        let mut parent = self.api.root_resource_id();
        let mut scope = scope.child("path");
        let mut at = String::new();
        for segment in segments(path) {
            scope = scope.into_child(segment.to_owned());
            at.push('/');
            at.push_str(segment);
            if let Some(id) = made.get(&at) {
                parent = id.clone();
                continue;
            }
            let resource = aws::ApiGatewayResource::new(ApiGatewayResourceArgs {
                parent_id: parent,
                path_part: segment.to_owned().into(),
                rest_api_id: self.api.id(),
            });
            parent = definition.add(&mut scope, "resource", resource).id();
            made.insert(at.clone(), parent.clone());
        }
        parent
    }

    fn route(
        &self,
        scope: &mut Scope<'_>,
        definition: &mut Definition,
        (key, route): (&Key, &ApiRoute),
        resource: Value<String>,
        validator: Handle<aws::ApiGatewayRequestValidator>,
    ) {
        let verb = verb(route.method);
        let in_path = parameters(&route.path).map(|name| format!("method.request.path.{name}"));
        let headers = route.headers.iter();
        let in_headers = headers.map(|name| format!("method.request.header.{name}"));
        let method = aws::ApiGatewayMethod::new(ApiGatewayMethodArgs {
            authorization: self.authorization.kind().into(),
            http_method: verb.into(),
            resource_id: (&resource).into(),
            rest_api_id: self.api.id(),
        })
        .request_validator_id(validator.id())
        .request_parameters(
            in_path
                .chain(in_headers)
                .map(|name| (name, true))
                .collect::<Value<Map<bool>>>(),
        );
        let method = match &self.authorization {
            Authorization::Custom(authorizer) => method.authorizer_id(authorizer.id()),
            Authorization::Iam => method,
        };
        let body = (!route.body.is_empty()).then(|| self.model(scope, definition, key, route));
        let method = method.when_some(body, |method, model| {
            // A content type without a model is not validated at all (API Gateway developer guide,
            // "Request validation"): `$default` is every other one.
            method.request_models([
                ("application/json", model.name()),
                ("$default", model.name()),
            ])
        });
        let method = definition.add(scope, "method", method);
        let mapped = parameters(&route.path).map(|name| {
            (
                format!("integration.request.path.{name}"),
                format!("method.request.path.{name}"),
            )
        });
        // What a caller sends under this name is overwritten: code tells callers apart by it.
        let caller = (
            "integration.request.header.x-principal".to_owned(),
            self.authorization.principal().to_owned(),
        );
        let integration = aws::ApiGatewayIntegration::new(ApiGatewayIntegrationArgs {
            http_method: method.http_method(),
            resource_id: resource,
            rest_api_id: self.api.id(),
            r#type: "HTTP_PROXY".into(),
        })
        .integration_http_method(verb)
        .connection_type("VPC_LINK")
        .connection_id(self.link.id())
        // The name in the certificate of the load balancer: API Gateway verifies it.
        .uri(format!("https://{}{}", self.host, route.path))
        .request_parameters(mapped.chain([caller]).collect::<Value<Map<String>>>())
        .passthrough_behavior("NEVER")
        .timeout_milliseconds(TIMEOUT);
        definition.add(scope, "integration", integration);
    }

    fn model(
        &self,
        scope: &mut Scope<'_>,
        definition: &mut Definition,
        key: &Key,
        route: &ApiRoute,
    ) -> Handle<aws::ApiGatewayModel> {
        let properties: BTreeMap<&str, _> = route
            .body
            .iter()
            .map(|(name, of)| (name.as_str(), json!({ "type": json_type(*of) })))
            .collect();
        let schema = json!({
            "$schema": "http://json-schema.org/draft-04/schema#",
            "type": "object",
            "properties": properties,
            "required": route.body.keys().collect::<Vec<_>>(),
            "additionalProperties": false,
        });
        let model = aws::ApiGatewayModel::new(ApiGatewayModelArgs {
            content_type: "application/json".into(),
            // API Gateway allows letters and digits only.
            name: self
                .names
                .alphanumeric("model", [self.api_key, key.as_str()])
                .into(),
            rest_api_id: self.api.id(),
        })
        .schema(schema.to_string());
        definition.add(scope, "model", model)
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// The names of the parameters in a path: `id` of `/payments/{id}`.
fn parameters(path: &str) -> impl Iterator<Item = &str> {
    segments(path).filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

fn verb(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    }
}

fn json_type(field: FieldType) -> &'static str {
    match field {
        FieldType::String => "string",
        FieldType::Number => "number",
        FieldType::Integer => "integer",
        FieldType::Boolean => "boolean",
        FieldType::Object => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_a_path_are_found() {
        let found: Vec<_> = parameters("/payments/{id}/refunds/{refund}").collect();
        assert_eq!(found, ["id", "refund"]);
    }
}
