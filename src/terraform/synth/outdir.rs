//! The folder `cdktf.out`: a manifest, and a folder for each stack.
//!
//! ```text
//! manifest.json
//! stacks/<stack>-<environment>/cdk.tf.json
//! stacks/<stack>-<environment>/metadata.json
//! ```
//!
//! cdktf-cli and cdktn-cli read it, so `cdktf diff` and `cdktf deploy` work on the output of paymig.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::difference::{Difference, difference};

/// A stack in cdktf's sense: one environment of a paymig stack.
#[derive(Clone, Debug)]
pub struct Stack {
    /// `<stack>-<environment>`, which is also the name of its folder.
    pub id: String,
    /// The Terraform JSON configuration.
    pub configuration: Vec<u8>,
    /// Warnings that cdktf's command line prints.
    pub warnings: Vec<Annotation>,
    /// Ids of the stacks that are deployed before this one.
    pub dependencies: Vec<String>,
}

/// A warning about a construct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// The path of the construct, with the stack id first.
    pub construct_path: String,
    /// The text of the warning.
    pub message: String,
}

/// The files of an output folder, by path.
#[derive(Debug)]
pub struct Outdir {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

const MANIFEST: &str = "manifest.json";

impl Outdir {
    /// Lays out the files of `stacks`.
    ///
    /// # Errors
    /// When a configuration is not JSON, which [`super::write`] rules out.
    pub fn new(stacks: &[Stack]) -> anyhow::Result<Self> {
        let mut files = BTreeMap::new();
        files.insert(PathBuf::from(MANIFEST), pretty(&manifest(stacks))?);
        for stack in stacks {
            let folder = Path::new("stacks").join(&stack.id);
            let configuration: Value = serde_json::from_slice(&stack.configuration)?;
            let metadata = json!({ "//": configuration.get("//") });
            files.insert(folder.join("metadata.json"), pretty(&metadata)?);
            files.insert(folder.join("cdk.tf.json"), stack.configuration.clone());
        }
        Ok(Self { files })
    }

    /// Writes the files below `dir`, each of them atomically and the manifest last.
    ///
    /// # Errors
    /// When a folder or file cannot be written. The message names its path.
    pub fn write(&self, dir: &Path) -> anyhow::Result<()> {
        let (manifest, others): (Vec<_>, Vec<_>) = self
            .files
            .iter()
            .partition(|(path, _)| path.as_path() == Path::new(MANIFEST));
        for (path, content) in others.into_iter().chain(manifest) {
            let path = dir.join(path);
            write_atomically(&path, content)
                .with_context(|| format!("cannot write `{}`", path.display()))?;
        }
        Ok(())
    }

    /// Compares the files below `dir` with the output of [`Self::write`].
    ///
    /// # Errors
    /// When a file exists and cannot be read. The message names its path.
    pub fn check(&self, dir: &Path) -> anyhow::Result<Vec<Difference>> {
        let mut differences = Vec::new();
        for (path, ours) in &self.files {
            let full = dir.join(path);
            let theirs = match fs::read(&full) {
                Ok(theirs) => Some(theirs),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => {
                    return Err(error).with_context(|| format!("cannot read `{}`", full.display()));
                }
            };
            differences.extend(difference(path, theirs.as_deref(), ours));
        }
        Ok(differences)
    }
}

/// Writes `content` to `path` atomically: readers see the old file or the new one, never a part of it.
pub fn write_atomically(path: &Path, content: &[u8]) -> io::Result<()> {
    temporary_file_for(path, content)?.persist(path)?;
    Ok(())
}

/// Writes `content` to a new file at `path` atomically.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] for a file that exists.
pub fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    temporary_file_for(path, content)?.persist_noclobber(path)?;
    Ok(())
}

/// Writes a temporary file in the folder of `path`, and creates the folder if it is missing.
fn temporary_file_for(path: &Path, content: &[u8]) -> io::Result<NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(content)?;
    Ok(file)
}

fn manifest(stacks: &[Stack]) -> Value {
    let stacks: serde_json::Map<String, Value> = stacks
        .iter()
        .map(|stack| (stack.id.clone(), entry(stack)))
        .collect();
    json!({ "stacks": stacks, "version": env!("CARGO_PKG_VERSION") })
}

fn entry(stack: &Stack) -> Value {
    let id = &stack.id;
    let annotations: Vec<Value> = stack
        .warnings
        .iter()
        .map(|warning| {
            json!({
                "constructPath": warning.construct_path,
                "level": "@cdktf/warn",
                "message": warning.message,
                "stacktrace": [],
            })
        })
        .collect();
    json!({
        "annotations": annotations,
        "constructPath": id,
        "dependencies": stack.dependencies,
        "name": id,
        "stackMetadataPath": format!("stacks/{id}/metadata.json"),
        "synthesizedStackPath": format!("stacks/{id}/cdk.tf.json"),
        "workingDirectory": format!("stacks/{id}"),
    })
}

fn pretty(value: &Value) -> anyhow::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(id: &str, configuration: &Value) -> Stack {
        Stack {
            id: id.to_owned(),
            configuration: pretty(configuration).unwrap(),
            warnings: vec![Annotation {
                construct_path: format!("{id}/database"),
                message: "support ends".to_owned(),
            }],
            dependencies: Vec::new(),
        }
    }

    fn vpc(cidr: &str) -> Value {
        json!({
            "//": {"metadata": {"stackName": "demo-migration"}},
            "resource": {"aws_vpc": {"main": {
                "//": {"metadata": {"path": "demo-migration/network/main/vpc"}},
                "cidr_block": cidr,
            }}},
        })
    }

    #[test]
    fn written_folder_has_no_differences() {
        let dir = tempfile::tempdir().unwrap();
        let outdir = Outdir::new(&[stack("demo-migration", &vpc("10.0.0.0/16"))]).unwrap();
        outdir.write(dir.path()).unwrap();
        assert_eq!(outdir.check(dir.path()).unwrap(), []);
        let manifest = fs::read_to_string(dir.path().join(MANIFEST)).unwrap();
        insta::assert_snapshot!(manifest);
    }

    #[test]
    fn difference_names_the_construct_and_the_argument() {
        let dir = tempfile::tempdir().unwrap();
        let old = Outdir::new(&[stack("demo-migration", &vpc("10.0.0.0/16"))]).unwrap();
        old.write(dir.path()).unwrap();
        let new = Outdir::new(&[stack("demo-migration", &vpc("10.1.0.0/16"))]).unwrap();
        let differences: Vec<String> = new
            .check(dir.path())
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            differences.join("\n"),
            "stacks/demo-migration/cdk.tf.json\n  network/main\n    ~ aws_vpc.main\n        cidr_block: \"10.0.0.0/16\" -> \"10.1.0.0/16\""
        );
    }

    #[test]
    fn every_file_is_missing_in_an_empty_folder() {
        let dir = tempfile::tempdir().unwrap();
        let outdir = Outdir::new(&[stack("demo-migration", &vpc("10.0.0.0/16"))]).unwrap();
        assert_eq!(outdir.check(dir.path()).unwrap().len(), 3);
    }
}
