//! Things that exist already: looked up at plan by name or tag, never created.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Named, section};
use crate::newtypes::{Cidr, DomainName, ImageTag, Key, Port, Region};

/// What exists already, by kind and name.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Existing {
    /// VPCs with their subnets and security groups.
    pub vpc: Named<ExistingVpc>,
    /// VPN connections to on-premises.
    pub vpn: Named<ExistingVpn>,
    /// Route 53 hosted zones.
    pub zone: Named<ExistingZone>,
    /// Secrets Manager secrets.
    pub secret: Named<ExistingSecret>,
    /// Container images in the account's own ECR.
    pub image: Named<ExistingImage>,
    /// Machine images.
    pub ami: Named<ExistingAmi>,
    /// IAM roles.
    pub role: Named<ExistingRole>,
    /// HTTPS services outside this stack, such as the system that is replaced.
    pub http: Named<ExistingHttp>,
}

/// A VPC that is looked up by its `Name` tag.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingVpc {
    /// Its region.
    pub region: Region,
    /// Its `Name` tag.
    pub name_tag: String,
    /// Its block: disjoint from every network of the stack, and routed to.
    pub cidr: Cidr,
    /// Its subnets by `Name` tag, each under a name of your choice, at most one a zone: a transit gateway
    /// is attached to them.
    #[serde(default)]
    pub subnets: BTreeMap<Key, String>,
    /// Its route tables by `Name` tag, each under a name of your choice: they get routes to the gateway.
    /// Default: the table of each of `subnets`, where no two of them share one.
    #[serde(default)]
    pub route_tables: BTreeMap<Key, String>,
    /// Its security groups by `Name` tag, each under a name of your choice.
    #[serde(default)]
    pub security_groups: BTreeMap<Key, String>,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(ExistingVpc, "existing.vpc");

/// A VPN connection that ends at a transit gateway, looked up by tags.
///
/// The provider has no data source for a VPN connection itself before 6.0; a virtual private gateway
/// attaches to one VPC only, so it could not serve a new one.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingVpn {
    /// Its region.
    pub region: Region,
    /// The `Name` tag of the VPN connection's attachment to the transit gateway.
    pub name_tag: String,
    /// The `Name` tag of the transit gateway.
    pub transit_gateway: String,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(ExistingVpn, "existing.vpn");

/// A Route 53 hosted zone, looked up by its name.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingZone {
    /// Its name.
    pub name: DomainName,
    /// Who can resolve it. Default: `public`.
    #[serde(default)]
    pub visibility: Visibility,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(ExistingZone, "existing.zone");

/// Who can resolve a zone's names.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Visibility {
    /// Everybody.
    #[default]
    Public,
    /// The VPCs it is associated with.
    Private,
}

/// A Secrets Manager secret, looked up by its name; its value is read ephemerally, never into state.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingSecret {
    /// Its region.
    pub region: Region,
    /// Its name in Secrets Manager.
    pub name: String,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(ExistingSecret, "existing.secret");

/// A container image: ECR repository and tag, resolved to a digest at plan.
///
/// The environment `bootstrap` makes the repository in every region that runs the image; the image must be
/// there before what runs it is planned: functions in every phase, tasks from phase `migration` on.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingImage {
    /// The repository's name.
    pub repository: String,
    /// The tag; a repository whose tags can move is refused at plan.
    pub tag: ImageTag,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(ExistingImage, "existing.image");

/// A machine image, looked up by its name: the newest that matches when a service first takes it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingAmi {
    /// The owner: an account id, `self` or `amazon`.
    pub owner: String,
    /// The name, `*` stands for anything.
    pub name: String,
    /// Its processor. Default: `arm64`.
    #[serde(default)]
    pub architecture: Architecture,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(ExistingAmi, "existing.ami");

/// The processor that code runs on.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Architecture {
    /// Graviton.
    #[default]
    Arm64,
    /// Intel or AMD.
    #[serde(rename = "x86_64")]
    X8664,
}

/// An IAM role, looked up by its name.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingRole {
    /// Its name.
    pub name: String,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(ExistingRole, "existing.role");

/// An HTTPS service outside this stack, such as the system that is replaced.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingHttp {
    /// Its name, which its certificate carries.
    pub host: DomainName,
    /// Its port. Default: 443.
    #[serde(default = "https")]
    pub port: Port,
    /// What answers 200 while the service can reach its database. Default: `/health`.
    #[serde(default = "health_path")]
    pub health_path: String,
    /// Its addresses: where a load balancer forwards to it, or, public ones, where the apex of a zone
    /// leads to it.
    #[serde(default)]
    pub addresses: Vec<Ipv4Addr>,
    /// The load balancer on AWS that it is behind: the apex of a zone can lead there without addresses.
    pub balancer: Option<ExistingBalancer>,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}
section!(ExistingHttp, "existing.http");

/// A load balancer, looked up by its name.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExistingBalancer {
    /// Its region.
    pub region: Region,
    /// Its name.
    pub name: String,
}

fn https() -> Port {
    Port::constant::<443>()
}

fn health_path() -> String {
    "/health".to_owned()
}
