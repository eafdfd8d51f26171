//! Deployment packages of the Lambda functions: the programs of `lambda/` as deterministic zip files.

mod deployment_package;
mod imports;
mod program;
mod rds_ca;
mod required_actions;

pub use deployment_package::DeploymentPackage;
pub use program::Program;
pub use rds_ca::rds_ca_pem;
pub use required_actions::RequiredActions;
