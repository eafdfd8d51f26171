//! Deployment packages of the Lambda functions: the programs of `lambda/` as deterministic zip files.

mod deployment_package;
mod imports;
mod program;
mod required_actions;

pub use deployment_package::DeploymentPackage;
pub use program::Program;
pub use required_actions::RequiredActions;
