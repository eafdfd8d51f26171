//! Resources and quotas that a stack needs and does not create.

use super::prerequisite::Prerequisite;
use crate::config::sections::{AccountResource, Stack};

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
        prerequisites.extend(self.quotas());
        prerequisites.sort();
        prerequisites.dedup();
        prerequisites
    }
}
