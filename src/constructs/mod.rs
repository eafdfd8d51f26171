//! The parts of a system: each takes typed configuration and the handles that it needs, and returns
//! the handles that it offers. No construct knows a stack's name, a phase or the file system.

pub mod account;
pub mod alarms;
pub mod alerts;
pub mod api;
pub mod audit;
pub mod balancer;
pub mod bucket;
pub mod bucket_replica;
pub mod budget;
pub mod certificate;
pub mod child_zone;
pub mod custom_resource;
pub mod dashboard;
pub mod database;
pub mod dns;
pub mod entry;
pub mod events;
pub mod existing_vpc;
pub mod fargate;
pub mod function;
pub mod ignored;
pub mod image;
pub mod instances;
pub mod key;
pub mod logs;
pub mod machine_image;
pub mod network;
pub mod notice;
pub mod parameters;
pub mod policy;
pub mod reach;
pub mod registry;
pub mod replication;
pub mod resolver;
pub mod role;
pub mod rotation;
pub mod secret;
pub mod secret_key;
pub mod singletons;
pub mod state;
pub mod storage;
pub mod table;
pub mod traffic;
pub mod transactions;
pub mod transit;
pub mod waf;
pub mod withdrawal;
pub mod workflow;
pub mod zone;

use crate::config::Protection;
use crate::naming::Names;
use crate::terraform::tree::{Declared, Managed, Map, Value};
use account::Account;

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
    pub fn keep<K: Managed>(&self, element: Declared<K>) -> Declared<K> {
        match self.protection {
            Protection::Protected => element.prevent_destroy(),
            Protection::Destroyable => element,
        }
    }
}
