//! What an API serves: its stage, its log, its limits.

use serde_json::json;

use crate::aws;
use crate::aws::api_gateway_method_settings::{ApiGatewayMethodSettingsArgs, Settings};
use crate::aws::api_gateway_stage::{
    AccessLogSettings, AccessLogSettingsArgs, ApiGatewayStageArgs,
};
use crate::config::Api as Config;
use crate::constructs::core::{Context, SectionRef};
use crate::constructs::observability::log_group::log_group;
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::RetentionDays;
use crate::terraform::tree::{Handle, Scope};

/// The only stage; environments are APIs of their own.
const NAME: &str = "live";

/// The stage that serves `deployment`, logging where `logs_key` is given.
pub(super) fn add(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    config: SectionRef<'_, Config>,
    deployment: Handle<aws::ApiGatewayDeployment>,
    logs_key: Option<KmsKey>,
) -> Handle<aws::ApiGatewayStage> {
    let log = logs_key.map(|key| {
        let name = context.names.keyed("api", [config.physical_name_key()]);
        scope.add(
            "log-group",
            log_group(format!("/api/{name}"), RetentionDays::PCI, key),
        )
    });
    let stage = aws::ApiGatewayStage::new(ApiGatewayStageArgs {
        deployment_id: deployment.id(),
        rest_api_id: deployment.rest_api_id(),
        stage_name: NAME.into(),
    })
    .xray_tracing_enabled(true)
    .when_some(log, |stage, log| {
        stage.access_log_settings(AccessLogSettings::new(AccessLogSettingsArgs {
            destination_arn: log.arn(),
            format: access_log().into(),
        }))
    });
    let stage = scope.add("stage", stage);
    // The execution log would hold bodies and headers; the access log tells what went wrong without.
    let settings = Settings::new()
        .metrics_enabled(true)
        .data_trace_enabled(false)
        .logging_level("OFF")
        .throttling_rate_limit(config.throttle_rate)
        .throttling_burst_limit(config.throttle_rate);
    scope.add(
        "settings",
        aws::ApiGatewayMethodSettings::new(ApiGatewayMethodSettingsArgs {
            method_path: "*/*".into(),
            rest_api_id: stage.rest_api_id(),
            stage_name: stage.stage_name(),
            settings,
        }),
    );
    stage
}

/// PCI DSS 10.2.2: who, what, when, from where, with which result; never a header or a body.
fn access_log() -> String {
    json!({
        "request": "$context.requestId",
        "time": "$context.requestTimeEpoch",
        "address": "$context.identity.sourceIp",
        "caller": "$context.identity.caller",
        "principal": "$context.authorizer.principalId",
        "method": "$context.httpMethod",
        "path": "$context.resourcePath",
        "status": "$context.status",
        "latency": "$context.responseLatency",
        "integration_status": "$context.integration.status",
        "integration_latency": "$context.integrationLatency",
        "integration_error": "$context.integrationErrorMessage",
        "error": "$context.error.responseType",
        "web_acl": "$context.wafResponseCode",
    })
    .to_string()
}
