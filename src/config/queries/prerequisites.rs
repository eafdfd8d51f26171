//! Resources that a stack needs and does not create.

use crate::config::sections::{AccountResource, Stack};

/// Concurrent executions that AWS keeps for functions without a reservation (Lambda developer guide, "Lambda
/// quotas"). A new account may have fewer in total.
const UNRESERVED: u32 = 100;

/// A resource that must exist before a stack can be planned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Prerequisite {
    /// Its kind: `hosted zone`, `secret`.
    pub kind: &'static str,
    /// The name or tag of the lookup.
    pub name: String,
    /// Its region, if it has one.
    pub region: Option<&'static str>,
}

impl Stack {
    /// The prerequisites of this stack, in a stable order.
    pub fn prerequisites(&self) -> Vec<Prerequisite> {
        let mut prerequisites = Vec::new();
        let mut add = |kind, name: &str, region| {
            prerequisites.push(Prerequisite {
                kind,
                name: name.to_owned(),
                region,
            });
        };
        let existing = &self.existing;
        for (_, vpc) in existing.vpc.iter() {
            let region = Some(vpc.region.as_str());
            add("VPC", &vpc.name_tag, region);
            for subnet in vpc.subnets.values() {
                add("subnet", subnet, region);
            }
            for table in vpc.route_tables.values() {
                add("route table", table, region);
            }
            for group in vpc.security_groups.values() {
                add("security group", group, region);
            }
        }
        for (_, vpn) in existing.vpn.iter() {
            let region = Some(vpn.region.as_str());
            add("transit gateway", &vpn.transit_gateway, region);
            add("VPN attachment", &vpn.name_tag, region);
        }
        for (_, zone) in existing.zone.iter() {
            add("hosted zone", zone.name.as_str(), None);
        }
        for (_, http) in existing.http.iter() {
            if let Some(balancer) = &http.balancer {
                let region = Some(balancer.region.as_str());
                add("load balancer", &balancer.name, region);
            }
        }
        for (_, secret) in existing.secret.iter() {
            add("secret", &secret.name, Some(secret.region.as_str()));
        }
        for run in self.image_runs() {
            if let Some(image) = existing.image.get(&run.image) {
                let name = format!("{}:{}", image.repository, run.tag);
                add("container image", &name, Some(run.region.as_str()));
            }
        }
        for (_, ami) in existing.ami.iter() {
            add("machine image", &ami.name, None);
        }
        for (_, role) in existing.role.iter() {
            add("role", &role.name, None);
        }
        if !self.replication.is_empty() && self.account.dms_roles == AccountResource::Exists {
            add("role", "dms-vpc-role", None);
            add("role", "dms-cloudwatch-logs-role", None);
        }
        if self.account.api_gateway == Some(AccountResource::Exists) {
            add("API Gateway account role", "for access logs", None);
        }
        for region in &self.regions {
            let functions = self.function.iter().map(|(_, function)| function);
            let here = functions
                .filter(|function| self.network.resolve(&function.network).region == *region);
            let reserved: u32 = here
                .filter_map(|function| function.reserved_concurrency)
                .map(u32::from)
                .sum();
            if reserved > 0 {
                let pool = reserved + UNRESERVED;
                let name = format!("{pool} in the account ({reserved} are reserved)");
                add("concurrent executions", &name, Some(region.as_str()));
            }
        }
        prerequisites.sort();
        prerequisites.dedup();
        prerequisites
    }
}
