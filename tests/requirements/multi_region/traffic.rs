use paymig::aws::{
    AcmCertificate, AcmCertificateValidation, CloudwatchLogGroup, CloudwatchLogResourcePolicy, Lb,
    LbListener, Route53HealthCheck, Route53QueryLog, Route53Record, Route53Zone, S3BucketPolicy,
    SecurityGroup, SsmParameter, VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule,
    Wafv2WebAcl, Wafv2WebAclAssociation, Wafv2WebAclLoggingConfiguration, data,
};
use paymig::terraform::tree::Argument as A;

use crate::framework::mutation::{dropped, removed, weakened, weakened_in};
use crate::framework::requirement::{MIGRATING, Requirement, SERVING, query};
use crate::queries::{internet_ingress, programs, regions, traffic};
use crate::shared;

const DNS: &str = "tests/terraform/dns.rs";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "002-TRF-1",
            "Route 53 distributes requests by weight, between the old and the new side and between the regions.",
        )
        .verified_by(query!(
            regions::regions_have_weights_and_health_checks,
            SERVING,
            [
                removed::<Route53Record>().within("dns/payments/split/network"),
                removed::<Route53HealthCheck>().within("dns/payments/split/network"),
                dropped(A::<Route53Record>::weighted_routing_policy())
                    .within("dns/payments/split/network"),
                dropped(A::<Route53Record>::health_check_id()).within("dns/payments/split/network"),
                weakened(A::<Route53HealthCheck>::failure_threshold())
                    .within("dns/payments/split/network"),
            ]
        ))
        .verified_by(query!(
            regions::sides_have_weighted_records,
            MIGRATING,
            [
                removed::<Route53Record>().within("dns/payments/split"),
                removed::<Route53HealthCheck>().within("dns/payments/split/old"),
                removed::<data::Lb>(),
                weakened_in(A::<Route53Record>::weighted_routing_policy(), "weight")
                    .within("dns/payments/split/old"),
                weakened_in(A::<Route53Record>::alias(), "evaluate_target_health")
                    .within("dns/payments/split/new"),
            ]
        ))
        .verified_by(shared::split_in_dns::records_have_the_weights_of_the_stage())
        .tested(DNS, "traffic_step_changes_weights_and_monitoring_and_reverts_without_a_plan"),
        Requirement::new(
            "002-TRF-2",
            "The system's hosted zone contains the DNS names, and the parent zone delegates to it.",
        )
        .verified_by(query!(
            internet_ingress::hosted_zone_is_delegated,
            [
                removed::<Route53Zone>(),
                removed::<Route53Record>().within("zone"),
                removed::<data::Route53Zone>(),
                removed::<Route53QueryLog>(),
                removed::<CloudwatchLogGroup>().within("zone"),
                removed::<CloudwatchLogResourcePolicy>(),
            ]
        )),
        Requirement::new(
            "002-TRF-3",
            "An Application Load Balancer in each region receives requests, and logs them.",
        )
        .verified_by(query!(
            internet_ingress::each_region_has_a_load_balancer,
            SERVING,
            [
                removed::<Lb>(),
                weakened(A::<Lb>::internal()),
                weakened(A::<Lb>::subnets()),
                removed::<SecurityGroup>().within("balancer"),
                removed::<VpcSecurityGroupIngressRule>().within("balancer"),
                removed::<VpcSecurityGroupEgressRule>().within("service/payments/primary/balancer"),
                weakened(A::<Lb>::drop_invalid_header_fields()),
            ]
        ))
        .verified_by(query!(
            traffic::requests_are_logged,
            [
                dropped(A::<Lb>::access_logs()),
                removed::<S3BucketPolicy>().within("balancer"),
                removed::<data::ElbServiceAccount>(),
            ]
        )),
        Requirement::new(
            "002-TRF-4",
            "Requests use TLS, with certificates validated by DNS, and pass a web ACL.",
        )
        .verified_by(query!(
            internet_ingress::regional_load_balancers_accept_tls_only,
            [
                removed::<LbListener>(),
                weakened(A::<LbListener>::ssl_policy()),
                removed::<AcmCertificate>(),
                removed::<AcmCertificateValidation>(),
                removed::<Route53Record>().within("certificate"),
            ]
        ))
        .verified_by(query!(
            internet_ingress::regional_load_balancers_have_a_web_acl,
            [
                removed::<Wafv2WebAcl>(),
                removed::<Wafv2WebAclAssociation>(),
                removed::<Wafv2WebAclLoggingConfiguration>(),
                removed::<CloudwatchLogGroup>().within("waf"),
                weakened(A::<Wafv2WebAcl>::rule()),
            ]
        )),
        Requirement::new(
            "002-TRF-5",
            "Requests shift in steps, forward and back.",
        )
        .same_as("002-TRF-1")
        .tested(shared::traffic::FILE, "traffic_step_of_every_stack_changes_weights_only")
        .tested(DNS, "dns_rollback_of_every_stage_is_within_its_limit"),
        Requirement::new(
            "002-TRF-6",
            "An unhealthy region automatically receives no requests.",
        )
        .same_as("002-TRF-1")
        .deviates("docs/regions.md#failover","compute and DNS fail over automatically; operators fail over the database to the other region, because an automatic failover loses changes that are not replicated yet"),
        Requirement::new(
            "002-TRF-7",
            "Writer and hold are in parameters that no apply resets. The stack file sets the traffic weights.",
        )
        .verified_by(query!(
            programs::writer_is_a_parameter_and_weight_is_configured,
            [
                removed::<SsmParameter>().within("runtime"),
                weakened(A::<SsmParameter>::allowed_pattern()).within("runtime"),
            ]
        )),
    ]
}
