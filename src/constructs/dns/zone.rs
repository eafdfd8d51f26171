//! Hosted zones. Existing zones are looked up by name, so a missing one fails the plan; a child zone belongs to the
//! stack.

use std::collections::BTreeMap;

use crate::aws;
use crate::aws::data;
use crate::aws::route53_record::{Alias, AliasArgs, Route53RecordArgs};
use crate::config::{ExistingZone as Config, Visibility};
use crate::constructs::core::SectionRef;
use crate::constructs::dns::child_zone::ChildZone;
use crate::newtypes::{DomainName, Key, PublicName};
use crate::terraform::tree::{Handle, Scope, Value};

/// A hosted zone.
#[derive(Clone, Copy, Debug)]
pub enum Zone {
    /// An existing zone.
    Existing(Handle<data::Route53Zone>),
    /// A zone of the stack.
    Child(ChildZone),
}

/// The hosted zones of an environment. Existing zones are looked up on first use.
#[derive(Debug, Default)]
pub struct Zones {
    existing: BTreeMap<Key, Zone>,
    children: BTreeMap<PublicName, ChildZone>,
}

impl Zones {
    /// The existing zone of `section`, looked up below `root` on first use.
    pub fn get(&mut self, root: &mut Scope<'_>, section: SectionRef<'_, Config>) -> Zone {
        *self
            .existing
            .entry(section.key().clone())
            .or_insert_with(|| Zone::look_up(&mut section.scope(root), section))
    }

    /// The authoritative zone of `name`: the closest child zone of `section`, or the existing zone itself.
    pub fn authoritative_zone(
        &mut self,
        root: &mut Scope<'_>,
        section: SectionRef<'_, Config>,
        name: &PublicName,
    ) -> Zone {
        let existing = PublicName::from(&section.name);
        let children = self.children.iter();
        let nearest = children
            .filter(|(child, _)| name.is_in(child) && child.is_in(&existing))
            .max_by_key(|(child, _)| child.as_str().len());
        match nearest {
            Some((_, zone)) => Zone::Child(*zone),
            None => self.get(root, section),
        }
    }

    /// The child zone `name`, if it was added.
    pub fn child(&self, name: &PublicName) -> Option<ChildZone> {
        self.children.get(name).copied()
    }

    /// Makes `zone` the authoritative zone of `name` and the names below it.
    pub fn add_child(&mut self, name: PublicName, zone: ChildZone) {
        self.children.insert(name, zone);
    }
}

/// Target of an alias record.
#[derive(Clone, Debug)]
pub struct AliasTarget {
    /// DNS name.
    pub name: Value<String>,
    /// Hosted zone id of the AWS service.
    pub zone_id: Value<String>,
}

impl Zone {
    /// Looks up the existing zone of `section`.
    pub fn look_up(scope: &mut Scope<'_>, section: SectionRef<'_, Config>) -> Self {
        let zone = data::Route53Zone::new()
            .name(section.name.to_string())
            .private_zone(section.visibility == Visibility::Private);
        Self::Existing(scope.add("zone", zone))
    }

    /// The zone id.
    pub fn id(&self) -> Value<String> {
        match self {
            Self::Existing(zone) => zone.zone_id(),
            Self::Child(zone) => zone.id(),
        }
    }

    /// Adds an alias record from `name` to `target`, without evaluation of target health.
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
