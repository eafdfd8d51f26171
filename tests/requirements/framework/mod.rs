//! Requirements traceability: requirements, their evidence, and the tests that hold one against the other.

pub(crate) mod case;
mod citation;
pub(crate) mod mutation;
pub(crate) mod policy;
pub(crate) mod requirement;
mod traceability;
mod verification;
