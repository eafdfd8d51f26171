//! A VPC that exists: looked up by its `Name` tag, with the subnets and security groups that the stack
//! file names. What is missing fails the plan.

use super::entry::Entry;
use super::transit::{Member, Routed};
use crate::aws::data;
use crate::config::ExistingVpc as Config;
use crate::quantity::{Cidr, Key};
use crate::tree::{Handle, Map, Scope, Value};

/// A VPC that was looked up.
#[derive(Clone, Debug)]
pub struct ExistingVpc {
    vpc: Handle<data::Vpc>,
    cidr: Cidr,
    subnets: Vec<(Key, Handle<data::Subnet>, Handle<data::RouteTable>)>,
    /// Its security groups, by the stack file's names.
    pub security_groups: Vec<(Key, Handle<data::SecurityGroup>)>,
}

impl ExistingVpc {
    /// Looks up what `config` describes, in the region of `scope`.
    pub fn new(scope: &mut Scope<'_>, config: Entry<'_, Config>) -> Self {
        let vpc = data::Vpc::new()
            .tags(tagged(&config.tag))
            // Routes are made for this block; they would lead nowhere in another one.
            .postcondition(
                Handle::<data::Vpc>::itself()
                    .cidr_block()
                    .equals(config.cidr.to_string()),
                "the existing VPC has another address block than the stack file says",
            );
        let vpc = scope.add("vpc", vpc);
        let subnets = config.subnets.iter().map(|(key, tag)| {
            let subnet = data::Subnet::new().vpc_id(vpc.id()).tags(tagged(tag));
            let subnet = scope.child("subnet").add(key.to_string(), subnet);
            let routes = data::RouteTable::new().subnet_id(subnet.id());
            let routes = scope.child("routes").add(key.to_string(), routes);
            (key.clone(), subnet, routes)
        });
        let subnets = subnets.collect();
        let groups = config.security_groups.iter().map(|(key, tag)| {
            let group = data::SecurityGroup::new()
                .vpc_id(vpc.id())
                .tags(tagged(tag));
            (
                key.clone(),
                scope.child("security-group").add(key.to_string(), group),
            )
        });
        Self {
            vpc,
            cidr: config.cidr,
            security_groups: groups.collect(),
            subnets,
        }
    }

    /// The VPC as a member of a transit gateway.
    pub fn member(&self, config: Entry<'_, Config>) -> Member {
        Member {
            id: config.construct_id(),
            identity: config.identity().to_owned(),
            vpc: self.vpc.id(),
            cidr: self.cidr,
            homes: self
                .subnets
                .iter()
                .map(|(_, subnet, _)| subnet.id())
                .collect(),
            routed: self
                .subnets
                .iter()
                .map(|(key, _, routes)| Routed {
                    id: key.to_string(),
                    table: routes.id(),
                })
                .collect(),
        }
    }
}

fn tagged(name: &str) -> Value<Map<String>> {
    Value::from([("Name", name.to_owned())])
}
