//! What an instance does when it first starts, as `cloud-init` takes it: files, and one command.
//!
//! The files are in the folder `user_data`. They hold names and ARNs, never a secret: whoever may describe an
//! instance reads its user data.

use std::collections::BTreeMap;

use crate::terraform::tree::{Any, Object, Term, Value};

/// What differs from service to service.
#[derive(Clone, Debug)]
pub(super) struct Boot {
    /// The environment of the service, and of what stands in for it.
    pub(super) settings: BTreeMap<String, Value<String>>,
    /// Where logs go.
    pub(super) log_group: Value<String>,
    /// The namespace of the metrics of disk and memory.
    pub(super) namespace: String,
    /// The group, by whose name these metrics are added up.
    pub(super) group: String,
}

const HEALTH: &str = include_str!("user_data/health.py");
const UNIT: &str = include_str!("user_data/payment-health.service");
const BOOT: &str = include_str!("user_data/boot.sh");

/// The dimension of metrics that are aggregated for a group, as in EC2's own metrics.
pub const GROUP: &str = "AutoScalingGroupName";

impl Boot {
    /// The user data of a launch template.
    ///
    /// Source: cloud-init, "Cloud config examples"; JSON is YAML, and needs no quoting rules of its own.
    pub(super) fn user_data(self) -> Value<String> {
        let settings = self.settings.iter().flat_map(|(name, value)| {
            let name = Value::from(format!("{name}="));
            [name, value.clone(), "\n".into()]
        });
        let settings = Value::concat(settings);
        let files = vec![
            file("/etc/payment/environment", "0644", settings),
            file("/etc/payment/cloudwatch-agent.json", "0644", self.agent()),
            file("/etc/payment/health.py", "0644", HEALTH),
            file("/etc/payment/boot.sh", "0700", BOOT),
            file("/etc/systemd/system/payment-health.service", "0644", UNIT),
        ];
        let command = Term::List(vec![text("/etc/payment/boot.sh")]);
        let config = Object::from_iter([
            ("write_files", Term::List(files)),
            ("runcmd", Term::List(vec![command])),
        ]);
        let config = Value::<Any>::from(config).to_json();
        Value::concat(["#cloud-config\n".into(), config]).to_base64()
    }

    /// The settings of the CloudWatch agent.
    ///
    /// Source: CloudWatch user guide, "Manually create or edit the CloudWatch agent configuration file".
    fn agent(&self) -> Value<String> {
        let measured = |extra: Vec<(&'static str, Term)>| {
            let group = object([(GROUP, text(self.group.clone()))]);
            object(
                [
                    ("measurement", Term::List(vec![text("used_percent")])),
                    ("append_dimensions", group),
                ]
                .into_iter()
                .chain(extra),
            )
        };
        let root_only = vec![
            ("drop_device", Term::Bool(true)),
            ("resources", Term::List(vec![text("/")])),
        ];
        let collected = object([("disk", measured(root_only)), ("mem", measured(Vec::new()))]);
        let by_group = Term::List(vec![Term::List(vec![text(GROUP)])]);
        let metrics = object([
            ("aggregation_dimensions", by_group),
            ("metrics_collected", collected),
            ("namespace", text(self.namespace.clone())),
        ]);
        let read = |(path, stream): (&'static str, &'static str)| {
            object([
                ("file_path", text(path)),
                ("log_group_name", self.log_group.clone().into_term()),
                ("log_stream_name", text(stream)),
            ])
        };
        let files = object(
            [(
                "collect_list",
                LOGS.map(read).into_iter().collect::<Vec<_>>(),
            )]
            .map(|(key, list)| (key, Term::List(list))),
        );
        let logs = object([("logs_collected", object([("files", files)]))]);
        let agent = object([("omit_hostname", Term::Bool(true))]);
        let config = Object::from_iter([("agent", agent), ("logs", logs), ("metrics", metrics)]);
        Value::<Any>::from(config).to_json()
    }
}

/// What is shipped, and the end of the stream that it goes to.
const LOGS: [(&str, &str); 3] = [
    ("/var/log/payment/payment.log", "{instance_id}/payment"),
    ("/var/log/payment/health.log", "{instance_id}/health"),
    ("/var/log/cloud-init-output.log", "{instance_id}/boot"),
];

fn file(path: &'static str, permissions: &'static str, content: impl Into<Value<String>>) -> Term {
    object([
        ("path", text(path)),
        ("permissions", text(permissions)),
        ("content", content.into().into_term()),
    ])
}

fn object(fields: impl IntoIterator<Item = (&'static str, Term)>) -> Term {
    Term::Object(fields.into_iter().collect())
}

fn text(text: impl Into<std::borrow::Cow<'static, str>>) -> Term {
    Term::Text(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_embedded_leaves_room_for_settings() {
        // EC2 user guide, "Run commands at launch": 16 KB before encoding; JSON escapes line ends, quotes and `<>&`.
        let escaped = |text: &str| {
            text.chars()
                .map(|c| match c {
                    '\n' | '"' | '\\' => 2,
                    '<' | '>' | '&' => 6,
                    _ => 1,
                })
                .sum::<usize>()
        };
        let size: usize = [HEALTH, UNIT, BOOT].map(escaped).iter().sum();
        assert!(size < 13 * 1024, "{size}");
    }
}
