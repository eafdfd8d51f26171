//! The sections of a stack file: one file for each, types only.

mod account;
mod alerts;
mod api;
mod audit;
mod balancer;
mod bucket;
mod control_total;
mod cost;
mod dashboard;
mod database;
mod dns;
mod environment;
mod existing;
mod function;
mod named;
mod network;
mod outputs;
mod release;
mod replication;
mod runbook;
mod service;
mod stack;
mod state;
mod table;
mod traffic;
mod transit;
mod validation;
mod vpn_routing;
mod waf;
mod waiver;
mod workflow;

pub use account::{Account, AccountResource};
pub use alerts::{Alarms, AlertCategory, Alerts};
pub use api::{Api, ApiRoute, Authorizer, FieldType, Method};
pub use audit::{Audit, Trail};
pub use balancer::{Balancer, Certificate, RequestedCertificate, Scheme};
pub use bucket::{Bucket, BucketReplica, Lifecycle};
pub use control_total::ControlTotal;
pub use cost::{Budget, BudgetResource, Usage};
pub use dashboard::{Dashboard, Widget};
pub use database::{
    Aurora, Authentication, Capacity, Credentials, Database, DatabaseLog, Engine, ExtendedSupport,
    Insights, Monitoring, Rotated, SecondaryCluster,
};
pub use dns::{BalancerWeights, Dns, DnsTarget};
pub use environment::{Environment, Overlay, Phase, Protection};
pub use existing::{
    Architecture, Existing, ExistingAmi, ExistingBalancer, ExistingHttp, ExistingImage,
    ExistingRole, ExistingSecret, ExistingVpc, ExistingVpn, ExistingZone, Visibility,
};
pub use function::{Code, Function, MinMax, PaymentProgram, Uses};
use named::section;
pub use named::{Named, Ref, Section};
pub use network::{Endpoint, Nat, Network, Subnet, Tier};
pub use outputs::{BalancerIn, Output};
pub use release::{Color, Release, Versions, name_with_color};
pub use replication::{ExistingGroup, Replication, ReplicationManagedBy, ReplicationSource};
pub use runbook::{RunValidation, Runbook, ValidationTrigger};
pub use service::{Cpu, Fargate, FunctionService, Instances, Service};
pub use stack::{Naming, Stack};
pub use state::{Backend, State};
pub use table::{AttributeType, Index, Table};
pub use traffic::{ManagedBy, OnAlarm, Split, Traffic};
pub use transit::{Connection, OnPremises, Transit, Vpn};
pub use validation::Validation;
pub use vpn_routing::VpnRouting;
pub use waf::{ManagedAction, ManagedRules, RateLimit, Waf, Window};
pub use waiver::Waiver;
pub use workflow::Workflow;
