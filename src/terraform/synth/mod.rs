//! Synthesis of Terraform JSON from a finished tree: one configuration, or the folder `cdktf.out`.

mod configuration;
mod difference;
mod element;
mod expression;
mod json;
mod manifest;
mod outdir;

pub use configuration::write;
pub use difference::Difference;
pub use outdir::{Annotation, Coverage, Outdir, Stack, write_atomically, write_new};
