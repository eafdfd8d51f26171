//! Deployment packages as zip files.

use std::collections::BTreeSet;
use std::io::{Cursor, Write as _};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::{Program, imports};

/// A zip file of a program and the shared modules that it imports.
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
pub(super) const CA_FOLDER: &str = "database/ca";
/// File permissions: Lambda reads the files as a user of its own.
const WORLD_READABLE: u32 = 0o644;

impl DeploymentPackage {
    /// Packages `program`.
    ///
    /// `ca_certificates` are the certificate authorities of the databases that it connects to, as PEM, by name.
    pub fn new<'a>(
        program: Program,
        ca_certificates: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let paths = source_paths(program);
        let sources = SOURCE_FILES
            .iter()
            .filter(|(path, _)| paths.contains(path))
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

/// The files of `program`: its own package, and the modules that it imports from shared packages.
fn source_paths(program: Program) -> BTreeSet<&'static str> {
    let paths = || SOURCE_FILES.iter().map(|(path, _)| *path);
    let own = paths().filter(|path| top_folder(path) == program.package());
    imports::closure(own, &paths().collect(), content)
}

/// The content of a file of `lambda/`.
fn content(path: &str) -> &'static [u8] {
    let file = SOURCE_FILES.iter().find(|(known, _)| *known == path);
    file.map_or(&[], |(_, content)| content)
}

/// The first component of a path in `lambda/`: the package that the file belongs to.
fn top_folder(path: &str) -> &str {
    path.split_once('/').map_or(path, |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
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
    fn shared_modules_come_with_the_programs_that_import_them() {
        let holds = |program: Program, path: &str| source_paths(program).contains(path);
        assert!(holds(Program::Approval, "migration/checkpoints.py"));
        assert!(!holds(Program::Approval, "migration/replication.py"));
        assert!(holds(Program::FraudDetection, "payments/transactions.py"));
        assert!(!holds(Program::FraudDetection, "payments/writer.py"));
        assert!(!holds(Program::Cutover, "payments/payment.py"));
        assert!(holds(Program::Rotation, "payments/schema.sql"));
        assert!(!holds(Program::PaymentApi, "payments/schema.sql"));
    }

    #[test]
    fn drivers_come_with_the_programs_that_import_them() {
        for program in Program::ALL {
            let imports_driver = ["database/postgresql.py", "database/mysql.py"]
                .iter()
                .any(|path| source_paths(program).contains(path));
            assert_eq!(program.uses_databases(), imports_driver, "{program:?}");
        }
    }

    #[test]
    fn certificate_authority_goes_to_the_programs_that_use_databases() {
        let holds_certificate = |program: Program| {
            let package = DeploymentPackage::new(program, [("source-payments", "PEM")]);
            package
                .paths()
                .any(|path| path == "database/ca/source-payments.pem")
        };
        assert!(holds_certificate(Program::Cutover));
        assert!(!holds_certificate(Program::Authorizer));
    }
}
