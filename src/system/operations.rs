//! What keeps the system watched: buckets of record, topics, alarms, the audit trail.

use super::environment::Composer;
use crate::config::{
    Alerts as AlertsConfig, Bucket as BucketConfig, BudgetAlarm, Topic as About, Trail,
};
use crate::constructs::alarms::Told;
use crate::constructs::alerts::Topic;
use crate::constructs::audit::{self, AuditTrail};
use crate::constructs::bucket::{BucketStatement, PrivateBucket};
use crate::constructs::budget::budget;
use crate::constructs::entry::{Built, Entry};
use crate::constructs::key::DataClass;
use crate::constructs::storage::storage;
use crate::quantity::Region;
use crate::tree::Value;

pub(super) type Buckets = Built<BucketConfig, PrivateBucket>;

/// The topics of the stack, by section and region.
pub(super) struct Topics<'a> {
    topics: Vec<(Entry<'a, AlertsConfig>, Region, Topic)>,
}

impl Topics<'_> {
    /// Whom alarms of `region` about this tell.
    pub(super) fn about(&self, about: About, region: Region) -> Told {
        let told = self.topics.iter();
        Told::by(
            told.filter(|(entry, there, _)| *there == region && entry.about.contains(&about))
                .map(|(_, _, topic)| *topic),
        )
    }

    /// The first topic of `region` that is told about this: an event goes to one.
    pub(super) fn first_about(&self, about: About, region: Region) -> Option<Value<String>> {
        let mut topics = self.topics.iter();
        topics
            .find(|(entry, there, _)| *there == region && entry.about.contains(&about))
            .map(|(_, _, topic)| topic.arn())
    }

    /// The topic of a section in `region`.
    pub(super) fn of(&self, entry: Entry<'_, AlertsConfig>, region: Region) -> Option<Topic> {
        let mut topics = self.topics.iter();
        topics
            .find(|(other, there, _)| *there == region && other.key() == entry.key())
            .map(|(_, _, topic)| *topic)
    }
}

impl<'a> Composer<'a> {
    pub(super) fn buckets(&mut self) -> Buckets {
        Built::all(&self.stack.bucket, |entry| {
            let region = entry.region.unwrap_or(self.stack.primary_region());
            let audited = self.stack.audit.as_ref();
            let keeps_trail = audited.is_some_and(|audit| {
                audit.trail == Trail::Create && audit.bucket.name() == entry.key()
            });
            let (class, statements): (_, Vec<BucketStatement>) = if keeps_trail {
                (
                    DataClass::Audit,
                    audit::statements(&self.context, region).into(),
                )
            } else {
                (DataClass::Objects, Vec::new())
            };
            let key = self.key(class, region);
            let mut root = self.root.in_region(region.as_str());
            let mut scope = entry.scope(&mut root);
            storage(&mut scope, &self.context, entry, key, statements)
        })
    }

    /// The audit trail, which also records who touches the objects of the stack's other buckets.
    pub(super) fn audit(&mut self, buckets: &Buckets) -> Option<AuditTrail> {
        let config = self.stack.audit.as_ref()?;
        if config.trail == Trail::Absent {
            return None;
        }
        let entry = Entry::of(&self.stack.bucket, &config.bucket);
        let region = entry.region.unwrap_or(self.stack.primary_region());
        let others = buckets.iter().filter(|(key, _)| *key != entry.key());
        let inputs = audit::Inputs {
            region,
            bucket: *buckets.of(entry),
            watched: others.map(|(_, bucket)| bucket.arn()).collect(),
            logs_key: self.key(DataClass::Logs, region),
            retention: config.log_retention,
        };
        let mut root = self.root.in_region(region.as_str());
        let mut scope = root.child("audit");
        Some(AuditTrail::new(&mut scope, &self.context, inputs))
    }

    /// The budget that warns. Loading sees to it that somebody is told about costs.
    pub(super) fn budget(&mut self, topics: &Topics<'_>) {
        let Some(config) = &self.stack.budget else {
            return;
        };
        let region = self.stack.primary_region();
        let topic = topics.first_about(About::Cost, region);
        if let (BudgetAlarm::Create, Some(topic)) = (config.alarm, topic) {
            let allocation = self.context.names.identity(&self.stack.stack);
            let monthly = config.monthly_usd;
            budget(&mut self.root, &self.context, monthly, &allocation, &topic);
        }
    }

    /// Each topic in every region of the stack.
    pub(super) fn topics(&mut self) -> Topics<'a> {
        let mut topics = Vec::new();
        for entry in Entry::all(&self.stack.alerts) {
            for region in &self.stack.regions {
                let key = self.key(DataClass::Alerts, *region);
                let mut root = self.root.in_region(region.as_str());
                let mut scope = entry.scope(&mut root);
                let topic = Topic::new(&mut scope, &self.context, entry, *region, key);
                topics.push((entry, *region, topic));
            }
        }
        Topics { topics }
    }
}
