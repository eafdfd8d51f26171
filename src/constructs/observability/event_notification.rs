//! Notifications of AWS events: an `EventBridge` rule whose target is a topic.

use crate::aws;
use crate::aws::cloudwatch_event_target::CloudwatchEventTargetArgs;
use crate::terraform::tree::{Any, Handle, Object, Scope, Value};

/// A notification of events that match a pattern.
#[derive(Debug)]
pub struct EventNotification {
    /// Name of the rule.
    pub name: String,
    /// Description of the rule.
    pub description: &'static str,
    /// Event pattern.
    pub pattern: Object,
}

impl EventNotification {
    /// Sends matching events to `topic` and returns the rule. The policies of the topic and its key must allow
    /// `events.amazonaws.com`.
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
