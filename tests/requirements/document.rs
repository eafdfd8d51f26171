//! `docs/requirements.md`, written from the rows.

use std::fmt::Write as _;
use std::path::Path;

use crate::mutation::Mutation;
use crate::row::{Proof, Row};
use crate::seeds;

const FILE: &str = "docs/requirements.md";

const HEAD: &str = "\
# Requirements and their proof

Written from `tests/requirements` by `make bless`; `cargo test --test requirements` holds it to them.

What each embedded stack was asked for, in our words, and what shows that it is met. A name with
`::` is a query of `tests/requirements/queries`: it is asked of the composed tree of every environment
of the stack, in every phase and at every step of traffic, or in the phases in parentheses. What
follows the arrow are the faults that were made in copies of the tree and that the query found: an
element that is missing, an argument that is missing or says something else. Other names are tests,
with their file.
";

#[test]
fn the_document_is_what_the_rows_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let fresh = document();
    if std::env::var_os("PAYMIG_BLESS").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == fresh, "{FILE} is stale: `make bless` writes it");
}

fn document() -> String {
    let mut text = HEAD.to_owned();
    for seed in seeds() {
        write!(text, "\n## {}: {}\n", seed.number, seed.stack).unwrap();
        for subject in &seed.subjects {
            write!(text, "\n### {}\n", subject.title).unwrap();
            for row in &subject.rows {
                add(&mut text, row);
            }
        }
    }
    text
}

fn add(text: &mut String, row: &Row) {
    write!(text, "\n**{}** {}\n\n", row.id, row.says).unwrap();
    for proof in &row.proofs {
        let line = match proof {
            Proof::Query(query) => {
                let mut phases = String::new();
                if query.phases.len() < 3 {
                    let names: Vec<&str> = query.phases.iter().map(|p| p.as_str()).collect();
                    phases = format!(" ({})", names.join(", "));
                }
                let faults: Vec<String> = query.mutations.iter().map(Mutation::told).collect();
                format!("`{}`{phases} → {}", query.name, faults.join("; "))
            }
            Proof::Test { file, name } => format!("`{name}` in `{file}`"),
            Proof::See(id) => format!("as {id}"),
            Proof::Departure(why) => format!("otherwise than asked: {why}"),
            Proof::Open(missing) => format!("**open**: {missing}"),
        };
        writeln!(text, "- {line}").unwrap();
    }
}
