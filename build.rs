//! Embeds the programs of `lambda/`, so that the command needs no file beside it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What a deployed program consists of; tests, caches and settings of tools stay behind.
const EXTENSIONS: [&str; 3] = ["pem", "py", "sql"];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=lambda");
    let root = fs::canonicalize("lambda")?;
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut list = String::from("[\n");
    for file in &files {
        let name = file.strip_prefix(&root).map_err(io::Error::other)?;
        let name = name.to_string_lossy().replace('\\', "/");
        let file = file.to_string_lossy();
        let _ = writeln!(list, "    ({name:?}, include_bytes!({file:?})),");
    }
    list.push(']');
    let out = env::var_os("OUT_DIR")
        .map(PathBuf::from)
        .unwrap_or_default();
    fs::write(out.join("lambda_files.rs"), list)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let deployed = path
            .extension()
            .is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known));
        if path.is_dir() {
            collect(&path, files)?;
        } else if deployed {
            files.push(path);
        }
    }
    Ok(())
}
