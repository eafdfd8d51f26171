//! Services: what runs payments.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Architecture, ExistingAmi, ExistingImage, Function, MinMax, Network, Ref, Section, Uses,
};
use crate::newtypes::{Gibibytes, InstanceType, Key, Port, Utilization};

/// The payment service, by how it runs.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    /// Containers on ECS Fargate.
    Fargate(Fargate),
    /// An Auto Scaling group of EC2 instances.
    Instances(Instances),
    /// A function behind a load balancer.
    Function(FunctionService),
}

impl Section for Service {
    const PATH: &'static str = "service";

    fn formerly(&self) -> Option<&Key> {
        match self {
            Self::Fargate(service) => service.formerly.as_ref(),
            Self::Instances(service) => service.formerly.as_ref(),
            Self::Function(service) => service.formerly.as_ref(),
        }
    }

    fn name_in_aws(&self) -> Option<&Key> {
        match self {
            Self::Fargate(service) => service.name_in_aws.as_ref(),
            Self::Instances(service) => service.name_in_aws.as_ref(),
            Self::Function(service) => service.name_in_aws.as_ref(),
        }
    }
}

impl Service {
    /// What answers 200 while the service can reach its database.
    pub fn health_path(&self) -> &str {
        match self {
            Self::Fargate(service) => &service.health_path,
            Self::Instances(service) => &service.health_path,
            Self::Function(service) => &service.health_path,
        }
    }
}

/// Containers on ECS Fargate: one service in each network, or a blue and a green one where `[release]`
/// names it.
///
/// The image listens with TLS on `port`; the load balancer verifies no certificate, so one that the
/// container signs for itself does. It runs as user 65532 and writes to `/tmp` only, which its Dockerfile
/// declares as a `VOLUME` of that user. It is told `PORT` beside the names of what it uses, gets SIGTERM
/// once no requests reach it, and then has a minute.
///
/// An apply waits until the tasks are healthy, and fails where they do not become so: what they need to
/// reach their database is there before phase `migration`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fargate {
    /// The networks it runs in, in the tier `private`.
    pub networks: Vec<Ref<Network>>,
    /// Its image.
    pub image: Ref<ExistingImage>,
    /// The processor it is built for. Default: `arm64`.
    #[serde(default)]
    pub architecture: Architecture,
    /// The port it listens on, with TLS. Default: 8443.
    #[serde(default = "service_port")]
    pub port: Port,
    /// CPU units of a task: 1024 is one processor. Default: 512.
    #[serde(default)]
    pub cpu: Cpu,
    /// Memory of a task in MiB. Default: 1024.
    #[serde(default = "Fargate::memory")]
    pub memory: u32,
    /// How many tasks.
    pub tasks: MinMax,
    /// The CPU utilisation in percent that scaling keeps. Default: 60.
    #[serde(default = "target_cpu")]
    pub target_cpu: Utilization,
    /// What answers 200 while the service can reach its database. Default: `/health`.
    #[serde(default = "health_path")]
    pub health_path: String,
    /// A command in the container that fails when the process must be replaced, such as
    /// `["CMD", "/app", "alive"]`; not when the database is away, or all would be. Default: none, the load
    /// balancer's check is the only one.
    #[serde(default)]
    pub health_command: Vec<String>,
    /// What it may use.
    #[serde(default)]
    pub uses: Uses,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}

impl Fargate {
    fn memory() -> u32 {
        1024
    }
}

/// CPU units of a Fargate task: only the values its API takes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Cpu {
    /// A quarter of a processor.
    #[serde(rename = "256")]
    Quarter,
    /// Half a processor.
    #[default]
    #[serde(rename = "512")]
    Half,
    /// One processor.
    #[serde(rename = "1024")]
    One,
    /// Two processors.
    #[serde(rename = "2048")]
    Two,
    /// Four processors.
    #[serde(rename = "4096")]
    Four,
}

impl Cpu {
    /// The number of units.
    pub fn units(self) -> u32 {
        match self {
            Self::Quarter => 256,
            Self::Half => 512,
            Self::One => 1024,
            Self::Two => 2048,
            Self::Four => 4096,
        }
    }
}

/// An Auto Scaling group of EC2 instances.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Instances {
    /// The network it runs in, in the tier `private`.
    pub network: Ref<Network>,
    /// Its machine image. A unit `payment.service` in it serves; without one a stand-in answers health checks, and takes no payments.
    pub ami: Ref<ExistingAmi>,
    /// Any text, such as a date. When it changes, the newest image that matches is taken and the instances are replaced, a few at a time; a newer image alone replaces nothing. Default: `1`.
    #[serde(default = "Instances::image_revision")]
    pub image_revision: String,
    /// Its instance type.
    pub instance_type: InstanceType,
    /// The size of its volume in GiB. Default: 30.
    #[serde(default = "Instances::storage")]
    pub storage: Gibibytes,
    /// How many instances; how many of these run is left to scaling.
    pub instances: MinMax,
    /// The port it listens on, with TLS. Default: 8443.
    #[serde(default = "service_port")]
    pub port: Port,
    /// The CPU utilisation in percent that scaling keeps. Default: 60.
    #[serde(default = "target_cpu")]
    pub target_cpu: Utilization,
    /// The requests a minute for each instance that scaling keeps also, where they say more than the CPU. Default: none.
    pub target_requests: Option<NonZeroU32>,
    /// What answers 200 while the service can reach its database. Default: `/health`.
    #[serde(default = "health_path")]
    pub health_path: String,
    /// What it may use.
    #[serde(default)]
    pub uses: Uses,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}

impl Instances {
    fn image_revision() -> String {
        "1".to_owned()
    }

    fn storage() -> Gibibytes {
        Gibibytes::constant::<30>()
    }
}

/// A function behind a load balancer.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FunctionService {
    /// The function.
    pub function: Ref<Function>,
    /// What answers 200 while the service can reach its database. Default: `/health`.
    #[serde(default = "health_path")]
    pub health_path: String,
    /// Name of this section before it was renamed (Terraform `moved` blocks). Needs `name_in_aws`.
    pub formerly: Option<Key>,
    /// Word for this section in the names of AWS resources. Default: the section's name. Keep it when
    /// `formerly` is deleted: a changed name replaces the resource.
    pub name_in_aws: Option<Key>,
}

fn service_port() -> Port {
    Port::constant::<8443>()
}

fn target_cpu() -> Utilization {
    Utilization::constant::<60>()
}

fn health_path() -> String {
    "/health".to_owned()
}
