//! Values that every construct takes.

use super::account::Account;
use crate::config::Protection;
use crate::naming::Names;
use crate::terraform::tree::{Declared, Managed, Map, Value};

/// Values that every construct takes.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Physical names of the environment.
    pub names: &'a Names,
    /// Whether stateful resources can be destroyed.
    pub protection: Protection,
    /// The account that the configuration is applied in.
    pub account: Account,
}

impl Context<'_> {
    /// The `Name` tag of a resource without a name argument.
    pub fn name_tag<'k>(
        &self,
        token: &str,
        keys: impl IntoIterator<Item = &'k str>,
    ) -> Value<Map<String>> {
        Value::from([("Name", self.names.keyed(token, keys))])
    }

    /// Sets `prevent_destroy` on a stateful element where the environment is protected.
    pub fn protect<K: Managed>(&self, element: Declared<K>) -> Declared<K> {
        match self.protection {
            Protection::Protected => element.prevent_destroy(),
            Protection::Destroyable => element,
        }
    }
}
