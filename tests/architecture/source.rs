//! The references of one Rust source file: its `use` declarations, and the paths in its code.

/// A name or a piece of punctuation, and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Token {
    text: String,
    line: usize,
}

/// A path as it is written, `super::tree::Scope`, and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
}

/// A name that a `use` declaration brings into scope, `use tree::Scope as Place;`. It is `*` for a glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) name: String,
    pub(crate) target: Vec<String>,
}

/// The parts of a file that matter for the module graph. Test code is left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source {
    /// Imports that are not re-exported, and paths in the code.
    pub(crate) references: Vec<Path>,
    /// The names in scope by `use`, re-exported or not.
    pub(crate) imports: Vec<Import>,
    /// The items that the file declares, for globs.
    pub(crate) items: Vec<String>,
    /// The modules that only tests compile: `#[cfg(test)] mod tests;`.
    pub(crate) test_modules: Vec<String>,
}

impl Source {
    pub(crate) fn parse(text: &str) -> Self {
        let tokens = tokens(text);
        let mut source = Self::default();
        let mut code = Vec::new();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            if starts_with(&tokens[at..], &["#", "[", "cfg", "(", "test", ")", "]"]) {
                at = source.skip_test_item(&tokens, at + 7);
            } else if token.text == "use" {
                let end = position(&tokens, at, ";");
                let exported = is_exported(&tokens, at);
                for (name, path) in use_tree(&tokens[at + 1..end]) {
                    source.imports.push(Import {
                        name,
                        target: path.segments.clone(),
                    });
                    if !exported {
                        source.references.push(path);
                    }
                }
                at = end + 1;
            } else {
                code.push(token.clone());
                at += 1;
            }
        }
        source.read_code(&code);
        source
    }

    /// Skips the item after `#[cfg(test)]`, up to its closing brace or its semicolon.
    fn skip_test_item(&mut self, tokens: &[Token], start: usize) -> usize {
        let mut depth = 0;
        for (at, token) in tokens.iter().enumerate().skip(start) {
            match token.text.as_str() {
                "{" => depth += 1,
                "}" if depth == 1 => return at + 1,
                "}" => depth -= 1,
                ";" if depth == 0 => {
                    if tokens[at - 2].text == "mod" {
                        self.test_modules.push(tokens[at - 1].text.clone());
                    }
                    return at + 1;
                }
                _ => {}
            }
        }
        tokens.len()
    }

    /// Reads declared items and paths. A path whose first name was imported adds nothing to its import.
    fn read_code(&mut self, code: &[Token]) {
        const ITEMS: [&str; 9] = [
            "fn",
            "struct",
            "enum",
            "union",
            "trait",
            "type",
            "const",
            "static",
            "macro_rules",
        ];
        let mut at = 0;
        while at < code.len() {
            if ITEMS.contains(&code[at].text.as_str()) {
                let name = code[at + 1..].iter().find(|token| is_name(&token.text));
                self.items.extend(name.map(|token| token.text.clone()));
            }
            let mut segments = vec![code[at].text.clone()];
            let mut end = at + 1;
            while starts_with(&code[end..], &["::"])
                && code.get(end + 1).is_some_and(|next| is_name(&next.text))
            {
                segments.push(code[end + 1].text.clone());
                end += 2;
            }
            let continues = at > 0 && code[at - 1].text == "::";
            let is_visibility = at > 1 && code[at - 1].text == "in" && code[at - 2].text == "(";
            let first = &segments[0];
            let is_imported = self.imports.iter().any(|import| import.name == *first);
            let is_path = segments.len() > 1 && is_name(first) && !continues && !is_visibility;
            if is_path && !is_imported {
                self.references.push(Path {
                    segments,
                    line: code[at].line,
                });
            }
            at = end;
        }
    }
}

/// Whether the `use` at `at` is visible outside its module.
fn is_exported(tokens: &[Token], at: usize) -> bool {
    let before = &tokens[..at];
    match before.last().map(|token| token.text.as_str()) {
        Some("pub") => true,
        Some(")") => {
            let open = before.iter().rposition(|token| token.text == "(");
            open.is_some_and(|open| open > 0 && before[open - 1].text == "pub")
        }
        _ => false,
    }
}

/// The names that a `use` tree brings into scope, each with its path.
fn use_tree(tokens: &[Token]) -> Vec<(String, Path)> {
    let mut found = Vec::new();
    read_use_tree(tokens, &[], &mut found);
    found
}

fn read_use_tree(tokens: &[Token], prefix: &[String], found: &mut Vec<(String, Path)>) {
    for branch in branches(tokens) {
        let end = position(branch, 0, "{");
        let head = branch[..end].iter().map(|token| &token.text);
        let head: Vec<&String> = head.filter(|text| *text != "::").collect();
        let (head, alias) = match head.as_slice() {
            [path @ .., word, alias] if *word == "as" => (path, Some((*alias).clone())),
            path => (path, None),
        };
        let mut segments = prefix.to_vec();
        segments.extend(head.iter().map(|text| (*text).clone()));
        if end < branch.len() {
            read_use_tree(&branch[end + 1..branch.len() - 1], &segments, found);
            continue;
        }
        if segments.len() > 1 && segments.last().is_some_and(|last| last == "self") {
            segments.pop();
        }
        if let Some(last) = segments.last().cloned() {
            let line = branch[0].line;
            found.push((alias.unwrap_or(last), Path { segments, line }));
        }
    }
}

