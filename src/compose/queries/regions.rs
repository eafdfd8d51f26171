//! Regions of sections that have none of their own.

use crate::config::{Api as ApiConfig, Bucket as BucketConfig, Stack, Transit as TransitConfig};
use crate::constructs::core::SectionRef;
use crate::newtypes::Region;

/// The region of the networks of a transit gateway. `config::rules::networks` requires that they share one.
pub(crate) fn transit_region(stack: &Stack, section: SectionRef<'_, TransitConfig>) -> Region {
    let first = section.networks.first();
    first.map_or(stack.primary_region(), |network| {
        stack.network.resolve(network).region
    })
}

pub(crate) fn bucket_region(stack: &Stack, section: SectionRef<'_, BucketConfig>) -> Region {
    section.region.unwrap_or(stack.primary_region())
}

/// The region of the first network of an API's load balancer.
pub(crate) fn api_region(stack: &Stack, section: SectionRef<'_, ApiConfig>) -> Region {
    let balancer = stack.balancer.resolve(&section.balancer);
    let first = balancer.networks.first();
    first.map_or(stack.primary_region(), |network| {
        stack.network.resolve(network).region
    })
}
