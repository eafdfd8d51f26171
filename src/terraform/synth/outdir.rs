//! The layout of `cdktf.out`: a manifest, and a folder a stack.
//!
//! ```text
//! manifest.json
//! stacks/<stack>-<environment>/cdk.tf.json
//! stacks/<stack>-<environment>/metadata.json
//! ```
//!
//! cdktf-cli and cdktn-cli read it, so `cdktf diff` and `cdktf deploy` work on what paymig wrote.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::difference::{Difference, difference};

/// One stack as cdktf knows stacks: a system in one environment.
#[derive(Clone, Debug)]
pub struct Stack {
    /// `<stack>-<environment>`, also the name of its folder.
    pub id: String,
    /// The Terraform JSON document.
    pub document: Vec<u8>,
    /// What cdktf's command line tells the user.
    pub warnings: Vec<Annotation>,
    /// Ids of stacks that are deployed before this one.
    pub dependencies: Vec<String>,
}

/// A warning about a construct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// The path of the construct, from the stack id.
    pub construct_path: String,
    /// What there is to know.
    pub message: String,
}

/// The files of an output folder, by their path in it.
#[derive(Debug)]
pub struct Outdir {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

const MANIFEST: &str = "manifest.json";

impl Outdir {
    /// The files for `stacks`. Errors: a document that is no JSON, which [`super::write`] never makes.
    pub fn new(stacks: &[Stack]) -> anyhow::Result<Self> {
        let mut files = BTreeMap::new();
        files.insert(PathBuf::from(MANIFEST), pretty(&manifest(stacks))?);
        for stack in stacks {
            let folder = Path::new("stacks").join(&stack.id);
            let document: Value = serde_json::from_slice(&stack.document)?;
            let metadata = json!({ "//": document.get("//") });
            files.insert(folder.join("metadata.json"), pretty(&metadata)?);
            files.insert(folder.join("cdk.tf.json"), stack.document.clone());
        }
        Ok(Self { files })
    }

    /// Writes the files below `dir`, each whole or not at all, the manifest last.
    /// Errors: a folder or file that cannot be written, with its path.
    pub fn write(&self, dir: &Path) -> anyhow::Result<()> {
        let (manifest, others): (Vec<_>, Vec<_>) = self
            .files
            .iter()
            .partition(|(path, _)| path.as_path() == Path::new(MANIFEST));
        for (path, content) in others.into_iter().chain(manifest) {
            let path = dir.join(path);
            write_whole(&path, content)
                .with_context(|| format!("cannot write `{}`", path.display()))?;
        }
        Ok(())
    }

    /// How what stands below `dir` differs from what [`Self::write`] would write; empty when it does
    /// not. Errors: a file that is there and cannot be read, with its path.
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

/// Writes `content` to `path`: readers see the old file or the new one, never a part.
pub fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    written_beside(path, content)?.persist(path)?;
    Ok(())
}

/// Writes `content` to `path`, whole. Errors: [`io::ErrorKind::AlreadyExists`] for a file that exists.
pub fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    written_beside(path, content)?.persist_noclobber(path)?;
    Ok(())
}

/// A file in the folder of `path`, which is made where it is missing, ready to take its place.
fn written_beside(path: &Path, content: &[u8]) -> io::Result<NamedTempFile> {
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

    fn stack(id: &str, document: &Value) -> Stack {
        Stack {
            id: id.to_owned(),
            document: pretty(document).unwrap(),
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
    fn what_was_written_is_what_is_checked() {
        let dir = tempfile::tempdir().unwrap();
        let outdir = Outdir::new(&[stack("demo-migration", &vpc("10.0.0.0/16"))]).unwrap();
        outdir.write(dir.path()).unwrap();
        assert_eq!(outdir.check(dir.path()).unwrap(), []);
        let manifest = fs::read_to_string(dir.path().join(MANIFEST)).unwrap();
        insta::assert_snapshot!(manifest);
    }

    #[test]
    fn a_check_tells_the_construct_and_the_argument() {
        let dir = tempfile::tempdir().unwrap();
        let old = Outdir::new(&[stack("demo-migration", &vpc("10.0.0.0/16"))]).unwrap();
        old.write(dir.path()).unwrap();
        let new = Outdir::new(&[stack("demo-migration", &vpc("10.1.0.0/16"))]).unwrap();
        let told: Vec<String> = new
            .check(dir.path())
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            told.join("\n"),
            "stacks/demo-migration/cdk.tf.json\n  network/main\n    ~ aws_vpc.main\n        cidr_block: \"10.0.0.0/16\" -> \"10.1.0.0/16\""
        );
    }

    #[test]
    fn a_check_of_an_empty_folder_tells_every_file() {
        let dir = tempfile::tempdir().unwrap();
        let outdir = Outdir::new(&[stack("demo-migration", &vpc("10.0.0.0/16"))]).unwrap();
        assert_eq!(outdir.check(dir.path()).unwrap().len(), 3);
    }
}
