//! Configurations through real Terraform: all of them validate, and a state accepts only its own.

use crate::support;
use crate::support::stacks::{configuration, embedded, selection, small};
use crate::support::unsupported_resources::{UNSUPPORTED_RESOURCES, UnsupportedResource};
use anyhow::ensure;
use paymig::config::{EMBEDDED, Phase, Protection, Selection, load_all};
use serde_json::Value;

#[test]
fn every_configuration_validates() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let configurations = every_configuration()?;
    let configurations: Vec<(&str, &str)> = configurations
        .iter()
        .map(|(name, configuration)| (name.as_str(), configuration.as_str()))
        .collect();
    ensure!(
        configurations.len() > EMBEDDED.len(),
        "no environments were found"
    );
    harness.terraform().validate_many(&configurations)
}

#[test]
fn every_type_is_supported_by_the_local_aws() -> anyhow::Result<()> {
    for (name, configuration) in every_configuration()? {
        let configuration: Value = serde_json::from_str(&configuration)?;
        for UnsupportedResource { resource, reason } in UNSUPPORTED_RESOURCES {
            let found = configuration.pointer(&format!("/resource/{resource}"));
            ensure!(found.is_none(), "{name} has {resource}: {reason}");
        }
    }
    Ok(())
}

/// Returns the configurations of every embedded stack, environment, phase and protection, by name.
fn every_configuration() -> anyhow::Result<Vec<(String, String)>> {
    let mut configurations = Vec::new();
    for (stack, _) in EMBEDDED {
        let source = embedded(stack)?;
        let all = load_all(&source, &[]).map_err(|wrong| anyhow::anyhow!("{wrong}"))?;
        for environment in all.environments.keys() {
            for phase in Phase::ALL {
                for protection in [Protection::Protected, Protection::Destroyable] {
                    let selection = Selection {
                        phase: Some(phase),
                        protection: Some(protection),
                        ..selection(environment.as_str())?
                    };
                    let name = format!("{stack}-{environment}-{phase}-{protection:?}");
                    configurations.push((name, configuration(&source, &selection)?));
                }
            }
        }
        let bootstrap = configuration(&source, &selection("bootstrap")?)?;
        configurations.push((format!("{stack}-bootstrap"), bootstrap));
    }
    Ok(configurations)
}

#[test]
fn configuration_of_another_environment_fails_at_plan() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let aws = harness.local_aws()?;
    let source = small(|text| text)?;
    let workspace = harness.workspace(&configuration(&source, &selection("legacy")?)?, &aws)?;
    workspace.apply()?;
    workspace.write(&configuration(&source, &selection("migration")?)?)?;
    let error = workspace.plan_error()?;
    ensure!(
        error.contains(
            "this state belongs to small/legacy/abc123, and this configuration is small/migration/abc123"
        ),
        "{error}"
    );
    workspace.destroy()
}

#[test]
fn renamed_section_destroys_nothing() -> anyhow::Result<()> {
    let harness = support::harness()?;
    let aws = harness.local_aws()?;
    let before = small(|text| text)?;
    let renamed = |formerly: &str| {
        small(|text| {
            text.replace("network.main", "network.core")
                .replace("network = \"main\"", "network = \"core\"")
                .replace(
                    "[network.core.tiers]",
                    &format!("{formerly}[network.core.tiers]"),
                )
        })
    };
    let selection = selection("legacy")?;
    let workspace = harness.workspace(&configuration(&before, &selection)?, &aws)?;
    workspace.apply()?;
    workspace.write(&configuration(&renamed("")?, &selection)?)?;
    ensure!(
        workspace.plan()?.lost().count() > 0,
        "a rename without `formerly` destroys nothing"
    );
    workspace.write(&configuration(
        &renamed("formerly = \"main\"\nname_in_aws = \"main\"\n")?,
        &selection,
    )?)?;
    let plan = workspace.plan()?;
    ensure!(plan.is_empty(), "{:?}", plan.changes());
    workspace.apply()?;
    let settled = configuration(&renamed("name_in_aws = \"main\"\n")?, &selection)?;
    workspace.write(&settled)?;
    let plan = workspace.plan()?;
    ensure!(plan.is_empty(), "{:?}", plan.changes());
    workspace.destroy()
}

#[test]
fn literals_reach_the_state_unchanged() -> anyhow::Result<()> {
    const WORD: &str = "a${b}$${c}%{d}\\\"$";
    let harness = support::harness()?;
    let aws = harness.local_aws()?;
    let mut tree = paymig::terraform::tree::Tree::new("us-east-1");
    let mut root = tree.root();
    let word = paymig::terraform::builtin::TerraformData::new().input(WORD);
    let word = root.add("word", word);
    root.output("plain", "As it is", WORD);
    root.output(
        "before",
        "Before an interpolation",
        paymig::terraform::tree::Value::concat([WORD.into(), word.output().to_text()]),
    );
    let mut configuration = Vec::new();
    paymig::terraform::synth::write(&tree, "literals", &mut configuration)?;
    let workspace = harness.workspace(&String::from_utf8(configuration)?, &aws)?;
    workspace.apply()?;
    ensure!(workspace.output("plain")? == WORD);
    ensure!(workspace.output("before")? == format!("{WORD}{WORD}"));
    Ok(())
}
