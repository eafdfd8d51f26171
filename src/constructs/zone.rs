//! Hosted zones that exist: looked up by name, so that a missing one fails the plan.

use std::collections::BTreeMap;

use super::entry::Entry;
use crate::aws;
use crate::aws::data;
use crate::aws::route53_record::{Alias, AliasArgs, Route53RecordArgs};
use crate::config::{ExistingZone as Config, Visibility};
use crate::quantity::{DomainName, Key};
use crate::tree::{Handle, Scope, Value};

/// A hosted zone that was looked up.
#[derive(Clone, Copy, Debug)]
pub struct Zone {
    zone: Handle<data::Route53Zone>,
}

/// The zones of a system, each looked up when it is first asked for.
#[derive(Debug, Default)]
pub struct Zones(BTreeMap<Key, Zone>);

impl Zones {
    /// The zone that `config` describes, looked up below `root` if it is the first time.
    pub fn get(&mut self, root: &mut Scope<'_>, config: Entry<'_, Config>) -> Zone {
        *self
            .0
            .entry(config.key().clone())
            .or_insert_with(|| Zone::new(&mut config.scope(root), config))
    }
}

/// What an alias record leads to.
#[derive(Clone, Debug)]
pub struct AliasTarget {
    /// Its name in DNS.
    pub name: Value<String>,
    /// The zone that AWS keeps that name in.
    pub zone_id: Value<String>,
}

impl Zone {
    /// Looks up what `config` describes.
    pub fn new(scope: &mut Scope<'_>, config: Entry<'_, Config>) -> Self {
        let zone = data::Route53Zone::new()
            .name(config.name.to_string())
            .private_zone(config.visibility == Visibility::Private);
        Self {
            zone: scope.add("zone", zone),
        }
    }

    /// Its id.
    pub fn id(&self) -> Value<String> {
        self.zone.zone_id()
    }

    /// Adds a record that leads `name` to `target`, whatever its health: there is no other.
    pub fn lead(
        &self,
        scope: &mut Scope<'_>,
        name: &DomainName,
        target: AliasTarget,
    ) -> Handle<aws::Route53Record> {
        let record = aws::Route53Record::new(Route53RecordArgs {
            name: name.to_string().into(),
            r#type: "A".into(),
            zone_id: self.id(),
        })
        .alias(Alias::new(AliasArgs {
            evaluate_target_health: false.into(),
            name: target.name,
            zone_id: target.zone_id,
        }));
        scope.add("record", record)
    }
}
