//! The statements of a web ACL, which contain each other.

use anyhow::{Context as _, Result, ensure};

use super::resource;
use crate::catalog::Catalog;
use crate::fold::Folded;
use crate::schema::Block;

const WEB_ACL: &str = "aws_wafv2_web_acl";
const COMBINATIONS: [&str; 3] = ["and_statement", "not_statement", "or_statement"];

/// A rule's statement combines statements, which combine statements. Terraform's schema cannot say
/// that, so the provider unrolls it: each level is a block of its own, and the innermost has no
/// combinations. Here a combined statement holds combinations of its own kind; the provider still
/// refuses more than three levels. A rule's own statement stays another type: rate limits and rule
/// groups stand only there.
pub(super) fn statements_are_recursive(catalog: &mut Catalog) -> Result<()> {
    let folded = resource(catalog, WEB_ACL)?;
    let outer = at(folded, &["rule", "statement"])?;
    let combined = at(folded, &["rule", "statement", "and_statement", "statement"])?;
    let scope_down = at(
        folded,
        &[
            "rule",
            "statement",
            "rate_based_statement",
            "scope_down_statement",
        ],
    )?;
    check_levels(folded, &combined)?;
    for combination in COMBINATIONS {
        let target = child(folded, &outer, combination)?;
        for label in [&combined, &scope_down] {
            let block = folded.blocks.get_mut(label).context("a level is missing")?;
            let nested = block.block_types.get_mut(combination);
            let nested = nested.with_context(|| format!("`{label}` has no `{combination}`"))?;
            nested.block.clone_from(&target);
        }
    }
    Ok(())
}

/// Fails unless all levels below `combined` are like it, but for their combinations.
fn check_levels(folded: &Folded, combined: &str) -> Result<()> {
    let mut label = combined.to_owned();
    while let Ok(next) = child(folded, &label, "and_statement") {
        let next = child(folded, &next, "statement")?;
        ensure!(
            plain(folded, &next)? == plain(folded, combined)?,
            "`{next}` differs from `{combined}` in more than its combinations"
        );
        ensure!(next != combined, "statements are recursive without help");
        label = next;
    }
    ensure!(label != combined, "statements are no longer unrolled");
    Ok(())
}

/// The statement without the combinations it may hold.
fn plain(folded: &Folded, label: &str) -> Result<Block<String>> {
    let mut block = folded
        .blocks
        .get(label)
        .context("a level is missing")?
        .clone();
    block
        .block_types
        .retain(|name, _| !COMBINATIONS.contains(&name.as_str()));
    Ok(block)
}

/// The label of the block at `path`.
fn at(folded: &Folded, path: &[&str]) -> Result<String> {
    let mut block = &folded.root;
    let mut label = String::new();
    for name in path {
        let nested = block.block_types.get(*name);
        label.clone_from(
            &nested
                .with_context(|| format!("there is no `{name}`"))?
                .block,
        );
        block = folded.blocks.get(&label).context("a block is missing")?;
    }
    Ok(label)
}

fn child(folded: &Folded, parent: &str, name: &str) -> Result<String> {
    let nested = folded
        .blocks
        .get(parent)
        .and_then(|block| block.block_types.get(name));
    Ok(nested
        .with_context(|| format!("`{parent}` has no `{name}`"))?
        .block
        .clone())
}
