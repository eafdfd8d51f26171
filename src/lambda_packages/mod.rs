//! Deployment packages of the Lambda functions: the programs of `lambda/` as deterministic zip files.

mod deployment_package;
mod program;
mod required_actions;
mod shared_package;

pub use deployment_package::DeploymentPackage;
pub use program::Program;
pub use required_actions::RequiredActions;
