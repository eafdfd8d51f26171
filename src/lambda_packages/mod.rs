//! The programs of `lambda/`, and the zips that functions run.
//!
//! A zip is the same bytes wherever it is made: its files in order, stored rather than deflated (no
//! new version of a compressor redeploys a function), all of 1 January 1980, the first day that the
//! format knows.

mod archive;
mod calls;

pub use archive::Archive;
pub use calls::Calls;

use crate::config;

/// A program of the folder `lambda/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program {
    /// Asks for approvals, and takes the answers.
    Approval,
    /// Lets callers of an API in.
    Authorizer,
    /// Answers a custom resource with what the checks before and after a migration found.
    Checks,
    /// Carries out the steps of cutover and rollback.
    Cutover,
    /// Scores payments.
    FraudDetection,
    /// The payment API as one function.
    PaymentApi,
    /// Takes payments, and has others score and book them.
    PaymentValidation,
    /// Rotates secrets.
    Rotation,
    /// Books payments.
    TransactionProcessing,
    /// Compares source and target.
    Validation,
    /// Withdraws the new side from DNS.
    Withdrawal,
}

impl Program {
    /// Every program.
    pub const ALL: [Self; 11] = [
        Self::Approval,
        Self::Authorizer,
        Self::Checks,
        Self::Cutover,
        Self::FraudDetection,
        Self::PaymentApi,
        Self::PaymentValidation,
        Self::Rotation,
        Self::TransactionProcessing,
        Self::Validation,
        Self::Withdrawal,
    ];

    /// The program that a stack file names.
    pub fn named(program: config::Program) -> Self {
        match program {
            config::Program::PaymentApi => Self::PaymentApi,
            config::Program::PaymentValidation => Self::PaymentValidation,
            config::Program::FraudDetection => Self::FraudDetection,
            config::Program::TransactionProcessing => Self::TransactionProcessing,
        }
    }

    /// Its package in `lambda/`, and the first part of its archive's name.
    pub fn package(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Authorizer => "authorizer",
            Self::Checks => "checks",
            Self::Cutover => "cutover",
            Self::FraudDetection => "fraud_detection",
            Self::PaymentApi => "payment_api",
            Self::PaymentValidation => "payment_validation",
            Self::Rotation => "rotation",
            Self::TransactionProcessing => "transaction_processing",
            Self::Validation => "validation",
            Self::Withdrawal => "withdrawal",
        }
    }

    /// What Lambda calls.
    pub fn handler(self) -> String {
        format!("{}.handler.handle", self.package())
    }

    /// Whether it speaks to databases, and so needs their drivers.
    pub fn needs_drivers(self) -> bool {
        match self {
            Self::Cutover
            | Self::PaymentApi
            | Self::Rotation
            | Self::TransactionProcessing
            | Self::Validation => true,
            Self::Approval
            | Self::Authorizer
            | Self::Checks
            | Self::FraudDetection
            | Self::PaymentValidation
            | Self::Withdrawal => false,
        }
    }

    /// Whether it compares rows.
    fn reads_rows(self) -> bool {
        matches!(self, Self::Cutover | Self::Validation)
    }

    /// Its package, what it shares with another, and what all programs share, as Lambda takes them; `trusted` are the certificate
    /// authorities of databases outside AWS, as PEM, by name.
    pub fn archive<'a>(self, trusted: impl IntoIterator<Item = (&'a str, &'a str)>) -> Archive {
        let mut packages = vec![SHARED, self.package()];
        packages.extend(self.reads_rows().then_some(READING));
        let files = FILES.iter().filter(|(path, _)| {
            package_of(path).is_some_and(|package| packages.contains(&package))
        });
        let files = files.map(|(path, content)| ((*path).to_owned(), *content));
        let roots = trusted.into_iter().filter(|_| self.needs_drivers());
        let roots = roots.map(|(name, pem)| (format!("{TRUST}/{name}.pem"), pem.as_bytes()));
        Archive::of(files.chain(roots))
    }
}

/// The package that a file of `lambda/` lies in.
fn package_of(path: &str) -> Option<&str> {
    path.split_once('/').map(|(package, _)| package)
}

/// The package that every archive holds.
const SHARED: &str = "common";
/// The package of what reads rows to compare them.
const READING: &str = "reading";
/// Where programs look for certificate authorities.
const TRUST: &str = "common/trust";

/// Every file of every program, by its path in `lambda/`.
static FILES: &[(&str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/lambda_files.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_has_its_handler_and_what_all_share() {
        for program in Program::ALL {
            let archive = program.archive([]);
            let names: Vec<&str> = archive.files().collect();
            let handler = format!("{}/handler.py", program.package());
            assert!(names.contains(&handler.as_str()), "{program:?}: {names:?}");
            assert!(
                names.iter().any(|name| name.starts_with("common/")),
                "{program:?}: {names:?}"
            );
        }
    }

    #[test]
    fn every_archive_holds_the_packages_that_its_files_import() {
        let packages: Vec<&str> = FILES
            .iter()
            .filter_map(|(path, _)| package_of(path))
            .collect();
        for program in Program::ALL {
            let archive = program.archive([]);
            let held: Vec<&str> = archive.files().collect();
            for (path, content) in FILES.iter().filter(|(path, _)| held.contains(path)) {
                let text = String::from_utf8_lossy(content);
                let imported = text.lines().filter_map(|line| {
                    let line = line
                        .strip_prefix("from ")
                        .or(line.strip_prefix("import "))?;
                    line.split([' ', '.', ',']).next()
                });
                for name in imported.filter(|name| packages.contains(name)) {
                    let is_held = held.iter().any(|file| package_of(file) == Some(name));
                    assert!(is_held, "{program:?}: {path} imports {name}");
                }
            }
        }
    }

    #[test]
    fn the_authority_of_a_database_outside_travels_with_what_connects_to_it() {
        let files = |program: Program| {
            let archive = program.archive([("source-payments", "PEM")]);
            archive
                .files()
                .any(|file| file == "common/trust/source-payments.pem")
        };
        assert!(files(Program::Cutover));
        assert!(!files(Program::Authorizer));
    }
}
