//! Traffic weights of Terraform and the writer of a replication: no plan sends requests to a side that cannot write.

use crate::support;
use crate::support::local_aws::LocalAws;
use crate::support::stacks::{configuration, embedded, loaded, selection};
use crate::support::terraform::Workspace;
use anyhow::{bail, ensure};
use paymig::compose::compose;
use paymig::config::{Selection, StackSource};
use paymig::terraform::tree::Node;

/// A split of the traffic that Terraform manages, before a replicated database.
struct Split {
    source: StackSource,
    region: &'static str,
    set: &'static [&'static str],
}

impl Split {
    fn at(&self, percent: i64) -> anyhow::Result<Selection> {
        let percent = percent.try_into();
        let set = ["state.backend=local"].iter().chain(self.set);
        Ok(Selection {
            traffic: Some(percent.map_err(|wrong| anyhow::anyhow!("{wrong}"))?),
            set: set.map(|&argument| argument.to_owned()).collect(),
            ..selection("migration")?
        })
    }

    fn configuration(&self, percent: i64) -> anyhow::Result<String> {
        configuration(&self.source, &self.at(percent)?)
    }

    /// Returns the addresses of the resources with the weights.
    fn weights(&self) -> anyhow::Result<Vec<String>> {
        let loaded = loaded(&self.source, &self.at(0)?)?;
        let system = compose(&loaded).map_err(|wrong| anyhow::anyhow!("{wrong}"))?;
        Ok(system.weights().map(Node::address).collect())
    }

    fn store_writer(&self, aws: &LocalAws, writer: &str) -> anyhow::Result<()> {
        let region = self.region;
        aws.change_outside_terraform(&format!(
            r#"
boto3.client("ssm", region_name="{region}").put_parameter(
    Name="/payment/migration/abc123/writer", Value="{writer}", Overwrite=True
)
"#
        ))
    }
}

/// Returns the error of an apply of the weights alone, in one line.
fn error_of(workspace: &Workspace, weights: &[String]) -> anyhow::Result<String> {
    let Err(error) = workspace.apply_only(weights) else {
        bail!("the apply succeeds");
    };
    // Terraform frames an error with lines, and wraps it.
    let text = error.to_string().replace('│', " ");
    Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Checks each weight with each writer, by an apply of the weights alone and without a refresh: the fast path, which
/// evaluates the fewest conditions.
fn ensure_weights_follow_the_writer(split: &Split) -> anyhow::Result<()> {
    let harness = support::harness()?;
    let aws = harness.local_aws_with(&["datacenter.tf.json"])?;
    let weights = split.weights()?;
    ensure!(!weights.is_empty(), "no resource has the weights");
    let workspace = harness.workspace(&split.configuration(50)?, &aws)?;
    workspace.apply_only(&weights)?;
    for (writer, allowed, refused) in [
        ("target", &[100][..], &[0, 50][..]),
        ("fenced", &[100], &[0, 50]),
        ("source", &[0, 50, 100], &[]),
    ] {
        split.store_writer(&aws, writer)?;
        for percent in refused {
            workspace.write(&split.configuration(*percent)?)?;
            let error = error_of(&workspace, &weights)?;
            let expected = format!(
                "at traffic weight {percent} the old side receives requests, but it accepts payments only while the writer is the source, and the writer is {writer}: write `traffic = 100` in [environments.migration], or roll back the writer first"
            );
            ensure!(error.contains(&expected), "{error}");
        }
        for percent in allowed {
            workspace.write(&split.configuration(*percent)?)?;
            workspace.apply_only(&weights)?;
        }
    }
    Ok(())
}

#[test]
fn records_follow_the_writer() -> anyhow::Result<()> {
    ensure_weights_follow_the_writer(&Split {
        source: embedded("containerized")?,
        region: "us-east-2",
        set: &[],
    })
}

#[test]
fn rule_of_a_load_balancer_follows_the_writer() -> anyhow::Result<()> {
    ensure_weights_follow_the_writer(&Split {
        source: embedded("orchestrated")?,
        region: "us-east-1",
        set: &["traffic.managed_by=terraform"],
    })
}

#[test]
fn fence_of_the_cutover_keeps_its_own_traffic_step() -> anyhow::Result<()> {
    let split = Split {
        source: embedded("containerized")?,
        region: "us-east-2",
        set: &["traffic.cutover_percent=50"],
    };
    let accepts = |percent| -> anyhow::Result<bool> {
        Ok(split.configuration(percent)?.contains(r#"== \"fenced\""#))
    };
    ensure!(accepts(50)? && !accepts(10)?, "the fence runs at 50 %");
    Ok(())
}
