//! Services: the workloads that process payments.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Architecture, ExistingAmi, ExistingImage, Function, MinMax, Network, Ref, Section, Uses,
};
use crate::newtypes::{Gibibytes, InstanceType, Key, Port, Utilization};

/// A payment service, by its compute platform.
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
    /// Path of the health check. It returns 200 while the service can reach its database.
    pub fn health_path(&self) -> &str {
        match self {
            Self::Fargate(service) => &service.health_path,
            Self::Instances(service) => &service.health_path,
            Self::Function(service) => &service.health_path,
        }
    }
}

/// Containers on ECS Fargate: one ECS service in each network, or a blue and a green one if a `[release.N]` lists it.
///
/// The image listens with TLS on `port`. A self-signed certificate is enough: the load balancer verifies none. It runs as
/// user 65532 and writes to `/tmp` only, which its Dockerfile declares as a `VOLUME` of that user. It receives `PORT` and
/// the variables of `uses`. It receives SIGTERM after its last request, and SIGKILL a minute later. It returns 200 to
/// `liveness_path` while its process can respond, and to `health_path` while it can also reach the database that accepts writes.
///
/// An apply waits until the tasks are healthy, and fails if they do not become healthy.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fargate {
    /// Its networks. It uses the tier `private`.
    pub networks: Vec<Ref<Network>>,
    /// Its container image.
    pub image: Ref<ExistingImage>,
    /// The architecture of the image. Default: `arm64`.
    #[serde(default)]
    pub architecture: Architecture,
    /// The port on which it listens with TLS. Default: 8443.
    #[serde(default = "service_port")]
    pub port: Port,
    /// CPU units of a task; 1024 is one vCPU. Default: 512.
    #[serde(default)]
    pub cpu: Cpu,
    /// Memory of a task in MiB. Default: 1024.
    #[serde(default = "Fargate::memory")]
    pub memory: u32,
    /// Number of tasks.
    pub tasks: MinMax,
    /// Target CPU utilization of scaling, in percent. Default: 60.
    #[serde(default = "target_cpu")]
    pub target_cpu: Utilization,
    /// Additional target of scaling: requests per minute and task. Default: none.
    pub target_requests: Option<NonZeroU32>,
    /// Path of the health check of Route 53. It returns 200 while the service can reach its database. Default: `/health`.
    #[serde(default = "health_path")]
    pub health_path: String,
    /// Path of the load balancer's health check. It returns 200 while the process can respond, also if its database is
    /// fenced or unavailable: ECS replaces the tasks that fail it. Default: `/alive`.
    #[serde(default = "liveness_path")]
    pub liveness_path: String,
    /// Container health check, such as `["CMD", "/app", "alive"]`. It fails if the process must be replaced, but not if the
    /// database is unavailable. Default: none, only the load balancer's health check.
    #[serde(default)]
    pub health_command: Vec<String>,
    /// Data stores that it uses.
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

/// CPU units of a Fargate task.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[derive(Default)]
pub enum Cpu {
    /// 0.25 vCPU.
    #[serde(rename = "256")]
    Quarter,
    /// 0.5 vCPU.
    #[default]
    #[serde(rename = "512")]
    Half,
    /// 1 vCPU.
    #[serde(rename = "1024")]
    One,
    /// 2 vCPU.
    #[serde(rename = "2048")]
    Two,
    /// 4 vCPU.
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
    /// Its network. It uses the tier `private`.
    pub network: Ref<Network>,
    /// Its AMI, with a systemd unit `payment.service`, which responds to `liveness_path` and `health_path`. Without that unit a placeholder responds to health checks, and accepts no payments.
    pub ami: Ref<ExistingAmi>,
    /// Any text, such as a date. A change selects the newest matching AMI and replaces the instances a few at a time. Default: `1`.
    #[serde(default = "Instances::image_revision")]
    pub image_revision: String,
    /// Its instance type.
    pub instance_type: InstanceType,
    /// The size of its volume in GiB. Default: 30.
    #[serde(default = "Instances::storage")]
    pub storage: Gibibytes,
    /// Number of instances. Scaling sets the capacity within it.
    pub instances: MinMax,
    /// The port on which it listens with TLS. Default: 8443.
    #[serde(default = "service_port")]
    pub port: Port,
    /// Target CPU utilization of scaling, in percent. Default: 60.
    #[serde(default = "target_cpu")]
    pub target_cpu: Utilization,
    /// Additional target of scaling: requests per minute and instance. Default: none.
    pub target_requests: Option<NonZeroU32>,
    /// Path of the health check of Route 53. It returns 200 while the service can reach its database. Default: `/health`.
    #[serde(default = "health_path")]
    pub health_path: String,
    /// Path of the load balancer's health check. It returns 200 while the process can respond, also if its database is
    /// fenced or unavailable: the group replaces the instances that fail it. Default: `/alive`.
    #[serde(default = "liveness_path")]
    pub liveness_path: String,
    /// Data stores that it uses.
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
    /// Path of the health check. It returns 200 while the service can reach its database. Default: `/health`.
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

fn liveness_path() -> String {
    "/alive".to_owned()
}
