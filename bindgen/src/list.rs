//! `resources.toml`: which types are bound, of which provider.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};

/// What a person wrote down.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// The provider and its one version.
    pub provider: Provider,
    resources: Groups,
    data_sources: Groups,
    ephemeral_resources: Groups,
}

/// A provider at a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Its address below the public registry: `hashicorp/aws`.
    pub source: String,
    /// Exactly this version.
    pub version: String,
}

/// The three things that Terraform takes from a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// What it creates.
    Resource,
    /// What it looks up.
    Data,
    /// What it opens for a run and forgets.
    Ephemeral,
}

type Groups = BTreeMap<String, Vec<String>>;

impl Mode {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Resource, Self::Data, Self::Ephemeral];
}

impl List {
    /// Reads the list; a type that stands twice in one section is an error.
    pub fn parse(text: &str) -> Result<Self> {
        let list: Self = toml::from_str(text).context("resources.toml")?;
        for mode in Mode::ALL {
            list.types(mode)?;
        }
        Ok(list)
    }

    /// The types of one section, whatever their groups.
    pub fn types(&self, mode: Mode) -> Result<BTreeSet<&str>> {
        let groups = match mode {
            Mode::Resource => &self.resources,
            Mode::Data => &self.data_sources,
            Mode::Ephemeral => &self.ephemeral_resources,
        };
        let mut types = BTreeSet::new();
        for type_name in groups.values().flatten() {
            ensure!(
                types.insert(type_name.as_str()),
                "`{type_name}` is listed twice as {mode:?} in resources.toml"
            );
        }
        Ok(types)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_resources(resources: &str) -> Result<List> {
        List::parse(&format!(
            "provider = {{ source = 'hashicorp/aws', version = '1.0.0' }}\n\
             [data_sources]\n[ephemeral_resources]\n[resources]\n{resources}"
        ))
    }

    #[test]
    fn groups_have_no_effect() {
        let list = with_resources("b = ['aws_vpc']\na = ['aws_eip']").unwrap();
        let types: Vec<&str> = list.types(Mode::Resource).unwrap().into_iter().collect();
        assert_eq!(types, ["aws_eip", "aws_vpc"]);
    }

    #[test]
    fn duplicate_type_is_an_error() {
        let error = with_resources("b = ['aws_vpc']\na = ['aws_vpc']").unwrap_err();
        assert!(
            error.to_string().contains("`aws_vpc` is listed twice"),
            "{error}"
        );
    }
}
