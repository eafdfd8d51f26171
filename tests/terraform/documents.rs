//! Documents in the hands of the real Terraform: all of them validate, and what changes between two of them
//! destroys nothing by mistake.

use crate::support;
use crate::support::stacks::{document, embedded, selection};
use anyhow::ensure;
use paymig::config::{EMBEDDED, Phase, Protection, Selection, Stack, StackSource, load_all};
use paymig::newtypes::Percent;

/// The small system of the engine tests, perhaps edited.
fn small(edit: impl FnOnce(String) -> String) -> anyhow::Result<StackSource> {
    let path = support::root().join("fixtures/terraform/small.toml");
    Ok(StackSource::new(
        "small.toml",
        edit(std::fs::read_to_string(path)?),
    ))
}

/// Every phase, and in phase `migration` every step of traffic.
fn stages(stack: &Stack) -> Vec<(Phase, Option<Percent>)> {
    let steps = stack.traffic.iter().flat_map(|traffic| &traffic.steps);
    let mut stages: Vec<_> = steps.map(|step| (Phase::Migration, Some(*step))).collect();
    stages.extend(Phase::ALL.map(|phase| (phase, None)));
    stages
}

#[test]
fn every_document_validates() -> anyhow::Result<()> {
    let Some(engine) = support::engine() else {
        return Ok(());
    };
    let mut documents = Vec::new();
    for (stack, _) in EMBEDDED {
        let source = embedded(stack)?;
        let all = load_all(&source, &[]).map_err(|wrong| anyhow::anyhow!("{wrong}"))?;
        for environment in all.environments.keys() {
            for (phase, traffic) in stages(&all.stack) {
                for protection in [Protection::Protected, Protection::Destroyable] {
                    let selection = Selection {
                        phase: Some(phase),
                        traffic,
                        protection: Some(protection),
                        ..selection(environment.as_str())?
                    };
                    let at = traffic.map_or(String::new(), |traffic| format!("-{traffic}"));
                    let name = format!("{stack}-{environment}-{phase}{at}-{protection:?}");
                    documents.push((name, document(&source, &selection)?));
                }
            }
        }
        let bootstrap = document(&source, &selection("bootstrap")?)?;
        documents.push((format!("{stack}-bootstrap"), bootstrap));
    }
    let documents: Vec<(&str, &str)> = documents
        .iter()
        .map(|(name, document)| (name.as_str(), document.as_str()))
        .collect();
    ensure!(
        documents.len() > EMBEDDED.len(),
        "no environments were found"
    );
    engine.terraform().validate_many(&documents)
}

#[test]
fn a_document_of_another_environment_fails_at_plan() -> anyhow::Result<()> {
    let Some(engine) = support::engine() else {
        return Ok(());
    };
    let aws = engine.local_aws()?;
    let source = small(|text| text)?;
    let workspace = engine.workspace(&document(&source, &selection("legacy")?)?, &aws)?;
    workspace.apply()?;
    workspace.write(&document(&source, &selection("migration")?)?)?;
    let refused = workspace.plan().expect_err("the identity guard");
    let told = refused.to_string().replace(['\n', '│'], " ");
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    ensure!(
        told.contains(
            "this state belongs to small/legacy/abc123, and this document is small/migration/abc123"
        ),
        "{refused}"
    );
    workspace.destroy()
}

#[test]
fn a_renamed_section_destroys_nothing() -> anyhow::Result<()> {
    let Some(engine) = support::engine() else {
        return Ok(());
    };
    let aws = engine.local_aws()?;
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
    let workspace = engine.workspace(&document(&before, &selection)?, &aws)?;
    workspace.apply()?;
    workspace.write(&document(&renamed("")?, &selection)?)?;
    ensure!(
        workspace.plan()?.lost().count() > 0,
        "a rename alone destroys"
    );
    workspace.write(&document(
        &renamed("formerly = \"main\"\nname_in_aws = \"main\"\n")?,
        &selection,
    )?)?;
    let plan = workspace.plan()?;
    ensure!(plan.is_empty(), "{:?}", plan.changes());
    workspace.apply()?;
    let settled = document(&renamed("name_in_aws = \"main\"\n")?, &selection)?;
    workspace.write(&settled)?;
    let plan = workspace.plan()?;
    ensure!(plan.is_empty(), "{:?}", plan.changes());
    workspace.destroy()
}

#[test]
fn a_phase_replaces_nothing_that_keeps_data() -> anyhow::Result<()> {
    let Some(engine) = support::engine() else {
        return Ok(());
    };
    let aws = engine.local_aws()?;
    let source = small(|text| text.replace("readers = 0", "readers = { pilot = 0, full = 1 }"))?;
    let at = |phase| -> anyhow::Result<String> {
        let phase = Some(phase);
        document(
            &source,
            &Selection {
                phase,
                ..selection("legacy")?
            },
        )
    };
    let workspace = engine.workspace(&at(Phase::Legacy)?, &aws)?;
    workspace.apply()?;
    for (phase, may_go) in [
        (Phase::Migration, 0),
        (Phase::Production, 0),
        // Back to the pilot light: the reader goes, and nothing else.
        (Phase::Legacy, 1),
    ] {
        workspace.write(&at(phase)?)?;
        let plan = workspace.plan()?;
        let lost: Vec<&str> = plan.lost().collect();
        ensure!(lost.len() == may_go, "to {phase}: {lost:?}");
        ensure!(
            lost.iter()
                .all(|address| address.starts_with("aws_rds_cluster_instance.")),
            "to {phase}: {lost:?}"
        );
        workspace.apply()?;
    }
    workspace.destroy()
}

#[test]
fn literals_arrive_as_they_were_written() -> anyhow::Result<()> {
    const WORD: &str = "a${b}$${c}%{d}\\\"$";
    let Some(engine) = support::engine() else {
        return Ok(());
    };
    let aws = engine.local_aws()?;
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
    let mut document = Vec::new();
    paymig::terraform::synth::write(&tree, "literals", &mut document)?;
    let workspace = engine.workspace(&String::from_utf8(document)?, &aws)?;
    workspace.apply()?;
    ensure!(workspace.output("plain")? == WORD);
    ensure!(workspace.output("before")? == format!("{WORD}{WORD}"));
    Ok(())
}
