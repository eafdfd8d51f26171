//! Tests of the test support: hand-written configurations through real Terraform and the local AWS.

use crate::support;
use crate::support::root;

/// Applies a configuration, plans it again without a change, and destroys it.
fn cycle(name: &str) -> anyhow::Result<()> {
    let harness = support::harness()?;
    let configuration =
        std::fs::read_to_string(root().join(format!("fixtures/terraform/{name}.tf.json")))?;
    let aws = harness.local_aws()?;
    let workspace = harness.workspace(&configuration, &aws)?;
    workspace.apply()?;
    let again = workspace.plan()?;
    anyhow::ensure!(
        again.is_empty(),
        "{name} plans again: {:?}",
        again.changes()
    );
    workspace.destroy()?;
    let left = workspace.state_list()?;
    anyhow::ensure!(left.is_empty(), "{name} leaves {left:?}");
    Ok(())
}

#[test]
fn network_applies_replans_empty_and_is_destroyed() -> anyhow::Result<()> {
    cycle("network")
}

#[test]
fn transit_across_regions_applies_replans_empty_and_is_destroyed() -> anyhow::Result<()> {
    cycle("transit")
}

#[test]
fn vpn_gateway_applies_replans_empty_and_is_destroyed() -> anyhow::Result<()> {
    cycle("vpn_gateway")
}

#[test]
fn global_database_applies_replans_empty_and_is_destroyed() -> anyhow::Result<()> {
    cycle("global_database")
}

#[test]
fn regional_database_applies_replans_empty_and_is_destroyed() -> anyhow::Result<()> {
    cycle("regional_database")
}

#[test]
fn state_backend_applies_replans_empty_and_is_destroyed() -> anyhow::Result<()> {
    cycle("state")
}

#[test]
fn configurations_are_validated_in_one_run() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let names = ["network", "transit", "global_database"];
    let configurations = names
        .iter()
        .map(|name| {
            let path = root().join(format!("fixtures/terraform/{name}.tf.json"));
            Ok((*name, std::fs::read_to_string(path)?))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let borrowed: Vec<_> = configurations
        .iter()
        .map(|(n, d)| (*n, d.as_str()))
        .collect();
    harness.terraform().validate_many(&borrowed)
}
