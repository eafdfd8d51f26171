//! What keeps the system watched: buckets of record, topics, alarms, the audit trail.

use super::bucket_replicas::BucketReplicas;
use super::environment::Composer;
use super::tables::Tables;
use crate::config::{
    Alerts as AlertsConfig, Bucket as BucketConfig, BudgetAlarm, Topic as About, Trail,
};
use crate::constructs::account::audit::{self, AuditTrail};
use crate::constructs::account::budget::budget;
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::data::bucket::{BucketStatement, PrivateBucket};
use crate::constructs::data::data_bucket::storage;
use crate::constructs::observability::alarms::AlarmActions;
use crate::constructs::observability::topic::Topic;
use crate::constructs::security::kms_key::DataClass;
use crate::newtypes::Region;
use crate::terraform::tree::Value;

pub(super) type Buckets = SectionMap<BucketConfig, PrivateBucket>;

/// The topics of the stack, by section and region.
pub(super) struct Topics<'a> {
    topics: Vec<(SectionRef<'a, AlertsConfig>, Region, Topic)>,
}

impl Topics<'_> {
    /// Whom alarms of `region` about this tell.
    pub(super) fn about(&self, about: About, region: Region) -> AlarmActions {
        let told = self.topics.iter();
        AlarmActions::notify(
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
    pub(super) fn of(&self, entry: SectionRef<'_, AlertsConfig>, region: Region) -> Option<Topic> {
        let mut topics = self.topics.iter();
        topics
            .find(|(other, there, _)| *there == region && other.key() == entry.key())
            .map(|(_, _, topic)| *topic)
    }
}

impl<'a> Composer<'a> {
    pub(super) fn buckets(&mut self) -> Buckets {
        SectionMap::build(&self.stack.bucket, |entry| {
            let region = self.bucket_region(entry);
            let class = self.bucket_class(entry);
            let statements: Vec<BucketStatement> = match class {
                DataClass::Audit => audit::statements(&self.context, region).into(),
                _ => Vec::new(),
            };
            let key = self.key(class, region);
            let mut root = self.root.in_region(region.as_str());
            let mut scope = entry.scope(&mut root);
            storage(&mut scope, &self.context, entry, key, statements)
        })
    }

    /// What a bucket keeps: the audit trail, or anything else.
    pub(super) fn bucket_class(&self, entry: SectionRef<'_, BucketConfig>) -> DataClass {
        match &self.stack.audit {
            Some(audit) if audit.trail == Trail::Create && audit.bucket.name() == entry.key() => {
                DataClass::Audit
            }
            _ => DataClass::Objects,
        }
    }

    /// The audit trail, which also records who touches the items of the stack's tables, the objects of its
    /// other buckets, and their copies. Its own bucket and that one's copy are left out: records of records never end.
    pub(super) fn audit(
        &mut self,
        buckets: &Buckets,
        replicas: &BucketReplicas,
        tables: &Tables,
    ) -> Option<AuditTrail> {
        let config = self.stack.audit.as_ref()?;
        if config.trail == Trail::Absent {
            return None;
        }
        let entry = SectionRef::resolve(&self.stack.bucket, &config.bucket);
        let region = self.bucket_region(entry);
        let others = buckets.iter().filter(|(key, _)| *key != entry.key());
        let others = others.map(|(_, bucket)| bucket.arn());
        let copies = replicas.iter().filter(|(key, _)| *key != entry.key());
        let copies = copies.filter_map(|(_, replica)| Some(replica.as_ref()?.bucket.arn()));
        let tables = tables.iter().flat_map(|(_, table)| {
            let regions = table.regions();
            regions.map(|region| table.arn_in(&self.context, region))
        });
        let tables = tables.collect();
        let inputs = audit::Inputs {
            region,
            bucket: *buckets.of(entry),
            buckets: others.chain(copies).collect(),
            tables,
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

    /// Each topic in every region that has alarms, or may have.
    pub(super) fn topics(&mut self) -> Topics<'a> {
        let mut topics = Vec::new();
        for entry in SectionRef::all(&self.stack.alerts) {
            for region in self.stack.reached_regions() {
                let key = self.key(DataClass::Alerts, region);
                let mut root = self.root.in_region(region.as_str());
                let mut scope = entry.scope(&mut root);
                let topic = Topic::new(&mut scope, &self.context, entry, region, key);
                topics.push((entry, region, topic));
            }
        }
        Topics { topics }
    }
}
