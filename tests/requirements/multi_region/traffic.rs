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

const DNS: &str = "tests/terraform/dns.rs";

pub(super) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "002-TRF-1",
            "Route 53 shares requests out by weight, between the old system and the new and between the regions.",
        )
        .verified_by(query!(
            regions::regions_share_requests_by_weight_and_health,
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
            regions::the_old_system_and_the_new_share_a_name,
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
        .tested(DNS, "traffic_step_changes_weights_only_and_reverts_without_a_plan"),
        Requirement::new(
            "002-TRF-2",
            "A zone of this system holds the names, and the zone above it leads there.",
        )
        .verified_by(query!(
            internet_ingress::the_zone_is_delegated_to,
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
            "An application load balancer in each region takes requests, and logs them.",
        )
        .verified_by(query!(
            internet_ingress::each_region_has_an_entrance,
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
            "Requests come by TLS, with certificates that DNS validates, through a firewall.",
        )
        .verified_by(query!(
            internet_ingress::entrances_take_tls_only,
            [
                removed::<LbListener>(),
                weakened(A::<LbListener>::ssl_policy()),
                removed::<AcmCertificate>(),
                removed::<AcmCertificateValidation>(),
                removed::<Route53Record>().within("certificate"),
            ]
        ))
        .verified_by(query!(
            internet_ingress::entrances_stand_behind_a_firewall,
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
            "Requests move step by step, and come back.",
        )
        .same_as("002-TRF-1")
        .tested(DNS, "side_records_follow_the_phases")
        .tested(DNS, "dns_rollback_of_every_stage_takes_five_minutes_at_most"),
        Requirement::new(
            "002-TRF-6",
            "A region that is not well gets no requests, without anybody.",
        )
        .same_as("002-TRF-1")
        .deviates("compute and DNS fail over by themselves; the database is made to switch regions by people, for an automatic switch loses what was not yet copied"),
        Requirement::new(
            "002-TRF-7",
            "Who takes writes and whether requests may move is kept where no apply sets it back; which share is where is the stack file's.",
        )
        .verified_by(query!(
            programs::programs_keep_who_writes_and_the_file_which_share,
            [
                removed::<SsmParameter>(),
                weakened(A::<SsmParameter>::allowed_pattern()),
            ]
        )),
    ]
}
