//! The public names of a stack.

use crate::config::sections::{Certificate, Stack};
use crate::diagnostic::KeyPath;
use crate::newtypes::PublicName;

/// A public name and its place in the stack file.
#[derive(Clone, Debug)]
pub struct PublicNameUse {
    /// The name.
    pub name: PublicName,
    /// Its place.
    pub key_path: KeyPath,
    /// The kind of resource that it names.
    pub kind: PublicNameKind,
}

/// The kind of resource that a public name names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicNameKind {
    /// A hosted zone or a record.
    Dns,
    /// A certificate.
    Certificate,
}

impl Stack {
    /// The public names, in the order of their sections.
    pub fn public_names(&self) -> Vec<PublicNameUse> {
        let mut names = Vec::new();
        let mut add = |name: &PublicName, key_path: KeyPath, kind: PublicNameKind| {
            names.push(PublicNameUse {
                name: name.clone(),
                key_path,
                kind,
            });
        };
        for (path, dns) in self.dns.with_key_paths() {
            if let Some(child) = &dns.child {
                add(child, path.key("child"), PublicNameKind::Dns);
            }
            add(&dns.name, path.key("name"), PublicNameKind::Dns);
            // `config::rules::dns` requires room for the label.
            if let Ok(new_side) = dns.new_side_name() {
                add(&new_side, path.key("name"), PublicNameKind::Dns);
            }
        }
        for (path, balancer) in self.balancer.with_key_paths() {
            if let Certificate::Requested(requested) = &balancer.certificate {
                let path = path.key("certificate").key("requested").key("name");
                add(&requested.name, path, PublicNameKind::Certificate);
            }
        }
        for (path, api) in self.api.with_key_paths() {
            if let Some(domain) = &api.domain {
                let path = path.key("domain").key("name");
                add(&domain.name, path, PublicNameKind::Certificate);
            }
        }
        names
    }
}
