use paymig::aws::{
    AcmCertificate, AcmCertificateValidation, ApiGatewayBasePathMapping, ApiGatewayDomainName,
    ApiGatewayMethod, ApiGatewayRestApi, CloudwatchMetricAlarm, LambdaAlias, LambdaPermission, Lb,
    LbListener, LbListenerRule, LbTargetGroup, LbTargetGroupAttachment, Route53HealthCheck,
    Route53Record, SecurityGroup, data,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, redirected, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, SERVING, query};
use crate::queries::{api, iam_authorization, pipeline, releases, split_in_dns, traffic};
use crate::shared;

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "004-API-1",
            "API Gateway validates requests before a function receives them.",
        )
        .verified_by(shared::api::requests_are_validated()),
        Requirement::new(
            "004-API-2",
            "The API is called by its domain name, over TLS, with signed requests.",
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
                removed::<Route53Record>().within("dns/payments/split/network"),
                removed::<data::Route53Zone>(),
            ]
        ))
        .verified_by(query!(
            iam_authorization::methods_require_signed_requests,
            [
                weakened(A::<ApiGatewayMethod>::authorization()),
                removed::<ApiGatewayMethod>().at_once(),
            ]
        )),
        Requirement::new(
            "004-API-3",
            "The API reaches the private load balancer through a VPC link, without a public endpoint.",
        )
        .verified_by(shared::api::requests_stay_on_private_links())
        .deviates("docs/deviations.md#vpc-link","only a REST API validates requests, and its VPC link ends at a Network Load Balancer, which forwards to the private Application Load Balancer"),
        Requirement::new(
            "004-API-4",
            "An Application Load Balancer is in the private subnets, accepts TLS only, and logs requests.",
        )
        .verified_by(query!(
            traffic::load_balancers_accept_tls_only,
            [
                removed::<LbListener>().within("balancer"),
                weakened(A::<LbListener>::protocol()).within("balancer"),
                weakened(A::<LbListener>::ssl_policy()).within("balancer"),
                removed::<AcmCertificate>().within("certificate/internal"),
                removed::<AcmCertificateValidation>().within("certificate/internal"),
                removed::<Route53Record>().within("certificate/internal"),
                weakened(A::<Lb>::drop_invalid_header_fields()),
                removed::<SecurityGroup>().within("balancer"),
            ]
        ))
        .verified_by(shared::traffic::requests_are_logged())
        .same_as("004-NET-4"),
        Requirement::new(
            "004-API-5",
            "Calls are logged, measured, traced and throttled. The logs contain no request or response data, and errors no internal details.",
        )
        .verified_by(shared::api::calls_are_logged_without_data())
        .verified_by(shared::api::error_responses_contain_no_internal_details()),
        Requirement::new(
            "004-REL-1",
            "One weighted rule has two target groups, blue and green.",
        )
        .verified_by(query!(
            releases::blue_and_green_share_one_rule,
            SERVING,
            [
                removed::<LbListenerRule>(),
                removed::<LbTargetGroup>().within("balancer"),
                weakened_in(A::<LbListenerRule>::action(), "weight"),
                weakened_in(A::<LbListenerRule>::action(), "forward"),
                removed::<LambdaPermission>().within("balancer"),
                removed::<LbTargetGroupAttachment>().within("balancer"),
                removed::<LambdaAlias>().within("function/validation"),
                redirected(
                    A::<LbTargetGroupAttachment>::target_id(),
                    "function/validation/alias/blue"
                )
                .within("balancer/main/main/targets/payments/green"),
            ]
        ))
        .tested("tests/terraform/pipeline.rs", "release_changes_weights_only"),
        Requirement::new(
            "004-REL-2",
            "A version, blue or green, is a whole pipeline: it validates, scores and books a request without the other.",
        )
        .verified_by(query!(
            pipeline::each_version_is_a_whole_pipeline,
            SERVING,
            [
                removed::<LambdaAlias>(),
                weakened(A::<LambdaAlias>::name()),
                redirected(A::<LambdaAlias>::function_name(), "function/fraud/function")
                    .within("function/validation"),
            ]
        ))
        .tested("tests/terraform/pipeline.rs", "color_contains_the_whole_pipeline")
        .tested("tests/lambda/payments/test_pipeline.py", "test_function_version_calls_the_same_color"),
        Requirement::new(
            "004-REL-3",
            "A failed version is detected within 30 seconds.",
        )
        .verified_by(query!(
            traffic::both_sides_have_health_checks,
            SERVING,
            [
                dropped(A::<LbTargetGroup>::health_check()),
                weakened_in(A::<LbTargetGroup>::health_check(), "enabled"),
                weakened_in(A::<LbTargetGroup>::health_check(), "path"),
                weakened_in(A::<LbTargetGroup>::health_check(), "interval").within("balancer"),
            ]
        ))
        .tested("tests/lambda/payments/test_pipeline.py", "test_pipeline_without_writer_is_unhealthy"),
        Requirement::new(
            "004-MIG-1",
            "Requests shift from the datacenter to AWS in steps, by weights, and back in the same way.",
        )
        .deviates("docs/ledgers.md#the-ledger-of-aws",
            "Without a replication each side has its own database and its own idempotency keys, and a payment that is \
             repeated on the other side would be booked twice. The weights of old and new are therefore 0 and 100. The \
             gradual weights are those of the release.",
        )
        .verified_by(shared::split_in_dns::both_sides_have_weighted_records())
        .verified_by(shared::split_in_dns::records_have_the_weights_of_the_stage())
        .verified_by(shared::split_in_dns::new_side_record_points_to_the_load_balancer())
        .tested(shared::traffic::FILE, "traffic_step_of_every_stack_changes_weights_only")
        .tested("tests/terraform/dns.rs", "traffic_step_changes_weights_and_monitoring_and_reverts_without_a_plan")
        .tested("tests/terraform/dns.rs", "dns_rollback_of_every_stage_is_within_its_limit"),
        Requirement::new(
            "004-MIG-2",
            "The failure of a side notifies operators, who change the weights. DNS fails over to no side by itself: the sides have \
             separate databases, and a repeated payment would be booked twice.",
        )
        .verified_by(query!(
            split_in_dns::sides_are_checked_without_failover,
            MIGRATING,
            [
                removed::<Route53HealthCheck>(),
                weakened(A::<Route53HealthCheck>::resource_path()),
                weakened(A::<Route53HealthCheck>::request_interval()),
                weakened(A::<Route53HealthCheck>::r#type()),
                removed::<CloudwatchMetricAlarm>()
                    .within("alarms/dns/payments/main/payments/no-healthy-targets"),
                weakened(A::<CloudwatchMetricAlarm>::metric_name())
                    .within("alarms/dns/payments/main/payments/no-healthy-targets"),
                weakened(A::<CloudwatchMetricAlarm>::period())
                    .within("alarms/dns/payments/main/payments/no-healthy-targets"),
            ]
        ))
        .verified_by(query!(
            split_in_dns::failed_sides_are_notified,
            MIGRATING,
            [
                removed::<CloudwatchMetricAlarm>().within("alarms/dns/payments/main/unhealthy"),
                removed::<CloudwatchMetricAlarm>().within("alarms/dns/payments/old"),
                dropped(A::<CloudwatchMetricAlarm>::alarm_actions())
                    .within("alarms/dns/payments/old"),
            ]
        ))
        .tested("tests/terraform/dns.rs", "records_that_no_client_could_use_are_errors"),
    ]
}
