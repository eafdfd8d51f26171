//! Modules of `lambda/` that Python files import.

use std::collections::BTreeSet;

/// The paths among `known` that `start` imports, directly or through another, and `start` itself. A module comes with the
/// SQL file of its name, which it reads.
///
/// `source` returns the text of a file.
pub(super) fn closure<'a>(
    start: impl IntoIterator<Item = &'a str>,
    known: &BTreeSet<&'a str>,
    source: impl Fn(&str) -> &'a [u8],
) -> BTreeSet<&'a str> {
    let mut pending: Vec<&str> = start.into_iter().collect();
    let mut found = BTreeSet::new();
    while let Some(path) = pending.pop() {
        if found.insert(path) && is_python(path) {
            let text = String::from_utf8_lossy(source(path));
            let modules = imported(&text);
            let paths = modules.iter().flat_map(|module| paths_of(module));
            let paths = paths.chain([sql_file_of(path)]);
            pending.extend(paths.filter_map(|path| known.get(path.as_str()).copied()));
        }
    }
    found
}

fn sql_file_of(path: &str) -> String {
    format!("{}.sql", path.trim_end_matches(".py"))
}

fn is_python(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, extension)| extension == "py")
}

/// The names that the import statements of `text` can stand for: each module, and each name out of a module, which may
/// be a module too.
fn imported(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if let Some((module, members)) = line
            .strip_prefix("from ")
            .and_then(|rest| rest.split_once(" import "))
        {
            let mut members = members.to_owned();
            while members.contains('(') && !members.contains(')') {
                let Some(line) = lines.next() else { break };
                members.push_str(line);
            }
            names.push(module.to_owned());
            let members = members.split([',', '(', ')']).filter_map(first_word);
            names.extend(members.map(|member| format!("{module}.{member}")));
        } else if let Some(modules) = line.strip_prefix("import ") {
            names.extend(modules.split(',').filter_map(first_word).map(str::to_owned));
        }
    }
    names
}

/// The name in `name as other`.
fn first_word(text: &str) -> Option<&str> {
    text.split_whitespace().next()
}

/// The files that Python reads to import `module`: its own, and those of the packages around it.
fn paths_of(module: &str) -> Vec<String> {
    let path = module.replace('.', "/");
    let packages = path.match_indices('/').map(|(end, _)| &path[..end]);
    let packages = packages.chain([path.as_str()]);
    let mut paths: Vec<_> = packages
        .map(|package| format!("{package}/__init__.py"))
        .collect();
    paths.push(format!("{path}.py"));
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: [(&str, &str); 7] = [
        ("a/__init__.py", ""),
        ("a/b.py", "import c.d\nfrom e import (\n    f as g,\n)\n"),
        ("c/__init__.py", "from a import b\n"),
        ("c/d.py", ""),
        ("e/f.py", "    from os import path\n"),
        ("e/f.sql", "import c.d\n"),
        ("e/h.py", ""),
    ];

    fn of(start: &'static str) -> Vec<&'static str> {
        let known = FILES.iter().map(|(path, _)| *path).collect();
        let source = |path: &str| FILES.iter().find(|(known, _)| *known == path).unwrap().1;
        let found = closure([start], &known, |path| source(path).as_bytes());
        found.into_iter().collect()
    }

    #[test]
    fn a_file_and_what_it_imports_are_in_the_closure() {
        assert_eq!(of("e/h.py"), ["e/h.py"]);
        assert_eq!(
            of("a/b.py"),
            [
                "a/__init__.py",
                "a/b.py",
                "c/__init__.py",
                "c/d.py",
                "e/f.py",
                "e/f.sql"
            ]
        );
    }
}
