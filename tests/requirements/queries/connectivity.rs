//! One network: its addresses, and its connections without the internet.

use paymig::aws;
use paymig::terraform::tree::{Kind, View};

use super::network::{Ways, is_open, range, ways};
use super::transit::{on_premises, reached};
use crate::framework::case::{Case, Known, Verdict};

/// Three public subnets and three private ones, in a network of 65,536 addresses.
pub(crate) fn one_network_of_six_subnets(case: Case<'_>) -> Verdict {
    case.every::<aws::Vpc>()
        .exactly(1)
        .must("be 10.0.0.0/16, moved into its supernet", |vpc| {
            vpc.cidr_block().is(match case.environment {
                "legacy" => "10.16.0.0/16",
                "production" => "10.32.0.0/16",
                _ => "10.0.0.0/16",
            })
        })
        .must("resolve DNS names", |vpc| {
            vpc.enable_dns_support().is(true) && vpc.enable_dns_hostnames().is(true)
        })
        .must("have three public subnets and three private ones", |vpc| {
            let subnets = vpc.from::<aws::Subnet, _>(View::<aws::Subnet>::vpc_id);
            let of = |kind: Ways| subnets.iter().filter(|it| ways(it) == Some(kind)).count();
            subnets.len() == 6 && of(Ways::BOTH) == 3 && of(Ways::OUT) == 3
        })
        .verdict()
}

/// Requests and rows are in the required region.
pub(crate) fn resources_are_in_us_east_2(case: Case<'_>) -> Verdict {
    fn here<K: Kind>(case: Case<'_>) -> Verdict {
        case.every::<K>()
            .must("be in us-east-2", |item| item.region() == "us-east-2")
            .verdict()
    }
    here::<aws::Vpc>(case)
        .and(here::<aws::RdsCluster>(case))
        .and(here::<aws::EcsService>(case))
        .and(here::<aws::LambdaFunction>(case))
        .and(here::<aws::Lb>(case))
        .and(here::<aws::S3Bucket>(case))
}

/// The loss of an Availability Zone affects its own NAT gateway only.
pub(crate) fn zones_have_nat_gateways_of_their_own(case: Case<'_>) -> Verdict {
    case.every::<aws::NatGateway>().exactly(3).verdict()
}

/// Objects, image layers and replicated rows do not pass a NAT gateway.
pub(crate) fn calls_for_objects_use_a_vpc_endpoint(case: Case<'_>) -> Verdict {
    case.every::<aws::Vpc>()
        .must("have a VPC endpoint for S3", |vpc| {
            let endpoints = vpc.from::<aws::VpcEndpoint, _>(View::<aws::VpcEndpoint>::vpc_id);
            let name = format!("com.amazonaws.{}.s3", vpc.region());
            endpoints
                .iter()
                .any(|endpoint| endpoint.service_name().is(&name) && is_open(endpoint))
        })
        .verdict()
}

/// Every private subnet has a route to the datacenter, and no public one has.
pub(crate) fn private_subnets_have_routes_to_the_datacenter(case: Case<'_>) -> Verdict {
    let ranges = on_premises(case);
    case.every::<aws::Subnet>()
        .must(
            "have a route to the datacenter if it is private",
            |subnet| {
                let private = ways(subnet) == Some(Ways::OUT);
                let reached = reached(subnet);
                !ranges.is_empty()
                    && ranges
                        .iter()
                        .all(|range| reached.contains(&range.as_str()) == private)
            },
        )
        .verdict()
}

/// Addresses of the datacenter and of the network do not overlap.
pub(crate) fn datacenter_addresses_do_not_overlap(case: Case<'_>) -> Verdict {
    let ranges = on_premises(case);
    case.every::<aws::Vpc>()
        .must("not overlap with the datacenter", |vpc| {
            let Some(own) = range(vpc) else { return false };
            let others: Vec<Option<ipnet::Ipv4Net>> =
                ranges.iter().map(|it| it.parse().ok()).collect();
            !others.is_empty()
                && others.iter().all(|other| {
                    other.is_some_and(|other| !own.contains(&other) && !other.contains(&own))
                })
        })
        .verdict()
}

/// Flow logs are written with a role.
pub(crate) fn flow_logs_may_be_written(case: Case<'_>) -> Verdict {
    case.every::<aws::FlowLog>()
        .must("have a role", |log| {
            log.to::<aws::IamRole, _>(log.iam_role_arn()).len() == 1
        })
        .verdict()
}
