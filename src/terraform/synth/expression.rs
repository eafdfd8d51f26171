//! Terms as Terraform reads them. The only place that writes `${`.

use std::fmt::Write as _;

use crate::terraform::tree::{Expr, NodeId, Operator, Term, Tree};

/// A literal text as a JSON string that Terraform does not take for a template.
///
/// Source: Terraform, JSON configuration syntax: every string is a template; `$${` and `%%{` are
/// the escapes.
pub(super) fn literal(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

/// An expression as a JSON string: a template, or a template that is one interpolation.
pub(super) fn template(tree: &Tree, expr: &Expr) -> String {
    let mut template = Template::new(literal);
    template.expression(tree, expr);
    template.finish()
}

/// A template in the making. Neighbouring literals are joined before they are escaped, so that a
/// `$` at the end of one and a `{` at the start of the next stay what they are.
struct Template {
    done: String,
    literal: String,
    escape: fn(&str) -> String,
}

impl Template {
    fn new(escape: fn(&str) -> String) -> Self {
        Self {
            done: String::new(),
            literal: String::new(),
            escape,
        }
    }

    fn expression(&mut self, tree: &Tree, expr: &Expr) {
        if let Expr::Template(parts) = expr {
            self.parts(tree, parts);
        } else {
            self.interpolate(|out| expression(tree, expr, out));
        }
    }

    fn parts(&mut self, tree: &Tree, parts: &[Term]) {
        for part in parts {
            match part {
                Term::Text(text) => self.literal.push_str(text),
                Term::Expr(expr) => self.expression(tree, expr),
                _ => self.interpolate(|out| term(tree, part, out)),
            }
        }
    }

    fn interpolate(&mut self, write: impl FnOnce(&mut String)) {
        self.flush_before_interpolation();
        self.done.push_str("${");
        write(&mut self.done);
        self.done.push('}');
    }

    /// A `$` or `%` just before `${` would escape it; as an interpolation of its own it does not.
    fn flush_before_interpolation(&mut self) {
        let text = std::mem::take(&mut self.literal);
        let head = text.strip_suffix(['$', '%']).unwrap_or(&text);
        self.done.push_str(&(self.escape)(head));
        if let Some(last) = text.strip_prefix(head).filter(|last| !last.is_empty()) {
            let _ = write!(self.done, "${{\"{last}\"}}");
        }
    }

    fn finish(mut self) -> String {
        self.done.push_str(&(self.escape)(&self.literal));
        self.done
    }
}

fn term(tree: &Tree, value: &Term, out: &mut String) {
    match value {
        Term::Null => out.push_str("null"),
        Term::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Term::Integer(number) => {
            let _ = write!(out, "{number}");
        }
        Term::Float(number) => {
            let _ = write!(out, "{number}");
        }
        Term::Text(text) => quoted(text, out),
        Term::List(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push_str(", ");
                }
                term(tree, item, out);
            }
            out.push(']');
        }
        Term::Object(object) => {
            out.push('{');
            for (position, (name, value)) in object.iter().enumerate() {
                if position > 0 {
                    out.push_str(", ");
                }
                quoted(name, out);
                out.push_str(" = ");
                term(tree, value, out);
            }
            out.push('}');
        }
        Term::Expr(expr) => expression(tree, expr, out),
    }
}

