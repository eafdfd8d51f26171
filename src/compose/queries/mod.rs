//! TODO
pub(crate) mod payment_code;
pub(crate) mod regions;
pub(crate) mod sources;
