//! Events that somebody is told of: an `EventBridge` rule, and a topic.

use crate::aws;
use crate::aws::cloudwatch_event_target::CloudwatchEventTargetArgs;
use crate::terraform::tree::{Any, Handle, Object, Scope, Value};

/// Events of one kind.
#[derive(Debug)]
pub struct EventNotification {
    /// The rule's name.
    pub name: String,
    /// What the events mean, for who is told.
    pub description: &'static str,
    /// Which events.
    pub pattern: Object,
}

impl EventNotification {
    /// Sends the events to `topic`, whose policy and key let `events.amazonaws.com` in; the rule is returned.
    pub fn send_to(
        self,
        scope: &mut Scope<'_>,
        topic: &Value<String>,
    ) -> Handle<aws::CloudwatchEventRule> {
        let rule = scope.add(
            "rule",
            aws::CloudwatchEventRule::new()
                .name(self.name)
                .description(self.description)
                .event_pattern(Value::<Any>::from(self.pattern).to_json()),
        );
        let target = aws::CloudwatchEventTarget::new(CloudwatchEventTargetArgs {
            arn: topic.clone(),
            rule: rule.name(),
        });
        scope.add("target", target);
        rule
    }
}
