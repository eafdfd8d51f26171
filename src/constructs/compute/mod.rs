//! Lambda functions, ECS services, EC2 instances and their images.

pub mod fargate;
pub mod function;
pub mod image;
pub mod instances;
pub mod machine_image;
pub mod registry;
