//! SNS topics of the alerts.

use crate::compose::composer::Composer;
use crate::config::{AlertCategory, Alerts as AlertsConfig};
use crate::constructs::core::SectionRef;
use crate::constructs::observability::alarms::AlarmActions;
use crate::constructs::observability::topic::{Topic, TopicProps};
use crate::constructs::security::kms_key::DataClass;
use crate::newtypes::Region;
use crate::terraform::tree::Value;

/// The topics of the stack, by section and region.
pub(crate) struct Topics<'a> {
    topics: Vec<(SectionRef<'a, AlertsConfig>, Region, Topic)>,
}

impl Topics<'_> {
    /// Actions of alarms in `region` with this category.
    pub(crate) fn actions_for(&self, category: AlertCategory, region: Region) -> AlarmActions {
        let topics = self.topics.iter();
        AlarmActions::notify(
            topics
                .filter(|(section, topic_region, _)| {
                    *topic_region == region && section.categories.contains(&category)
                })
                .map(|(_, _, topic)| *topic),
        )
    }

    /// The first topic in `region` that receives this category. An event rule has one target.
    pub(crate) fn first_topic_for(
        &self,
        category: AlertCategory,
        region: Region,
    ) -> Option<Value<String>> {
        let mut topics = self.topics.iter();
        topics
            .find(|(section, topic_region, _)| {
                *topic_region == region && section.categories.contains(&category)
            })
            .map(|(_, _, topic)| topic.arn())
    }

    /// The topic of a section in `region`.
    pub(crate) fn of(
        &self,
        section: SectionRef<'_, AlertsConfig>,
        region: Region,
    ) -> Option<Topic> {
        let mut topics = self.topics.iter();
        topics
            .find(|(other, topic_region, _)| {
                *topic_region == region && other.key() == section.key()
            })
            .map(|(_, _, topic)| *topic)
    }
}

/// Adds each topic in every region that can have alarms.
pub(crate) fn add<'a>(composer: &mut Composer<'a>) -> Topics<'a> {
    let mut topics = Vec::new();
    for section in SectionRef::all(&composer.stack.alerts) {
        for region in composer.stack.reached_regions() {
            let key = composer.key(DataClass::Alerts, region);
            let mut root = composer.root.in_region(region.as_str());
            let mut scope = section.scope(&mut root);
            let topic = Topic::new(
                &mut scope,
                &composer.context,
                &TopicProps {
                    section,
                    region,
                    key,
                },
            );
            topics.push((section, region, topic));
        }
    }
    Topics { topics }
}
