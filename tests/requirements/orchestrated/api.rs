use paymig::aws::{
    AcmCertificate, AcmCertificateValidation, ApiGatewayAuthorizer, ApiGatewayBasePathMapping,
    ApiGatewayDomainName, ApiGatewayMethod, ApiGatewayRestApi, CloudwatchLogGroup, LambdaFunction,
    LambdaPermission, Lb, LbListener, LbListenerRule, LbTargetGroup, LbTargetGroupAttachment,
    Route53Record, SecurityGroup, SsmParameter, VpcSecurityGroupEgressRule, Wafv2WebAcl,
    Wafv2WebAclAssociation, Wafv2WebAclLoggingConfiguration, data,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, replaced_in, weakened, weakened_in};
use crate::framework::requirement::{Requirement, SERVING, query};
use crate::queries::{api, stage_weights, traffic};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "000-API-1",
            "A Lambda authorizer of the system authorizes each request to the API.",
        )
        .verified_by(query!(
            api::methods_use_a_request_authorizer,
            [
                weakened(A::<ApiGatewayMethod>::authorization()),
                dropped(A::<ApiGatewayMethod>::authorizer_id()),
                removed::<ApiGatewayAuthorizer>(),
                weakened(A::<ApiGatewayAuthorizer>::r#type()),
                weakened(A::<ApiGatewayAuthorizer>::authorizer_result_ttl_in_seconds()),
                removed::<LambdaPermission>().within("api/payments/authorizer/permission"),
                removed::<LambdaFunction>().within("api/payments/authorizer/function"),
            ]
        ))
        .tested(
            "tests/lambda/authorizer/test_authorizer_handler.py",
            "test_caller_without_scope_is_denied",
        ),
        Requirement::new(
            "000-API-2",
            "API Gateway validates requests before a function receives them.",
        )
        .verified_by(shared::api::requests_are_validated()),
        Requirement::new(
            "000-API-3",
            "The API is called by its domain name, over TLS, and protected by a web ACL.",
        )
        .verified_by(query!(
            api::apis_have_a_domain_name_and_accept_tls_only,
            SERVING,
            [
                weakened(A::<ApiGatewayRestApi>::disable_execute_api_endpoint()),
                removed::<ApiGatewayDomainName>(),
                weakened(A::<ApiGatewayDomainName>::security_policy()),
                removed::<ApiGatewayBasePathMapping>(),
                removed::<AcmCertificate>().within("certificate/payments"),
                removed::<AcmCertificateValidation>().within("certificate/payments"),
                removed::<Route53Record>().within("certificate/payments"),
                removed::<Route53Record>().within("api"),
                removed::<data::Route53Zone>(),
            ]
        ))
        .verified_by(query!(
            api::apis_are_protected_by_web_acls,
            [
                removed::<Wafv2WebAclAssociation>(),
                removed::<Wafv2WebAcl>(),
                weakened_in(A::<Wafv2WebAcl>::rule(), "managed_rule_group_statement"),
                weakened_in(A::<Wafv2WebAcl>::rule(), "limit"),
                removed::<Wafv2WebAclLoggingConfiguration>(),
                removed::<CloudwatchLogGroup>().within("waf"),
                weakened(A::<Wafv2WebAclLoggingConfiguration>::redacted_fields()),
            ]
        )),
        Requirement::new(
            "000-API-4",
            "From API Gateway to the functions, requests cross no public network.",
        )
        .verified_by(shared::api::requests_stay_on_private_links()),
        Requirement::new(
            "000-API-5",
            "Calls are logged, measured, traced and throttled. The logs contain no request or response data.",
        )
        .verified_by(shared::api::calls_are_logged_without_data())
        .verified_by(shared::api::error_responses_contain_no_internal_details()),
        Requirement::new(
            "000-API-6",
            "One weighted rule splits requests between the old and the new side. The migration changes its weights.",
        )
        .verified_by(query!(
            traffic::one_rule_has_weights_of_both_sides,
            SERVING,
            [
                removed::<LbListenerRule>(),
                removed::<LbTargetGroup>().within("balancer"),
                weakened_in(A::<LbListenerRule>::action(), "weight"),
                weakened_in(A::<LbListenerRule>::action(), "forward"),
                weakened(A::<LbListenerRule>::condition()),
                removed::<LambdaPermission>().within("balancer"),
                removed::<LbTargetGroupAttachment>()
                    .within("balancer/main/production/targets/payments"),
            ]
        ))
        .verified_by(query!(
            stage_weights::rule_has_the_weights_of_the_stage,
            [
                // The sum stays 100.
                replaced_in(A::<LbListenerRule>::action(), "weight", "50"),
                removed::<LbTargetGroup>().within("balancer/main/production/targets/old"),
            ]
        ))
        .tested("tests/terraform/ingress.rs", "plan_that_contradicts_the_workflow_fails")
        .verified_by(query!(
            traffic::old_system_is_reachable,
            [
                removed::<LbTargetGroupAttachment>().within("balancer/main/production/targets/old"),
                removed::<VpcSecurityGroupEgressRule>().within("balancer/main/production/egress/192"),
                dropped(A::<LbTargetGroupAttachment>::port())
                    .within("balancer/main/production/targets/old"),
            ]
        ))
        .verified_by(query!(
            traffic::both_sides_have_health_checks,
            [
                dropped(A::<LbTargetGroup>::health_check()),
                weakened_in(A::<LbTargetGroup>::health_check(), "enabled"),
                weakened_in(A::<LbTargetGroup>::health_check(), "path"),
                weakened_in(A::<LbTargetGroup>::health_check(), "interval").within("balancer"),
            ]
        ))
        .verified_by(query!(
            traffic::migration_state_has_parameters,
            [
                removed::<SsmParameter>().within("runtime"),
                dropped(A::<SsmParameter>::allowed_pattern()).within("runtime"),
            ]
        )),
        Requirement::new(
            "000-API-7",
            "The load balancer accepts TLS only, and logs requests.",
        )
        .verified_by(query!(
            traffic::load_balancers_accept_tls_only,
            [
                removed::<LbListener>().within("balancer"),
                weakened(A::<LbListener>::protocol()).within("balancer"),
                weakened(A::<LbListener>::ssl_policy()).within("balancer"),
                removed::<AcmCertificate>().within("certificate/entry"),
                removed::<AcmCertificateValidation>().within("certificate/entry"),
                removed::<Route53Record>().within("certificate/entry"),
                weakened(A::<Lb>::drop_invalid_header_fields()),
                removed::<SecurityGroup>().within("balancer"),
            ]
        ))
        .verified_by(shared::traffic::requests_are_logged()),
    ]
}
