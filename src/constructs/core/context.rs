//! Values that every construct takes.

use super::account::Account;
use crate::config::Protection;
use crate::naming::Names;
use crate::terraform::tree::{Declared, Managed, Map, Value};

/// What every construct may need.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Makes names.
    pub names: &'a Names,
    /// Whether stateful resources may be destroyed.
    pub protection: Protection,
    /// The account that is applied to.
    pub account: Account,
}

impl Context<'_> {
    /// The tag that the console shows, for what has no name of its own.
    pub fn name_tag<'k>(
        &self,
        token: &str,
        keys: impl IntoIterator<Item = &'k str>,
    ) -> Value<Map<String>> {
        Value::from([("Name", self.names.keyed(token, keys))])
    }

    /// A stateful element, guarded by Terraform where the environment is protected.
    pub fn protect<K: Managed>(&self, element: Declared<K>) -> Declared<K> {
        match self.protection {
            Protection::Protected => element.prevent_destroy(),
            Protection::Destroyable => element,
        }
    }
}
