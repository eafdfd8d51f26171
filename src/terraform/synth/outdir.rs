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
use super::manifest::{Manifest, Stack};

/// The part of an output folder that an output replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Every environment of the named paymig stack: no other stack is in the manifest, and the folder of an environment
    /// that the stack lacks is stale.
    AllEnvironments(String),
    /// The given stacks only: the folder and the manifest keep the others.
    GivenStacks,
}

/// The files of an output folder.
#[derive(Debug)]
pub struct Outdir {
    /// All files except the manifest, by path.
    files: BTreeMap<PathBuf, Vec<u8>>,
    manifest: Manifest,
    coverage: Coverage,
}

const MANIFEST: &str = "manifest.json";
const STACKS: &str = "stacks";
const CONFIGURATION: &str = "cdk.tf.json";

impl Outdir {
    /// Lays out the files of `stacks`.
    ///
    /// # Errors
    /// When a configuration is not JSON, which [`super::write`] rules out.
    pub fn new(stacks: &[Stack], coverage: Coverage) -> anyhow::Result<Self> {
        let mut files = BTreeMap::new();
        for stack in stacks {
            let folder = Path::new(STACKS).join(&stack.id);
            let configuration: Value = serde_json::from_slice(&stack.configuration)?;
            let metadata = json!({ "//": configuration.get("//") });
            files.insert(folder.join("metadata.json"), pretty(&metadata)?);
            files.insert(folder.join(CONFIGURATION), stack.configuration.clone());
        }
        Ok(Self {
            files,
            manifest: Manifest::new(stacks),
            coverage,
        })
    }

    /// Writes the files below `dir`, each of them atomically and the manifest last.
    ///
    /// # Errors
    /// When a folder or file cannot be written, or when the manifest has entries to keep and cannot be read. The message
    /// names its path.
    pub fn write(&self, dir: &Path) -> anyhow::Result<()> {
        let committed = self.manifest_to_keep(dir)?;
        let manifest = pretty(&self.manifest.merged_into(committed.as_ref()))?;
        let stacks = self
            .files
            .iter()
            .map(|(path, content)| (path.as_path(), content));
        for (path, content) in stacks.chain([(Path::new(MANIFEST), &manifest)]) {
            let path = dir.join(path);
            write_atomically(&path, content)
                .with_context(|| format!("cannot write `{}`", path.display()))?;
        }
        Ok(())
    }

    /// Compares the files below `dir` with the output of [`Self::write`], and finds stale folders.
    ///
    /// # Errors
    /// When a file exists and cannot be read. The message names its path.
    pub fn check(&self, dir: &Path) -> anyhow::Result<Vec<Difference>> {
        let committed = self.manifest_to_keep(dir)?;
        let manifest = pretty(&self.manifest.merged_into(committed.as_ref()))?;
        let mut differences = Vec::new();
        let stacks = self
            .files
            .iter()
            .map(|(path, content)| (path.as_path(), content));
        for (path, ours) in std::iter::once((Path::new(MANIFEST), &manifest)).chain(stacks) {
            let theirs = read(&dir.join(path))?;
            differences.extend(difference(path, theirs.as_deref(), ours));
        }
        if let Coverage::AllEnvironments(stack) = &self.coverage {
            differences.extend(self.stale_folders(dir, stack)?);
        }
        Ok(differences)
    }

    /// Reads the manifest of `dir` if its entries of other stacks remain.
    fn manifest_to_keep(&self, dir: &Path) -> anyhow::Result<Option<Value>> {
        if self.coverage != Coverage::GivenStacks {
            return Ok(None);
        }
        let path = dir.join(MANIFEST);
        let parse = |text: Vec<u8>| {
            serde_json::from_slice(&text).with_context(|| {
                format!(
                    "`{}` is not JSON; to write it again, omit `--env`",
                    path.display()
                )
            })
        };
        read(&path)?.map(parse).transpose()
    }

    /// The folders of environments that the paymig stack `stack` lacks.
    fn stale_folders(&self, dir: &Path, stack: &str) -> anyhow::Result<Vec<Difference>> {
        let folder = dir.join(STACKS);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries.collect::<io::Result<Vec<_>>>(),
            Err(error) if is_absent(&error) => Ok(Vec::new()),
            Err(error) => Err(error),
        };
        let entries = entries.with_context(|| format!("cannot read `{}`", folder.display()))?;
        let mut stale = Vec::new();
        for entry in entries {
            let path = Path::new(STACKS).join(entry.file_name());
            let configuration = path.join(CONFIGURATION);
            if !self.files.contains_key(&configuration)
                && let Some(text) = read(&dir.join(&configuration))?
                && is_of_stack(&text, stack)
            {
                stale.push(Difference::stale_folder(path, entry.path()));
            }
        }
        stale.sort();
        Ok(stale)
    }
}

/// Whether the Terraform configuration belongs to an environment of the paymig stack `stack`, by its identity guard.
fn is_of_stack(configuration: &[u8], stack: &str) -> bool {
    let configuration: Option<Value> = serde_json::from_slice(configuration).ok();
    let identity = configuration.as_ref().and_then(|it| {
        let identity = it.pointer("/resource/terraform_data/identity/input")?;
        identity.as_str()?.split('/').next()
    });
    identity == Some(stack)
}

/// Reads a file. Returns `None` if it does not exist.
fn read(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read `{}`", path.display())),
    }
}

/// Whether no file has the path: it is missing, or a part of the path is not a folder.
fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
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

fn pretty(value: &Value) -> anyhow::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::super::manifest::Annotation;
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

    fn all() -> Coverage {
        Coverage::AllEnvironments("demo".to_owned())
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
        let outdir = Outdir::new(&[stack("demo-migration", &vpc("10.0.0.0/16"))], all()).unwrap();
        outdir.write(dir.path()).unwrap();
        assert_eq!(outdir.check(dir.path()).unwrap(), []);
        let manifest = fs::read_to_string(dir.path().join(MANIFEST)).unwrap();
        insta::assert_snapshot!(manifest);
    }

    #[test]
    fn difference_names_the_construct_and_the_argument() {
        let dir = tempfile::tempdir().unwrap();
        let old = Outdir::new(&[stack("demo-migration", &vpc("10.0.0.0/16"))], all()).unwrap();
        old.write(dir.path()).unwrap();
        let new = Outdir::new(&[stack("demo-migration", &vpc("10.1.0.0/16"))], all()).unwrap();
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
        let outdir = Outdir::new(&[stack("demo-migration", &vpc("10.0.0.0/16"))], all()).unwrap();
        assert_eq!(outdir.check(dir.path()).unwrap().len(), 3);
    }
}
