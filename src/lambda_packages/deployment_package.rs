//! Deployment packages as zip files.

use std::io::{Cursor, Write as _};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::Program;

/// A zip file of a program and the packages that it shares.
///
/// The same files give the same bytes on every machine. They are sorted, and stored without compression, so that no
/// version of a compressor redeploys a function. Each has the first time stamp of the format, 1 January 1980.
#[derive(Clone, Debug)]
pub struct DeploymentPackage {
    paths: Vec<String>,
    bytes: Vec<u8>,
}

/// Every file of `lambda/` that is deployed, by its path there.
pub(super) static SOURCE_FILES: &[(&str, &[u8])] =
    &include!(concat!(env!("OUT_DIR"), "/lambda_files.rs"));

/// The folder of certificate authorities that programs trust.
const CA_FOLDER: &str = "common/trust";
/// File permissions: Lambda reads the files as a user of its own.
const WORLD_READABLE: u32 = 0o644;

impl DeploymentPackage {
    /// Packages `program`.
    ///
    /// `ca_certificates` are the certificate authorities of databases outside AWS, as PEM, by name.
    pub fn new<'a>(
        program: Program,
        ca_certificates: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let shared = program.shared_packages().iter();
        let folders: Vec<&str> = shared
            .map(|package| package.folder())
            .chain([program.package()])
            .collect();
        let sources = SOURCE_FILES
            .iter()
            .filter(|(path, _)| folders.contains(&top_folder(path)))
            .map(|(path, content)| ((*path).to_owned(), *content));
        let certificates = ca_certificates
            .into_iter()
            .filter(|_| program.uses_databases())
            .map(|(name, pem)| (format!("{CA_FOLDER}/{name}.pem"), pem.as_bytes()));
        Self::zip(sources.chain(certificates))
    }

    /// The paths of its files, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// Its bytes in base 64, the encoding of Terraform's `content_base64`.
    pub fn base64(&self) -> String {
        BASE64_STANDARD.encode(&self.bytes)
    }

    /// The SHA-256 of its bytes in base 64, the encoding of Lambda's `CodeSha256`.
    pub fn sha256_base64(&self) -> String {
        BASE64_STANDARD.encode(Sha256::digest(&self.bytes))
    }

    /// # Panics
    /// Never: writing to memory fails for archives of 4 GiB only.
    #[expect(clippy::expect_used, reason = "memory takes every write")]
    fn zip<'a>(files: impl IntoIterator<Item = (String, &'a [u8])>) -> Self {
        let mut files: Vec<_> = files.into_iter().collect();
        files.sort_unstable();
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .unix_permissions(WORLD_READABLE);
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (path, content) in &files {
            zip.start_file(path.as_str(), options)
                .and_then(|()| Ok(zip.write_all(content)?))
                .expect("a zip in memory");
        }
        Self {
            paths: files.into_iter().map(|(path, _)| path).collect(),
            bytes: zip.finish().expect("a zip in memory").into_inner(),
        }
    }
}

