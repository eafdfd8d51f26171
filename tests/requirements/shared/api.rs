//! Shared evidence about the APIs in front of the payments.

use paymig::aws::{
    ApiGatewayDeployment, ApiGatewayGatewayResponse, ApiGatewayIntegration, ApiGatewayMethod,
    ApiGatewayMethodSettings, ApiGatewayModel, ApiGatewayRequestValidator, ApiGatewayResource,
    ApiGatewayStage, ApiGatewayVpcLink, CloudwatchLogGroup, Lb, LbListener, LbTargetGroup,
    LbTargetGroupAttachment,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, weakened, weakened_in};
use crate::framework::requirement::{Query, query};
use crate::queries::api;

pub(crate) fn calls_are_logged_without_data() -> Query {
    query!(
        api::calls_are_logged_without_data,
        [
            removed::<ApiGatewayStage>(),
            dropped(A::<ApiGatewayStage>::access_log_settings()),
            weakened(A::<ApiGatewayStage>::xray_tracing_enabled()),
            removed::<ApiGatewayMethodSettings>(),
            weakened_in(
                A::<ApiGatewayMethodSettings>::settings(),
                "data_trace_enabled"
            ),
            weakened_in(A::<ApiGatewayMethodSettings>::settings(), "metrics_enabled"),
            removed::<ApiGatewayDeployment>(),
            dropped(A::<ApiGatewayDeployment>::triggers()),
            removed::<CloudwatchLogGroup>().within("api/payments/log-group"),
        ]
    )
}

pub(crate) fn error_responses_contain_no_internal_details() -> Query {
    query!(
        api::error_responses_contain_no_internal_details,
        [
            removed::<ApiGatewayGatewayResponse>(),
            dropped(A::<ApiGatewayGatewayResponse>::response_templates()),
            dropped(A::<ApiGatewayGatewayResponse>::response_parameters()),
        ]
    )
}

pub(crate) fn requests_are_validated() -> Query {
    query!(
        api::requests_are_validated,
        [
            removed::<ApiGatewayRequestValidator>(),
            weakened(A::<ApiGatewayRequestValidator>::validate_request_body()),
            weakened(A::<ApiGatewayRequestValidator>::validate_request_parameters()),
            removed::<ApiGatewayModel>(),
            weakened(A::<ApiGatewayModel>::schema()),
        ]
    )
}

pub(crate) fn requests_stay_on_private_links() -> Query {
    query!(
        api::requests_stay_on_private_links,
        [
            removed::<ApiGatewayIntegration>(),
            removed::<ApiGatewayMethod>(),
            removed::<ApiGatewayResource>(),
            weakened(A::<ApiGatewayIntegration>::connection_type()),
            weakened(A::<ApiGatewayIntegration>::uri()),
            removed::<ApiGatewayVpcLink>(),
            removed::<Lb>(),
            weakened(A::<Lb>::internal()),
            removed::<LbListener>().within("api"),
            removed::<LbTargetGroup>().within("api"),
            removed::<LbTargetGroupAttachment>().within("api"),
        ]
    )
}
