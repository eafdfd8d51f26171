//! SNS topics of alerts, one in each region: an alarm can notify topics of its own region only.

use crate::aws;
use crate::aws::sns_topic_policy::SnsTopicPolicyArgs;
use crate::aws::sns_topic_subscription::SnsTopicSubscriptionArgs;
use crate::config::Alerts as Config;
use crate::constructs::core::{Account, Context, Policy, Principal, SectionRef, Statement};
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::Region;
use crate::terraform::tree::{Handle, Scope, Value};

/// An SNS topic with its policy and subscriptions.
#[derive(Clone, Copy, Debug)]
pub struct Topic {
    topic: Handle<aws::SnsTopic>,
}

/// Arguments of [`Topic::new`].
#[derive(Clone, Copy, Debug)]
pub struct TopicProps<'a> {
    /// The section.
    pub section: SectionRef<'a, Config>,
    /// Region of the topic, and of the scope.
    pub region: Region,
    /// Key that encrypts messages.
    pub key: KmsKey,
}

impl Topic {
    /// Adds a topic.
    pub fn new(scope: &mut Scope<'_>, context: &Context<'_>, props: &TopicProps<'_>) -> Self {
        let mut scope = scope.child(props.region.short());
        let topic = aws::SnsTopic::new()
            .name(
                context
                    .names
                    .keyed("alerts", [props.section.physical_name_key()]),
            )
            .kms_master_key_id(props.key.arn());
        let topic = scope.add("topic", context.protect(topic));
        scope.add(
            "policy",
            aws::SnsTopicPolicy::new(SnsTopicPolicyArgs {
                arn: topic.arn(),
                policy: policy(context.account, topic).to_json(),
            }),
        );
        for email in &props.section.config().email {
            let subscription = aws::SnsTopicSubscription::new(SnsTopicSubscriptionArgs {
                endpoint: email.to_string().into(),
                protocol: "email".into(),
                topic_arn: topic.arn(),
            });
            scope
                .child("email")
                .add(dashed(email.as_str()), subscription);
        }
        Self { topic }
    }

    /// The topic ARN.
    pub fn arn(&self) -> Value<String> {
        self.topic.arn()
    }
}

fn policy(account: Account, topic: Handle<aws::SnsTopic>) -> Policy {
    let publish = || Statement::allow(["sns:Publish"], [topic.arn()]);
    let services = [
        "budgets.amazonaws.com",
        "cloudwatch.amazonaws.com",
        "rds.amazonaws.com",
    ];
    let services = services.into_iter().fold(
        publish().sid("ServicesOfThisAccount").condition(
            "StringEquals",
            "aws:SourceAccount",
            account.id(),
        ),
        |statement, service| statement.principal(Principal::Service(service.into())),
    );
    // EventBridge does not support conditions (EventBridge user guide, "Using resource-based policies").
    let events = publish()
        .sid("EventRules")
        .principal(Principal::Service("events.amazonaws.com".into()));
    let tls_only = Statement::deny(["sns:Publish"], [topic.arn()])
        .sid("TlsOnly")
        .principal(Principal::Anyone)
        .condition("Bool", "aws:SecureTransport", "false");
    Policy::new([services, events, tls_only])
}

/// An email address as a path component.
fn dashed(address: &str) -> String {
    address.replace(['@', '.', '+'], "-")
}
