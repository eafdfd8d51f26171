//! Networks: VPCs with tiers, and tiers with one subnet in each zone.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::section;
use crate::newtypes::{Cidr, Key, Region, RetentionDays, Zone, Zones};

/// A VPC.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// Its region.
    pub region: Region,
    /// Its CIDR block, /16 to /28. It must not overlap another network of the stack.
    pub cidr: Cidr,
    /// Its Availability Zones: a number (3 is a, b, c) or a list of letters.
    pub zones: Zones,
    /// Its NAT gateways. Default: `none`.
    #[serde(default)]
    pub nat: Nat,
    /// Its tiers with their CIDR blocks. A block has eight equal slots, one for each zone letter a to h, so that a later
    /// zone moves no subnet.
    pub tiers: BTreeMap<Tier, Cidr>,
    /// AWS services with a VPC endpoint.
    #[serde(default)]
    pub endpoints: BTreeSet<Endpoint>,
    /// Retention of its flow logs, in days. Default: 400 (PCI DSS 10.5.1).
    #[serde(default = "RetentionDays::pci")]
    pub flow_log_retention: RetentionDays,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(Network, "network");

impl Network {
    /// The subnets of a tier, in the order of their zones; none when the network lacks the tier.
    pub fn subnets(&self, tier: Tier) -> Vec<Subnet> {
        let Some(block) = self.tiers.get(&tier) else {
            return Vec::new();
        };
        self.zones
            .iter()
            .filter_map(|zone| {
                let cidr = block.part(Zone::SLOT_BITS, zone.slot())?;
                Some(Subnet { zone, cidr })
            })
            .collect()
    }
}

/// One subnet of a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subnet {
    /// Its availability zone.
    pub zone: Zone,
    /// Its block.
    pub cidr: Cidr,
}

/// Purpose of a group of subnets. It determines their routes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Public subnets, for NAT gateways and internet-facing load balancers.
    Public,
    /// Compute. Routes to the internet through NAT, and to on-premises through the transit gateway.
    Private,
    /// Databases. No route to the internet.
    Database,
    /// DMS replication instances. Routes to on-premises, and to AWS through NAT or endpoints.
    Replication,
    /// Attachments of the transit gateway, one small subnet for each zone.
    Transit,
}

impl Tier {
    /// The name in stack files and in construct paths.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Database => "database",
            Self::Replication => "replication",
            Self::Transit => "transit",
        }
    }
}

/// NAT gateways of a network.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Nat {
    /// None. Only endpoints and the transit gateway leave the network.
    #[default]
    None,
    /// One in the first zone. It costs less, and fails with that zone.
    Single,
    /// One in each zone. The default quota is five Elastic IPs in a region.
    PerZone,
}

/// An AWS service that a network reaches through a VPC endpoint.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Endpoint {
    /// S3 (gateway, free).
    S3,
    /// DynamoDB (gateway, free).
    Dynamodb,
    /// Secrets Manager.
    Secretsmanager,
    /// KMS.
    Kms,
    /// CloudWatch Logs.
    Logs,
    /// CloudWatch metrics.
    Monitoring,
    /// The ECR API.
    #[serde(rename = "ecr.api")]
    EcrApi,
    /// The ECR image registry.
    #[serde(rename = "ecr.dkr")]
    EcrDkr,
    /// STS.
    Sts,
    /// SNS.
    Sns,
    /// Step Functions.
    States,
    /// Systems Manager, with Parameter Store.
    Ssm,
    /// Lambda.
    Lambda,
    /// RDS.
    Rds,
    /// DMS.
    Dms,
    /// Elastic Load Balancing.
    Elasticloadbalancing,
}

impl Endpoint {
    /// The last part of the service name: `com.amazonaws.<region>.<this>`.
    pub fn service(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Dynamodb => "dynamodb",
            Self::Secretsmanager => "secretsmanager",
            Self::Kms => "kms",
            Self::Logs => "logs",
            Self::Monitoring => "monitoring",
            Self::EcrApi => "ecr.api",
            Self::EcrDkr => "ecr.dkr",
            Self::Sts => "sts",
            Self::Sns => "sns",
            Self::States => "states",
            Self::Ssm => "ssm",
            Self::Lambda => "lambda",
            Self::Rds => "rds",
            Self::Dms => "dms",
            Self::Elasticloadbalancing => "elasticloadbalancing",
        }
    }

    /// Whether it is a gateway endpoint: routes instead of network interfaces.
    pub fn is_gateway(self) -> bool {
        matches!(self, Self::S3 | Self::Dynamodb)
    }
}
