//! Resources of the AWS account: audit trail, budget, account-level settings, Terraform state.

pub mod account_resources;
pub mod audit;
pub mod budget;
pub mod terraform_state;
