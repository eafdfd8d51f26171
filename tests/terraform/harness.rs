//! The test support itself: hand-written documents go through the real Terraform and the local AWS.

use crate::support;
use crate::support::root;

/// Apply, plan again without a change, destroy to nothing.
fn cycle(name: &str) -> anyhow::Result<()> {
    let Some(engine) = support::engine() else {
        return Ok(());
    };
    let document =
        std::fs::read_to_string(root().join(format!("fixtures/terraform/{name}.tf.json")))?;
    let aws = engine.local_aws()?;
    let workspace = engine.workspace(&document, &aws)?;
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
fn a_network_applies_replans_empty_and_is_destroyed() -> anyhow::Result<()> {
    cycle("network")
}

#[test]
fn transit_across_regions_applies_replans_empty_and_is_destroyed() -> anyhow::Result<()> {
    cycle("transit")
}

#[test]
fn a_vpn_gateway_applies_replans_empty_and_is_destroyed() -> anyhow::Result<()> {
    cycle("vpn_gateway")
}

#[test]
fn a_global_database_applies_replans_empty_and_is_destroyed() -> anyhow::Result<()> {
    cycle("global_database")
}

#[test]
fn a_regional_database_applies_replans_empty_and_is_destroyed() -> anyhow::Result<()> {
    cycle("regional_database")
}

#[test]
fn the_state_backend_applies_replans_empty_and_is_destroyed() -> anyhow::Result<()> {
    cycle("state")
}

#[test]
fn many_documents_are_validated_in_one_run() -> anyhow::Result<()> {
    let Some(engine) = support::engine() else {
        return Ok(());
    };
    let names = ["network", "transit", "global_database"];
    let documents = names
        .iter()
        .map(|name| {
            let path = root().join(format!("fixtures/terraform/{name}.tf.json"));
            Ok((*name, std::fs::read_to_string(path)?))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let borrowed: Vec<_> = documents.iter().map(|(n, d)| (*n, d.as_str())).collect();
    engine.terraform().validate_many(&borrowed)
}