fn expression(tree: &Tree, expr: &Expr, out: &mut String) {
    match expr {
        Expr::Attribute(node, name) => {
            out.push_str(&address(tree, *node));
            out.push('.');
            out.push_str(name);
        }
        Expr::SelfAttribute(name) => {
            let _ = write!(out, "self.{name}");
        }
        Expr::Workspace => out.push_str("terraform.workspace"),
        Expr::Index(list, index) => {
            operand(tree, list, out);
            let _ = write!(out, "[{index}]");
        }
        Expr::Key(map, key) => {
            operand(tree, map, out);
            if is_identifier(key) {
                let _ = write!(out, ".{key}");
            } else {
                out.push('[');
                quoted(key, out);
                out.push(']');
            }
        }
        Expr::Call(function, arguments) => {
            let _ = write!(out, "{function}(");
            for (position, argument) in arguments.iter().enumerate() {
                if position > 0 {
                    out.push_str(", ");
                }
                term(tree, argument, out);
            }
            out.push(')');
        }
        Expr::Binary(operator, left, right) => {
            operand(tree, left, out);
            let _ = write!(out, " {} ", symbol(*operator));
            operand(tree, right, out);
        }
        Expr::Not(operand_) => {
            out.push('!');
            operand(tree, operand_, out);
        }
        Expr::Template(parts) => {
            let mut template = Template::new(escaped);
            template.parts(tree, parts);
            let _ = write!(out, "\"{}\"", template.finish());
        }
    }
}

/// A term that binds as tightly as a name.
fn operand(tree: &Tree, value: &Term, out: &mut String) {
    let loose = matches!(value, Term::Expr(expr) if matches!(**expr, Expr::Binary(..)));
    if loose {
        out.push('(');
    }
    term(tree, value, out);
    if loose {
        out.push(')');
    }
}

/// The address of a node. A tree that was finished refers to its own nodes only.
pub(super) fn address(tree: &Tree, node: NodeId) -> String {
    tree.node(node)
        .map(crate::terraform::tree::Node::address)
        .unwrap_or_default()
}

fn symbol(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "==",
        Operator::NotEqual => "!=",
        Operator::AtLeast => ">=",
        Operator::And => "&&",
        Operator::Or => "||",
    }
}

fn is_identifier(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn quoted(text: &str, out: &mut String) {
    let _ = write!(out, "\"{}\"", escaped(text));
}

/// A literal as the inside of a quoted HCL template.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in literal(text).chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::builtin::TerraformData;
    use crate::terraform::tree::{Any, Object, Value};

    /// What `terraform console` reads back is `text`, wherever it stands.
    fn written(value: impl FnOnce(Value<String>) -> Value<String>) -> String {
        let mut tree = Tree::new("us-east-1");
        let node = tree.root().add("x", TerraformData::new());
        match value(node.id()).into_term() {
            Term::Expr(expr) => template(&tree, &expr),
            term => panic!("not an expression: {term:?}"),
        }
    }

    #[test]
    fn a_literal_is_no_template() {
        assert_eq!(literal("a${b}%{c}"), "a$${b}%%{c}");
        assert_eq!(literal("$${b}"), "$$${b}");
        assert_eq!(literal("$5 {x} 100%"), "$5 {x} 100%");
    }

    #[test]
    fn literals_split_between_parts_are_escaped_together() {
        let text = written(|id| Value::concat(["$".into(), "{x}".into(), id]));
        assert_eq!(text, "$${x}${terraform_data.x.id}");
    }

    #[test]
    fn a_dollar_before_an_interpolation_does_not_escape_it() {
        let text = written(|id| Value::concat(["cost $".into(), id]));
        assert_eq!(text, r#"cost ${"$"}${terraform_data.x.id}"#);
    }

    #[test]
    fn literals_inside_a_function_are_quoted_and_escaped() {
        let text = written(|id| {
            let object = Object::from_iter([
                ("quote", Term::Text("a\"b\\".into())),
                ("template", Value::concat(["${".into(), id]).into_term()),
            ]);
            Value::<Any>::from(object).to_json()
        });
        let expected =
            r#"${jsonencode({"quote" = "a\"b\\", "template" = "$${${terraform_data.x.id}"})}"#;
        assert_eq!(text, expected);
    }

    #[test]
    fn operators_nest_with_parentheses() {
        let mut tree = Tree::new("us-east-1");
        let node = tree.root().add("x", TerraformData::new());
        let condition = (!node.id().equals("a").and(node.id().differs("b"))).into_term();
        let Term::Expr(expr) = condition else {
            panic!("not an expression")
        };
        assert_eq!(
            template(&tree, &expr),
            r#"${!((terraform_data.x.id == "a") && (terraform_data.x.id != "b"))}"#
        );
    }
}
