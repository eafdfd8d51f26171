//! References in the expressions of a Terraform JSON configuration.

use std::collections::BTreeMap;

/// An attribute of another element: `aws_vpc.main.id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reference<'t> {
    /// `aws_vpc.main`, `data.aws_vpc.main`
    pub(super) address: &'t str,
    /// `id`
    pub(super) attribute: &'t str,
}

/// Iterates over the references in `text`, if it has expressions.
pub(super) fn references(text: &str) -> impl Iterator<Item = Reference<'_>> {
    // A literal, such as the archive of a function, can be very long.
    let expressions = text.find("${").and_then(|start| text.get(start..));
    let words = expressions
        .into_iter()
        .flat_map(|text| text.split(|c: char| !is_word(c)));
    words.filter_map(parse)
}

/// Returns `text` with other addresses in its references, or none if it refers to none of them.
pub(super) fn rename_references(text: &str, present: &BTreeMap<&str, &str>) -> Option<String> {
    let mut renames = references(text)
        .filter_map(|it| Some((it.address, *present.get(it.address)?)))
        .peekable();
    renames.peek()?;
    let mut renamed = text.to_owned();
    for (from, to) in renames {
        // The words of an expression are separated by other characters, so that no word is a part of another.
        let words = renamed.split_inclusive(|c: char| !is_word(c));
        let words = words.map(|word| match word.strip_prefix(from) {
            Some(rest) if rest.starts_with('.') => format!("{to}{rest}"),
            _ => word.to_owned(),
        });
        renamed = words.collect();
    }
    Some(renamed)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// Parses `type.name.attribute…` or `data.type.name.attribute…`. A type has an underscore, unlike `local` or `self`.
fn parse(word: &str) -> Option<Reference<'_>> {
    let dots: Vec<usize> = word.match_indices('.').map(|(at, _)| at).collect();
    let is_data = word.starts_with("data.");
    let (type_end, name_end) = if is_data {
        (*dots.get(1)?, *dots.get(2)?)
    } else {
        (*dots.first()?, *dots.get(1)?)
    };
    let type_start = if is_data { "data.".len() } else { 0 };
    word.get(type_start..type_end)?.find('_')?;
    let address = word.get(..name_end)?;
    let attribute = word.get(name_end + 1..)?.split('.').next()?;
    Some(Reference { address, attribute })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_in_expressions_only() {
        let found = |text| {
            references(text)
                .map(|it| format!("{} {}", it.address, it.attribute))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            found(
                r#"${jsonencode({"a" = "${aws_s3_bucket.b-1.arn}/*", "c" = data.aws_iam_role.r.arn})}"#
            ),
            ["aws_s3_bucket.b-1 arn", "data.aws_iam_role.r arn"]
        );
        assert_eq!(
            found("${aws_lb.x.listeners[0].port}"),
            ["aws_lb.x listeners"]
        );
        let moved = BTreeMap::from([("aws_lb.x", "aws_lb.z")]);
        assert_eq!(
            rename_references(
                "a-${aws_lb.x.arn}${data.aws_lb.x.arn}${aws_lb.xy.arn}",
                &moved
            ),
            Some("a-${aws_lb.z.arn}${data.aws_lb.x.arn}${aws_lb.xy.arn}".to_owned())
        );
        assert_eq!(rename_references("${aws_lb.y.arn}", &moved), None);
        assert_eq!(found("aws_vpc.x.id"), Vec::<String>::new());
        assert_eq!(found("${terraform.workspace}"), Vec::<String>::new());
    }
}
