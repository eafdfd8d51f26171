//! `bindgen schema` and `bindgen bindings`: the two steps of `make schema` and `make bindings`.

use std::env;

use anyhow::{Result, bail};
use bindgen::project::Project;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let project = Project::own();
    match arguments.as_slice() {
        ["schema"] => project.write_fixture(),
        ["bindings"] => project.write_bindings(),
        _ => bail!("usage: bindgen schema|bindings"),
    }
}
