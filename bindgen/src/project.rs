//! The generator's files in the project: what it reads, and what it writes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::catalog::Catalog;
use crate::emit::{Files, emit};
use crate::fixup;
use crate::list::List;
use crate::terraform::provider_schema;

/// The project that the generator works for.
#[derive(Clone, Debug)]
pub struct Project {
    root: PathBuf,
}

impl Project {
    /// The project that this generator is a part of.
    pub fn own() -> Self {
        let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        root.pop();
        Self { root }
    }

    /// `make schema`: writes the fixture from the real provider.
    pub fn write_fixture(&self) -> Result<()> {
        let list = self.list()?;
        let catalog = Catalog::trim(&list, &provider_schema(&list.provider)?)?;
        let path = self.fixture();
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, catalog.to_json()?).with_context(|| path.display().to_string())
    }

    /// The fixture.
    pub fn catalog(&self) -> Result<Catalog> {
        Catalog::parse(&self.list()?, &read(&self.fixture())?)
    }

    /// The bindings that the fixture makes; reads files, writes none.
    pub fn bindings(&self) -> Result<Files> {
        let mut catalog = self.catalog()?;
        fixup::apply_all(&mut catalog)?;
        emit(&catalog)
    }

    /// `make bindings`: writes `src/aws`, all of it or nothing.
    pub fn write_bindings(&self) -> Result<()> {
        let files = self.bindings()?;
        let target = self.aws();
        let staging = tempfile::tempdir_in(self.root.join("src"))?;
        let (new, old) = (staging.path().join("new"), staging.path().join("old"));
        for (path, text) in &files {
            let path = new.join(path);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(path, text)?;
        }
        if target.exists() {
            fs::rename(&target, &old)?;
        }
        fs::rename(&new, &target)?;
        Ok(())
    }

    /// The files below `src/aws` that are not as the fixture makes them, or should not be there.
    pub fn drift(&self) -> Result<BTreeSet<String>> {
        let made = self.bindings()?;
        let mut there = Files::new();
        collect(&self.aws(), "", &mut there)?;
        let changed = made
            .iter()
            .filter(|(path, text)| there.get(*path) != Some(text));
        let surplus = there.iter().filter(|(path, _)| !made.contains_key(*path));
        Ok(changed
            .chain(surplus)
            .map(|(path, _)| path.clone())
            .collect())
    }

    fn list(&self) -> Result<List> {
        List::parse(&read(&self.root.join("bindgen/resources.toml"))?)
    }

    fn fixture(&self) -> PathBuf {
        self.root.join("fixtures/provider/schema.json")
    }

    fn aws(&self) -> PathBuf {
        self.root.join("src/aws")
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| path.display().to_string())
}

/// The text files below `folder`, by their path there.
fn collect(folder: &Path, prefix: &str, files: &mut Files) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.insert(path, read(&entry.path())?);
        }
    }
    Ok(())
}
