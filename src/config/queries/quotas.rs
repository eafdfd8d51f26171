//! Quotas of an account that one environment uses in a region.

use super::prerequisite::Prerequisite;
use crate::config::sections::{Nat, Network, Stack, Trail};
use crate::newtypes::Region;

/// Concurrent executions that AWS keeps for functions without a reservation (Lambda developer guide, "Lambda
/// quotas"). A new account may have fewer in total.
const UNRESERVED: u32 = 100;

/// Concurrent executions that are reserved for the function `cutover` of a workflow or a runbook: a step, a rollback
/// of each kind, and calls that outlast their time-out.
const CUTOVER_EXECUTIONS: u16 = 10;

/// Default of Elastic IP addresses in a region (Amazon EC2 user guide, "Elastic IP addresses").
const DEFAULT_ADDRESSES: usize = 5;

/// Default of VPCs in a region (Amazon VPC user guide, "Amazon VPC quotas").
const DEFAULT_VPCS: usize = 5;

/// The trails of a region, which AWS does not increase (AWS CloudTrail user guide, "Quotas in AWS CloudTrail").
const MAX_TRAILS: usize = 5;

impl Stack {
    /// The quotas that one environment uses, by region. Environments beside each other add up.
    pub(super) fn quotas(&self) -> Vec<Prerequisite> {
        self.regions
            .iter()
            .flat_map(|region| {
                [
                    self.executions(*region),
                    self.addresses(*region),
                    self.vpcs(*region),
                    self.trails(*region),
                ]
            })
            .flatten()
            .collect()
    }

    /// The concurrent executions to reserve for a function `cutover` in this region, so that payment code cannot take
    /// the last one while a side is fenced.
    ///
    /// None if the stack reserves no others there: the quota of a new account may allow no reservation.
    pub fn cutover_reservation(&self, region: Region) -> Option<u16> {
        (self.reserved_executions(region) > 0).then_some(CUTOVER_EXECUTIONS)
    }

    fn reserved_executions(&self, region: Region) -> u32 {
        let functions = self.function.iter().map(|(_, function)| function);
        let here =
            functions.filter(|function| self.network.resolve(&function.network).region == region);
        here.filter_map(|function| function.reserved_concurrency)
            .map(u32::from)
            .sum()
    }

    fn executions(&self, region: Region) -> Option<Prerequisite> {
        let workflows = self.workflow.iter().map(|(_, workflow)| &workflow.network);
        let runbooks = self.runbook.iter().map(|(_, runbook)| &runbook.network);
        let cutovers = workflows
            .chain(runbooks)
            .filter(|network| self.network.resolve(network).region == region)
            .filter_map(|_| self.cutover_reservation(region));
        let reserved = self.reserved_executions(region) + cutovers.map(u32::from).sum::<u32>();
        (reserved > 0).then(|| {
            let pool = reserved + UNRESERVED;
            let used = format!("{pool} in the account ({reserved} are reserved)");
            quota("concurrent executions", used, region)
        })
    }

    fn addresses(&self, region: Region) -> Option<Prerequisite> {
        let used: usize = self.networks(region).map(nat_gateways).sum();
        (used > 0).then(|| {
            let used = format!("{used} for one environment (default {DEFAULT_ADDRESSES})");
            quota("Elastic IP addresses", used, region)
        })
    }

    fn vpcs(&self, region: Region) -> Option<Prerequisite> {
        let used = self.networks(region).count();
        (used > 0).then(|| {
            let used = format!("{used} for one environment (default {DEFAULT_VPCS})");
            quota("VPCs", used, region)
        })
    }

    /// The trail records all regions, so that it counts in each of them.
    fn trails(&self, region: Region) -> Option<Prerequisite> {
        let audit = self.audit.as_ref()?;
        (audit.trail == Trail::Create).then(|| {
            let used = format!("1 for one environment (at most {MAX_TRAILS}, not adjustable)");
            quota("CloudTrail trails", used, region)
        })
    }

    fn networks(&self, region: Region) -> impl Iterator<Item = &Network> {
        let networks = self.network.iter().map(|(_, network)| network);
        networks.filter(move |network| network.region == region)
    }
}

fn nat_gateways(network: &Network) -> usize {
    match network.nat {
        Nat::None => 0,
        Nat::Single => 1,
        Nat::PerZone => network.zones.count(),
    }
}

fn quota(kind: &'static str, name: String, region: Region) -> Prerequisite {
    Prerequisite {
        kind,
        name,
        region: Some(region.as_str()),
    }
}