/// The parts of a `use` tree between its outer commas.
fn branches(tokens: &[Token]) -> impl Iterator<Item = &[Token]> {
    let mut depth = 0;
    let branches = tokens.split(move |token| {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        depth == 0 && token.text == ","
    });
    branches.filter(|branch| !branch.is_empty())
}

fn position(tokens: &[Token], from: usize, text: &str) -> usize {
    let found = tokens[from..].iter().position(|token| token.text == text);
    found.map_or(tokens.len(), |found| from + found)
}

fn starts_with(tokens: &[Token], texts: &[&str]) -> bool {
    tokens.len() >= texts.len()
        && std::iter::zip(tokens, texts).all(|(token, text)| token.text == *text)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// The tokens of a file without comments, strings and characters.
fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(&char) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        let end = match char {
            '/' if next == Some('/') => find(&chars, at, "\n").unwrap_or(chars.len()),
            '/' if next == Some('*') => find(&chars, at, "*/").map_or(chars.len(), |end| end + 2),
            '"' => string_end(&chars, at),
            'r' if matches!(next, Some('"' | '#')) => {
                raw_string_end(&chars, at).unwrap_or_else(|| name_end(&chars, at))
            }
            '\'' if next == Some('\\') => {
                find(&chars, at + 3, "'").map_or(chars.len(), |end| end + 1)
            }
            '\'' if chars.get(at + 2) == Some(&'\'') => at + 3,
            _ if char.is_alphanumeric() || char == '_' => name_end(&chars, at),
            ':' if next == Some(':') => at + 2,
            _ => at + 1,
        };
        let is_comment = char == '/' && matches!(next, Some('/' | '*'));
        let is_text =
            char == '"' || (char == '\'' && end > at + 1) || chars[at..end].contains(&'"');
        let token: String = chars[at..end].iter().collect();
        if !is_comment && !is_text && !char.is_whitespace() && char != '\'' {
            tokens.push(Token { text: token, line });
        }
        line += chars[at..end].iter().filter(|char| **char == '\n').count();
        at = end;
    }
    tokens
}

fn find(chars: &[char], from: usize, text: &str) -> Option<usize> {
    let text: Vec<char> = text.chars().collect();
    let rest = chars.get(from..)?;
    rest.windows(text.len())
        .position(|window| window == text)
        .map(|found| from + found)
}

fn name_end(chars: &[char], at: usize) -> usize {
    let is_part = |char: &char| char.is_alphanumeric() || *char == '_';
    let length = chars[at..].iter().take_while(|char| is_part(char)).count();
    at + length
}

fn string_end(chars: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(char) = chars.get(at) {
        match char {
            '"' => return at + 1,
            '\\' => at += 2,
            _ => at += 1,
        }
    }
    chars.len()
}

fn raw_string_end(chars: &[char], start: usize) -> Option<usize> {
    let hashes = chars[start + 1..]
        .iter()
        .take_while(|char| **char == '#')
        .count();
    if chars.get(start + 1 + hashes) != Some(&'"') {
        return None;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    let end = find(chars, start + 2 + hashes, &close);
    Some(end.map_or(chars.len(), |end| end + close.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references(text: &str) -> Vec<String> {
        let references = Source::parse(text).references;
        references
            .iter()
            .map(|path| format!("{}:{}", path.line, path.segments.join("::")))
            .collect()
    }

    #[test]
    fn nested_use_tree_yields_one_path_per_name() {
        let text = "use crate::a::{self, b::{C, d}, E as F};\nuse super::g;";
        assert_eq!(
            references(text),
            [
                "1:crate::a",
                "1:crate::a::b::C",
                "1:crate::a::b::d",
                "1:crate::a::E",
                "2:super::g"
            ]
        );
    }

    #[test]
    fn inline_paths_are_references_unless_their_first_name_is_imported() {
        let text = "use crate::a;\nfn f() { a::g(crate::b::H::new()) }";
        assert_eq!(references(text), ["1:crate::a", "2:crate::b::H::new"]);
    }

    #[test]
    fn comments_strings_and_test_code_are_left_out() {
        let text = "// use crate::a;\n/* crate::b::C */ const D: &str = \"crate::e::F\";\n\
                    const R: &str = r#\"crate::g::H\"#;\nconst C: char = '\"';\n\
                    #[cfg(test)]\nmod tests { use crate::i::J; }\nuse crate::k::L;";
        assert_eq!(references(text), ["7:crate::k::L"]);
    }

    #[test]
    fn re_exports_are_no_references() {
        let source = Source::parse("pub use tree::Scope as Place;\npub(crate) use rules::*;");
        assert!(source.references.is_empty());
        let imports = source.imports.iter();
        let names: Vec<_> = imports.map(|import| &import.name[..]).collect();
        assert_eq!(names, ["Place", "*"]);
    }

    #[test]
    fn visibility_is_no_reference() {
        assert!(references("pub(in crate::compose) fn f() {}").is_empty());
    }

    #[test]
    fn modules_of_tests_are_known_by_name() {
        let source = Source::parse("#[cfg(test)]\nmod tests;\nmod other;");
        assert_eq!(source.test_modules, ["tests"]);
    }
}
