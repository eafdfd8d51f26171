//! Changes in place that interrupt a service for a while.

use crate::aws;
use crate::terraform::tree::Kind;

/// What a change of an argument in place interrupts.
#[derive(Clone, Copy, Debug)]
pub struct Interruption {
    /// The Terraform name of the type.
    pub type_name: &'static str,
    /// The beginning of the changed argument's name.
    pub argument: &'static str,
    /// What is unavailable meanwhile, as a sentence without its period.
    pub effect: &'static str,
    /// The seconds that AWS documents as the usual upper bound. None if it documents none.
    pub seconds: Option<u32>,
    /// The AWS documentation.
    pub source: &'static str,
}

/// Every known interruption.
pub static INTERRUPTIONS: &[Interruption] = &[
    Interruption {
        type_name: aws::DmsReplicationInstance::TYPE,
        argument: "engine_version",
        effect: "DMS stops its tasks, which must be resumed after the upgrade",
        seconds: None,
        source: "AWS DMS user guide, \"Upgrading the engine version of a replication instance\"",
    },
    Interruption {
        type_name: aws::DmsReplicationInstance::TYPE,
        argument: "replication_instance_class",
        effect: "the instance restarts, and its tasks stop until it is available",
        seconds: None,
        source: "AWS DMS user guide, \"Rebooting a replication instance\"",
    },
    Interruption {
        type_name: aws::DmsReplicationTask::TYPE,
        argument: "",
        effect: "a running task stops, and is not started again",
        seconds: None,
        source: "AWS DMS API, ModifyReplicationTask; the provider stops a running task first",
    },
    Interruption {
        type_name: aws::RdsCluster::TYPE,
        argument: "engine_version",
        effect: "the whole cluster is unavailable during the upgrade",
        seconds: None,
        source: AURORA_DOWNTIME,
    },
    Interruption {
        type_name: aws::RdsCluster::TYPE,
        argument: "port",
        effect: "every instance restarts, and clients need the new port",
        seconds: None,
        source: "Amazon Aurora user guide, \"Modifying an Amazon Aurora DB cluster\"",
    },
    Interruption {
        type_name: aws::RdsClusterInstance::TYPE,
        argument: "instance_class",
        effect: "the instance restarts; if it is the writer, Aurora fails over to a reader first",
        seconds: Some(120),
        source: AURORA_DOWNTIME,
    },
    Interruption {
        type_name: aws::RdsGlobalCluster::TYPE,
        argument: "engine_version",
        effect: "every cluster of the global database is unavailable during the upgrade",
        seconds: None,
        source: AURORA_DOWNTIME,
    },
    vpn("customer_gateway_id", BOTH_TUNNELS),
    vpn("local_ipv4_network_cidr", BOTH_TUNNELS),
    vpn("remote_ipv4_network_cidr", BOTH_TUNNELS),
    vpn("transit_gateway_id", BOTH_TUNNELS),
    vpn(
        "tunnel",
        "the changed tunnel is unavailable during the update",
    ),
    vpn("vpn_gateway_id", BOTH_TUNNELS),
];

/// The interruption by a change of `argument` of a resource of the type `type_name` in place.
pub fn interruption(type_name: &str, argument: &str) -> Option<&'static Interruption> {
    INTERRUPTIONS.iter().find(|it| {
        let is_tag = argument.starts_with("tags");
        it.type_name == type_name && argument.starts_with(it.argument) && !is_tag
    })
}

/// "Service typically restores in less than 120 seconds".
const AURORA_DOWNTIME: &str = "https://repost.aws/knowledge-center/aurora-mysql-downtime-factors";

const BOTH_TUNNELS: &str =
    "both tunnels are unavailable while new tunnel endpoints are provisioned";

const fn vpn(argument: &'static str, effect: &'static str) -> Interruption {
    Interruption {
        type_name: aws::VpnConnection::TYPE,
        argument,
        effect,
        seconds: None,
        source: "https://docs.aws.amazon.com/vpn/latest/s2svpn/endpoint-replacements.html",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::effect_table;

    #[test]
    fn interrupting_arguments_can_change_in_place() {
        let table = effect_table();
        for it in INTERRUPTIONS {
            let effects = &table[it.type_name];
            let mut arguments = effects.in_place.iter().chain(effects.conditional.keys());
            let found = arguments.any(|argument| argument.starts_with(it.argument));
            assert!(found, "{} {}", it.type_name, it.argument);
        }
    }

    #[test]
    fn tags_interrupt_nothing() {
        let task = aws::DmsReplicationTask::TYPE;
        assert!(interruption(task, "tags_all").is_none());
        assert!(interruption(task, "table_mappings").is_some());
    }
}
