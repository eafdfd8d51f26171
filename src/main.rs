//! The `paymig` command.

fn main() {}
