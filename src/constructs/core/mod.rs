//! Base of all constructs: context, sections, IAM policies and roles, ignored arguments.

mod account;
mod context;
mod ignore_changes;
mod plan_condition;
mod policy;
mod role;
mod section_map;
mod section_ref;

pub use account::Account;
pub use context::Context;
pub use ignore_changes::{IGNORED_ARGUMENTS, IgnoredArgument, with_ignored_changes};
pub use plan_condition::PlanCondition;
pub use policy::{Policy, Principal, Statement};
pub use role::Role;
pub use section_map::SectionMap;
pub use section_ref::{SectionName, SectionRef};
