//! `docs/requirements.md`, generated from the requirements.

use std::fmt::Write as _;
use std::path::Path;

use crate::framework::mutation::Mutation;
use crate::framework::requirement::{BOOTSTRAP, Evidence, Requirement};
use crate::requirements;

const FILE: &str = "docs/requirements.md";

const HEAD: &str = "\
# Requirements and their evidence

Generated from `tests/requirements` by `make bless`; `cargo test --test requirements` compares them.

Each requirement of an embedded stack is followed by its evidence. A name with `::` is a query of
`tests/requirements/queries`. It checks the composed tree of every environment of the stack, in every phase and at every
traffic step; phases in parentheses limit it. After the arrow are the faults that the query detects in mutated copies of
the tree: an element that is missing, or an argument that is missing or has another value. Other names are tests, with
their file. They run in every run of the tests: a test that is ignored, that may be skipped, or that passes without a tool
or a server is not accepted as evidence. A deviation links to the section with the decision.
";

#[test]
fn requirements_file_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let generated = markdown();
    if std::env::var_os("PAYMIG_BLESS").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == generated,
        "{FILE} is stale: `make bless` writes it"
    );
}

fn markdown() -> String {
    let mut text = HEAD.to_owned();
    for of in requirements() {
        write!(text, "\n## {}: {}\n", of.number, of.coverage).unwrap();
        for subject in &of.subjects {
            write!(text, "\n### {}\n", subject.title).unwrap();
            for requirement in &subject.requirements {
                add(&mut text, requirement);
            }
        }
    }
    text
}

fn add(text: &mut String, requirement: &Requirement) {
    write!(text, "\n**{}** {}\n\n", requirement.id, requirement.text).unwrap();
    for evidence in &requirement.evidence {
        let line = match evidence {
            Evidence::Query(query) => {
                let phases = if query.phases == BOOTSTRAP {
                    " (bootstrap)".to_owned()
                } else if query.phases.len() < 3 {
                    let names: Vec<&str> = query.phases.iter().map(|p| p.as_str()).collect();
                    format!(" ({})", names.join(", "))
                } else {
                    String::new()
                };
                let faults: Vec<String> =
                    query.mutations.iter().map(Mutation::description).collect();
                format!("`{}`{phases} → {}", query.name, faults.join("; "))
            }
            Evidence::Test { file, name } => format!("`{name}` in `{file}`"),
            Evidence::Document(section) => {
                let link = section.trim_start_matches("docs/");
                format!("documented in [{link}]({link})")
            }
            Evidence::SameAs(id) => format!("same as {id}"),
            Evidence::Deviation { section, reason } => {
                let link = section.trim_start_matches("docs/");
                format!("deviation, [decided here]({link}): {reason}")
            }
            Evidence::Open(missing) => format!("**open**: {missing}"),
        };
        writeln!(text, "- {line}").unwrap();
    }
}
