//! From a finished tree to Terraform JSON: one document, or the layout of `cdktf.out`.

mod difference;
mod document;
mod element;
mod expression;
mod json;
mod outdir;

pub use difference::Difference;
pub use document::write;
pub use outdir::{Annotation, Outdir, Stack, write_new, write_whole};
