//! From a finished tree to Terraform JSON: one document, or the layout of `cdktf.out`.

mod document;
mod element;
mod expression;
mod json;

pub use document::write;
