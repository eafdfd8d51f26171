//! The domain names that the public names of a stack file resolve to in one environment.

use std::collections::BTreeMap;

use crate::config::{PublicNameKind, PublicNameUse, Stack};
use crate::diagnostic::Diagnostic;
use crate::naming::Names;
use crate::newtypes::{DomainName, PublicName};

/// The maximum length of a certificate's common name, in characters (ACM, `RequestCertificate`).
const MAX_COMMON_NAME_LENGTH: usize = 64;

/// The domain name of each public name of a stack.
#[derive(Debug)]
pub(crate) struct PublicNames(BTreeMap<PublicName, DomainName>);

impl PublicNames {
    /// Resolves the public names of `stack`.
    ///
    /// # Errors
    /// The names that are too long in this environment.
    pub(super) fn resolve(stack: &Stack, names: &Names) -> Result<Self, Vec<Diagnostic>> {
        let (mut resolved, mut wrong) = (BTreeMap::new(), Vec::new());
        for public in stack.public_names() {
            match resolve(&public, names) {
                Ok(domain) => {
                    resolved.insert(public.name, domain);
                }
                Err(diagnostic) => wrong.push(diagnostic.at(public.key_path)),
            }
        }
        if wrong.is_empty() {
            Ok(Self(resolved))
        } else {
            Err(wrong)
        }
    }

    /// The domain name of `name`, a public name of the stack.
    #[expect(
        clippy::indexing_slicing,
        reason = "the map contains every public name of the stack"
    )]
    pub(crate) fn domain_of(&self, name: &PublicName) -> &DomainName {
        &self.0[name]
    }
}

fn resolve(public: &PublicNameUse, names: &Names) -> Result<DomainName, Diagnostic> {
    let domain = names.resolve(&public.name).map_err(|invalid| {
        Diagnostic::error(invalid.problem()).help(
            invalid
                .suggestion()
                .unwrap_or("choose a shorter name")
                .to_owned(),
        )
    })?;
    let length = domain.as_str().len();
    if public.kind == PublicNameKind::Certificate && length > MAX_COMMON_NAME_LENGTH {
        return Err(Diagnostic::error(format!(
            "`name` is `{}`, which resolves to `{domain}` with {length} characters; the limit of a certificate is {MAX_COMMON_NAME_LENGTH}",
            public.name
        ))
        .help("shorten the name or the suffix"));
    }
    Ok(domain)
}
