//! Terms in Terraform's expression language. Only this module writes `${`.

use std::fmt::Write as _;

use crate::terraform::tree::{Expr, Node, NodeId, Operator, Term, Tree};

/// Escapes a literal text for a JSON string, in which Terraform evaluates templates.
///
/// The escapes are `$${` and `%%{` (Terraform, JSON configuration syntax).
pub(super) fn literal(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

/// Encodes an expression as a JSON string: a template or a single interpolation.
pub(super) fn template(tree: &Tree, expr: &Expr) -> String {
    let mut template = Template::new(literal);
    template.expression(tree, expr);
    template.finish()
}

/// Builder of a template.
///
/// It joins adjacent literals before it escapes them. Otherwise a `$` at the end of one and a `{` at the start of the
/// next would become an interpolation.
struct Template {
    output: String,
    literal: String,
    escape: fn(&str) -> String,
}

impl Template {
    fn new(escape: fn(&str) -> String) -> Self {
        Self {
            output: String::new(),
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
        self.output.push_str("${");
        write(&mut self.output);
        self.output.push('}');
    }

    /// Appends the pending literal. A final `$` or `%` would escape the `${` after it, so it becomes an interpolation.
    fn flush_before_interpolation(&mut self) {
        let text = std::mem::take(&mut self.literal);
        let head = text.strip_suffix(['$', '%']).unwrap_or(&text);
        self.output.push_str(&(self.escape)(head));
        if let Some(last) = text.strip_prefix(head).filter(|last| !last.is_empty()) {
            let _ = write!(self.output, "${{\"{last}\"}}");
        }
    }

    fn finish(mut self) -> String {
        self.output.push_str(&(self.escape)(&self.literal));
        self.output
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
        Expr::Not(negated) => {
            out.push('!');
            operand(tree, negated, out);
        }
        Expr::Template(parts) => {
            let mut template = Template::new(escaped);
            template.parts(tree, parts);
            let _ = write!(out, "\"{}\"", template.finish());
        }
    }
}

/// Writes an operand, in parentheses if it is a binary expression.
fn operand(tree: &Tree, value: &Term, out: &mut String) {
    let is_binary = matches!(value, Term::Expr(expr) if matches!(**expr, Expr::Binary(..)));
    if is_binary {
        out.push('(');
    }
    term(tree, value, out);
    if is_binary {
        out.push(')');
    }
}

/// Returns the address of a node. The references of a finished tree are to its own nodes.
pub(super) fn address(tree: &Tree, node: NodeId) -> String {
    tree.node(node).map(Node::address).unwrap_or_default()
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

/// Escapes a literal for a quoted HCL template, without the quotes.
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

    /// Encodes the expression that `build` makes of a reference.
    fn encoded(build: impl FnOnce(Value<String>) -> Value<String>) -> String {
        let mut tree = Tree::new("us-east-1");
        let node = tree.root().add("x", TerraformData::new());
        match build(node.id()).into_term() {
            Term::Expr(expr) => template(&tree, &expr),
            term => panic!("not an expression: {term:?}"),
        }
    }

    #[test]
    fn template_syntax_in_a_literal_is_escaped() {
        assert_eq!(literal("a${b}%{c}"), "a$${b}%%{c}");
        assert_eq!(literal("$${b}"), "$$${b}");
        assert_eq!(literal("$5 {x} 100%"), "$5 {x} 100%");
    }

    #[test]
    fn adjacent_literals_are_escaped_together() {
        let text = encoded(|id| Value::concat(["$".into(), "{x}".into(), id]));
        assert_eq!(text, "$${x}${terraform_data.x.id}");
    }

    #[test]
    fn dollar_before_an_interpolation_does_not_escape_it() {
        let text = encoded(|id| Value::concat(["cost $".into(), id]));
        assert_eq!(text, r#"cost ${"$"}${terraform_data.x.id}"#);
    }

    #[test]
    fn literals_inside_a_function_are_quoted_and_escaped() {
        let text = encoded(|id| {
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
