//! What a stack needs that it does not create.

use crate::config::sections::{AccountResource, Stack};

/// The executions that AWS wants left to functions without a reservation (Lambda developer guide, "Lambda
/// quotas"); a new account may have fewer altogether.
const UNRESERVED: u32 = 100;

/// Something that must exist before a stack can be planned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// What it is: `hosted zone`, `secret`.
    pub kind: &'static str,
    /// The name or tag it is looked up by.
    pub name: String,
    /// Its region, where it has one.
    pub region: Option<&'static str>,
}

impl Stack {
    /// What must exist before this stack can be planned, in a stable order.
    pub fn needs(&self) -> Vec<Need> {
        let mut needs = Vec::new();
        let mut need = |kind, name: &str, region| {
            needs.push(Need {
                kind,
                name: name.to_owned(),
                region,
            });
        };
        let existing = &self.existing;
        for (_, vpc) in existing.vpc.iter() {
            let region = Some(vpc.region.as_str());
            need("VPC", &vpc.name_tag, region);
            for subnet in vpc.subnets.values() {
                need("subnet", subnet, region);
            }
            for table in vpc.route_tables.values() {
                need("route table", table, region);
            }
            for group in vpc.security_groups.values() {
                need("security group", group, region);
            }
        }
        for (_, vpn) in existing.vpn.iter() {
            let region = Some(vpn.region.as_str());
            need("transit gateway", &vpn.transit_gateway, region);
            need("VPN attachment", &vpn.name_tag, region);
        }
        for (_, zone) in existing.zone.iter() {
            need("hosted zone", zone.name.as_str(), None);
        }
        for (_, http) in existing.http.iter() {
            if let Some(balancer) = &http.balancer {
                let region = Some(balancer.region.as_str());
                need("load balancer", &balancer.name, region);
            }
        }
        for (_, secret) in existing.secret.iter() {
            need("secret", &secret.name, Some(secret.region.as_str()));
        }
        for run in self.image_runs() {
            if let Some(image) = existing.image.get(&run.image) {
                let name = format!("{}:{}", image.repository, run.tag);
                need("container image", &name, Some(run.region.as_str()));
            }
        }
        for (_, ami) in existing.ami.iter() {
            need("machine image", &ami.name, None);
        }
        for (_, role) in existing.role.iter() {
            need("role", &role.name, None);
        }
        if !self.replication.is_empty() && self.account.dms_roles == AccountResource::Exists {
            need("role", "dms-vpc-role", None);
            need("role", "dms-cloudwatch-logs-role", None);
        }
        if self.account.api_gateway == Some(AccountResource::Exists) {
            need("API Gateway account role", "for access logs", None);
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
                need("concurrent executions", &name, Some(region.as_str()));
            }
        }
        needs.sort();
        needs.dedup();
        needs
    }
}