/// The first component of a path in `lambda/`: the package that the file belongs to.
fn top_folder(path: &str) -> &str {
    path.split_once('/').map_or(path, |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn order_of_the_files_does_not_change_the_bytes() {
        let one = || ("a/b.py".to_owned(), b"1".as_slice());
        let two = || ("a/c.py".to_owned(), b"2".as_slice());
        let sorted = DeploymentPackage::zip([one(), two()]);
        let reversed = DeploymentPackage::zip([two(), one()]);
        assert_eq!(sorted.bytes, reversed.bytes);
        assert_eq!(
            sorted.sha256_base64(),
            "JDhABdKSmVLAvNE8VCUGVx5utCKVtwdGYP130qJcNq8=",
            "every document holds these bytes: a new version of the zip crate must not change them"
        );
    }

    #[test]
    fn package_holds_the_handler() {
        for program in Program::ALL {
            let package = DeploymentPackage::new(program, []);
            let handler = format!("{}/handler.py", program.package());
            assert!(package.paths().any(|path| path == handler), "{program:?}");
        }
    }

    #[test]
    fn shared_packages_are_those_that_the_program_imports() {
        for program in Program::ALL {
            let handler = format!("{}/handler.py", program.package());
            let mut imported: BTreeSet<&str> = reachable_files(&handler)
                .into_iter()
                .map(top_folder)
                .collect();
            imported.remove(program.package());
            let shared = program.shared_packages().iter();
            let declared: BTreeSet<&str> = shared.map(|package| package.folder()).collect();
            assert_eq!(declared, imported, "{program:?}");
        }
    }

    #[test]
    fn drivers_come_with_the_programs_that_import_them() {
        for program in Program::ALL {
            let handler = format!("{}/handler.py", program.package());
            let imports_drivers = reachable_files(&handler).into_iter().any(|path| {
                imported_modules(path)
                    .iter()
                    .any(|module| ["pg8000", "pymysql"].contains(&module[0].as_str()))
            });
            assert_eq!(program.uses_databases(), imports_drivers, "{program:?}");
        }
    }

    #[test]
    fn certificate_authority_goes_to_the_programs_that_use_databases() {
        let holds_certificate = |program: Program| {
            let package = DeploymentPackage::new(program, [("source-payments", "PEM")]);
            package
                .paths()
                .any(|path| path == "common/trust/source-payments.pem")
        };
        assert!(holds_certificate(Program::Cutover));
        assert!(!holds_certificate(Program::Authorizer));
    }

    /// The files of `lambda/` that Python loads with `file`.
    fn reachable_files(file: &str) -> BTreeSet<&'static str> {
        let mut pending = vec![find(file).unwrap()];
        let mut reached = BTreeSet::new();
        while let Some(path) = pending.pop() {
            if reached.insert(path) {
                for module in imported_modules(path) {
                    pending.extend(files_of_module(&module));
                }
            }
        }
        reached
    }

    /// The modules that `path` imports. `from a import b` gives `a.b`: `b` may be a module.
    fn imported_modules(path: &str) -> Vec<Vec<String>> {
        let (_, content) = SOURCE_FILES.iter().find(|(name, _)| *name == path).unwrap();
        let source = std::str::from_utf8(content).unwrap();
        let mut modules = Vec::new();
        let mut lines = source.lines().map(str::trim);
        while let Some(line) = lines.next() {
            if let Some(names) = line.strip_prefix("import ") {
                modules.extend(names.split(',').map(|name| components(name).collect()));
            } else if let Some((module, names)) = line
                .strip_prefix("from ")
                .and_then(|rest| rest.split_once(" import "))
            {
                let mut names = names.to_owned();
                while names.starts_with('(') && !names.contains(')') {
                    names.push_str(lines.next().unwrap());
                }
                let names = names.trim_matches(['(', ')']).split(',');
                modules.extend(
                    names
                        .filter(|name| !name.trim().is_empty())
                        .map(|name| components(module).chain(components(name)).collect()),
                );
            }
        }
        modules
    }

    /// The components of a module's name, without the alias that follows it.
    fn components(name: &str) -> impl Iterator<Item = String> {
        let name = name.split_whitespace().next().unwrap_or_default();
        name.split('.').map(str::to_owned)
    }

    /// The files that Python loads for a module: its own, and those of the packages around it.
    fn files_of_module(module: &[String]) -> Vec<&'static str> {
        let prefixes = (1..=module.len()).map(|length| module[..length].join("/"));
        prefixes
            .flat_map(|prefix| [format!("{prefix}.py"), format!("{prefix}/__init__.py")])
            .filter_map(|file| find(&file))
            .collect()
    }

    fn find(file: &str) -> Option<&'static str> {
        let mut paths = SOURCE_FILES.iter().map(|(path, _)| *path);
        paths.find(|path| *path == file)
    }
}
