//! Hosted zones: those that exist are looked up by name, so that a missing one fails the plan; a child of
//! one can be this stack's own.

use std::collections::BTreeMap;

use crate::aws;
use crate::aws::data;
use crate::aws::route53_record::{Alias, AliasArgs, Route53RecordArgs};
use crate::config::{ExistingZone as Config, Visibility};
use crate::constructs::core::SectionRef;
use crate::newtypes::{DomainName, Key};
use crate::terraform::tree::{Handle, Scope, Value};

/// A hosted zone.
#[derive(Clone, Copy, Debug)]
pub enum Zone {
    /// One that was looked up.
    Existing(Handle<data::Route53Zone>),
    /// One that this stack makes.
    Child(Handle<aws::Route53Zone>),
}

/// The zones of a system, each looked up when it is first asked for.
#[derive(Debug, Default)]
pub struct Zones {
    existing: BTreeMap<Key, Zone>,
    children: BTreeMap<DomainName, Zone>,
}

impl Zones {
    /// The zone that `config` describes, looked up below `root` if it is the first time.
    pub fn get(&mut self, root: &mut Scope<'_>, config: SectionRef<'_, Config>) -> Zone {
        *self
            .existing
            .entry(config.key().clone())
            .or_insert_with(|| Zone::new(&mut config.scope(root), config))
    }

    /// The zone that answers for `name`: once a child is delegated, what its parent says of a name in it
    /// is not seen any more.
    pub fn authoritative_zone(
        &mut self,
        root: &mut Scope<'_>,
        config: SectionRef<'_, Config>,
        name: &DomainName,
    ) -> Zone {
        let children = self.children.iter();
        let nearest = children
            .filter(|(child, _)| name.is_in(child) && child.is_in(&config.name))
            .max_by_key(|(child, _)| child.as_str().len());
        match nearest {
            Some((_, zone)) => *zone,
            None => self.get(root, config),
        }
    }

    /// The zone of the stack's own with this name, if it is made already.
    pub fn child(&self, name: &DomainName) -> Option<Zone> {
        self.children.get(name).copied()
    }

    /// From now on `zone` answers for `name` and what is below it.
    pub fn delegate(&mut self, name: DomainName, zone: Handle<aws::Route53Zone>) {
        self.children.insert(name, Zone::Child(zone));
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
    pub fn new(scope: &mut Scope<'_>, config: SectionRef<'_, Config>) -> Self {
        let zone = data::Route53Zone::new()
            .name(config.name.to_string())
            .private_zone(config.visibility == Visibility::Private);
        Self::Existing(scope.add("zone", zone))
    }

    /// Its id.
    pub fn id(&self) -> Value<String> {
        match self {
            Self::Existing(zone) => zone.zone_id(),
            Self::Child(zone) => zone.zone_id(),
        }
    }

    /// Adds a record that leads `name` to `target`, whatever its health: there is no other.
    pub fn add_alias_record(
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
