//! Synthesis of Terraform JSON from a finished tree: one configuration, or the folder `cdktf.out`.

mod configuration;
mod difference;
mod element;
mod expression;
mod json;
mod manifest;
mod outdir;

pub use configuration::write;
pub use difference::{CONSTRUCT_DEPTH, Difference};
pub use manifest::{Annotation, Stack};
pub use outdir::{Coverage, Outdir, write_atomically, write_new};
