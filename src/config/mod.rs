//! The stack file, typed and validated.
//!
//! A value with a rule of its own is a [newtype](crate::newtypes). [`load()`] validates the rules between
//! sections, so code that holds a [`Stack`] may rely on them. The modules import in one direction:
//! `load` uses `rules`, `rules` uses `queries`, and all of them use `sections`.

mod load;
mod queries;
mod rules;
mod sections;

pub use load::{
    AllEnvironments, DEFAULT, EMBEDDED, LoadedStack, Selected, Selection, StackSource,
    TargetEnvironment, load, load_all, schema,
};
pub use queries::{
    DnsDelay, ImageRun, ObjectLifecycle, Prerequisite, PublicNameKind, PublicNameUse, RollbackPart,
    RollbackPath, RollbackTime, ZonePosition, alias,
};
pub use sections::{
    Account, AccountResource, Alarms, AlertCategory, Alerts, Api, ApiRoute, Architecture,
    AttributeType, Audit, Aurora, Authentication, Authorizer, Backend, Balancer, BalancerIn,
    BalancerWeights, Bucket, BucketReplica, Budget, BudgetResource, Capacity, Certificate, Code,
    Color, Connection, ControlTotal, Cpu, Credentials, Dashboard, Database, DatabaseLog, Dns,
    DnsTarget, Endpoint, Engine, Environment, Existing, ExistingAmi, ExistingBalancer,
    ExistingGroup, ExistingHttp, ExistingImage, ExistingRole, ExistingSecret, ExistingVpc,
    ExistingVpn, ExistingZone, ExtendedSupport, Fargate, FieldType, Function, FunctionService,
    Index, Insights, Instances, Lifecycle, ManagedAction, ManagedBy, ManagedRules, Method, MinMax,
    Monitoring, Named, Naming, Nat, Network, OnAlarm, OnPremises, Output, Overlay, PaymentProgram,
    Phase, Protection, RateLimit, Ref, Release, Replication, ReplicationManagedBy,
    ReplicationSource, RequestedCertificate, Rotated, RunValidation, Runbook, Scheme,
    SecondaryCluster, Section, Service, Split, Stack, State, Subnet, Table, Tier, Traffic, Trail,
    Transit, Usage, Uses, Validation, ValidationTrigger, Versions, Visibility, Vpn, VpnRouting,
    Waf, Waiver, Widget, Window, Workflow, name_with_color,
};
