//! One table: the sections of a type or of a block, a line an argument.
//!
//! All sections are always there and in one order, which is the macros' grammar.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use crate::object::Objects;
use crate::rust::{camel, identifier, rust_type};
use crate::schema::{Attribute, Block, Nested};

/// Whether a table has the section `computed`: a block's attributes cannot be referred to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum HasAttributes {
    Yes,
    No,
}

/// The sections of one table, each a list of lines.
pub(crate) struct Table {
    required: Vec<String>,
    optional: Vec<String>,
    write_only: Vec<String>,
    computed: Vec<String>,
    required_blocks: Vec<String>,
    blocks: Vec<String>,
    /// What has to be imported.
    pub(crate) types: BTreeSet<&'static str>,
}

impl Table {
    pub(crate) fn new(block: &Block<String>, objects: &Objects, owner: &str) -> Result<Self> {
        let mut types = BTreeSet::new();
        let mut lines = |belongs: fn(&Attribute) -> bool| {
            let attributes = block.attributes.iter().filter(|(_, a)| belongs(a));
            attributes
                .map(|(name, attribute)| {
                    let object = || objects.name(owner, name);
                    let ty = rust_type(&attribute.ty, &mut types, &object)?;
                    let remark = if attribute.sensitive {
                        " // sensitive"
                    } else {
                        ""
                    };
                    Ok(format!("{}: {ty},{remark}", identifier(name)?))
                })
                .collect::<Result<Vec<_>>>()
        };
        let nested = |belongs: fn(&Nested<String>) -> bool| {
            let blocks = block.block_types.iter().filter(|(_, n)| belongs(n));
            blocks
                .map(|(name, nested)| {
                    let arity = if nested.is_single() { "one" } else { "many" };
                    let kind = camel(&nested.block);
                    Ok(format!("{arity} {}: {kind},", identifier(name)?))
                })
                .collect::<Result<Vec<_>>>()
        };
        Ok(Self {
            required: lines(|a| a.required)?,
            optional: lines(|a| a.optional && !a.write_only)?,
            write_only: lines(|a| a.optional && a.write_only)?,
            computed: lines(|a| !a.is_argument())?,
            required_blocks: nested(Nested::is_required)?,
            blocks: nested(|nested| !nested.is_required())?,
            types,
        })
    }

    pub(crate) fn write(
        &self,
        text: &mut String,
        kind: &str,
        names: &mut Names,
        attributes: HasAttributes,
    ) -> Result<()> {
        names.take(kind)?;
        let by_name = if self.required.len() + self.required_blocks.len() > 1 {
            let arguments = format!("{kind}Args");
            names.take(&arguments)?;
            format!("required by {arguments}")
        } else {
            "required".to_owned()
        };
        section(text, &by_name, &self.required);
        section(text, "optional", &self.optional);
        section(text, "write_only", &self.write_only);
        if attributes == HasAttributes::Yes {
            section(text, "computed", &self.computed);
        }
        section(text, "required_blocks", &self.required_blocks);
        section(text, "blocks", &self.blocks);
        Ok(())
    }
}

fn section(text: &mut String, name: &str, lines: &[String]) {
    text.push_str("        ");
    text.push_str(name);
    if lines.is_empty() {
        text.push_str(" {}\n");
        return;
    }
    text.push_str(" {\n");
    for line in lines {
        text.push_str("            ");
        text.push_str(line);
        text.push('\n');
    }
    text.push_str("        }\n");
}

/// The names that a file declares; each once, and none that hides what the macros use.
#[derive(Default)]
pub(crate) struct Names(BTreeSet<String>);

impl Names {
    pub(crate) fn take(&mut self, name: &str) -> Result<()> {
        const HIDING: [&str; 11] = [
            "Any",
            "Into",
            "IntoIterator",
            "List",
            "Map",
            "Number",
            "Option",
            "Self",
            "Set",
            "String",
            "Vec",
        ];
        ensure!(
            !HIDING.contains(&name),
            "`{name}` would hide a type that the macros use"
        );
        ensure!(
            self.0.insert(name.to_owned()),
            "two things would be called `{name}`"
        );
        Ok(())
    }
}
