//! TODO
pub(crate) mod access;
pub(crate) mod aliases;
pub(crate) mod auto_scaling;
pub(crate) mod fargate;
pub(crate) mod functions;
