//! Generates `src/aws` from the trimmed provider schema.

fn main() {}
