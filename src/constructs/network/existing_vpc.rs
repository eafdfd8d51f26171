//! An existing VPC: looked up by its `Name` tag, with subnets and security groups of the stack file.
//!
//! The plan fails if one of them does not exist.

use std::collections::BTreeMap;

use crate::aws::data;
use crate::config::ExistingVpc as Config;
use crate::constructs::core::SectionRef;
use crate::constructs::network::transit::{RouteTableTarget, VpcAttachment};
use crate::newtypes::{Cidr, Key, Region};
use crate::terraform::tree::{Declared, Handle, Map, Scope, Value};

/// A VPC that was looked up.
#[derive(Clone, Debug)]
pub struct ExistingVpc {
    vpc: Handle<data::Vpc>,
    /// Its addresses.
    pub cidr: Cidr,
    /// Its region.
    pub region: Region,
    subnets: Vec<Handle<data::Subnet>>,
    /// By the stack file's names of them or, where it names none, of their subnets.
    route_tables: Vec<(Key, Handle<data::RouteTable>)>,
    security_groups: BTreeMap<Key, Handle<data::SecurityGroup>>,
}

impl ExistingVpc {
    /// Looks up what `config` describes, in the region of `scope`.
    pub fn new(scope: &mut Scope<'_>, config: SectionRef<'_, Config>) -> Self {
        let vpc = data::Vpc::new()
            .tags(tagged(&config.name_tag))
            // Routes contain this block, so another one would have no route.
            .postcondition(
                Handle::<data::Vpc>::self_ref()
                    .cidr_block()
                    .equals(config.cidr.to_string()),
                "the existing VPC has another address block than the stack file says",
            );
        let vpc = scope.add("vpc", vpc);
        let (mut subnets, mut route_tables) = (Vec::new(), Vec::new());
        for (key, tag) in &config.subnets {
            let subnet = data::Subnet::new().vpc_id(vpc.id()).tags(tagged(tag));
            let subnet = scope.child("subnet").add(key.to_string(), subnet);
            subnets.push(subnet);
            if config.route_tables.is_empty() {
                let routes = data::RouteTable::new().subnet_id(subnet.id());
                let routes = with_distinct_table(routes, config.key(), &route_tables);
                let routes = scope.child("routes").add(key.to_string(), routes);
                route_tables.push((key.clone(), routes));
            }
        }
        for (key, tag) in &config.route_tables {
            let table = data::RouteTable::new().vpc_id(vpc.id()).tags(tagged(tag));
            let table = scope.child("route-table").add(key.to_string(), table);
            route_tables.push((key.clone(), table));
        }
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
            region: config.region,
            subnets,
            route_tables,
            security_groups: groups.collect(),
        }
    }

    /// The id of one of its security groups, which the stack file names.
    pub fn security_group(&self, name: &Key) -> Option<Value<String>> {
        self.security_groups.get(name).map(|group| group.id())
    }

    /// The attachment of the VPC to a transit gateway.
    pub fn transit_attachment(&self, config: SectionRef<'_, Config>) -> VpcAttachment {
        VpcAttachment {
            id: config.construct_id(),
            identity: config.physical_name_key().to_owned(),
            vpc_id: self.vpc.id(),
            cidr: self.cidr,
            subnet_ids: self.subnets.iter().map(|subnet| subnet.id()).collect(),
            route_tables: self
                .route_tables
                .iter()
                .map(|(key, table)| RouteTableTarget {
                    id: key.to_string(),
                    table: table.id(),
                })
                .collect(),
        }
    }
}

/// Fails the plan if a subnet shares its route table with one of `others`: a table contains one route for a destination.
fn with_distinct_table(
    table: Declared<data::RouteTable>,
    vpc: &Key,
    others: &[(Key, Handle<data::RouteTable>)],
) -> Declared<data::RouteTable> {
    others.iter().fold(table, |table, (other, routes)| {
        table.postcondition(
            Handle::<data::RouteTable>::self_ref()
                .id()
                .differs(routes.id()),
            format!(
                "this subnet of the existing VPC `{vpc}` has the same route table as its subnet `{other}`; name each route \
                 table once in `route_tables` of `[existing.vpc.{vpc}]`"
            ),
        )
    })
}

fn tagged(name: &str) -> Value<Map<String>> {
    Value::from([("Name", name.to_owned())])
}
