//! VPCs, transit gateways, DNS resolution and security group rules.

pub mod existing_vpc;
pub mod program_security_group;
pub mod resolver;
pub mod security_group_rules;
pub mod transit;
pub mod vpc;
