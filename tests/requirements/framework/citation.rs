//! Citations: tests and sections of documents that requirements name. A cited test runs in every run of the tests.

use std::path::Path;

/// Words of Python that skip a test, or accept its failure.
const PYTHON_SKIPS: [&str; 6] = [
    "importorskip",
    "mark.skip",
    "mark.xfail",
    "pytest.skip",
    "pytest.xfail",
    "unittest.skip",
];

/// Returns the reason why the test `name` of `file` is no evidence.
pub(crate) fn test_fault(root: &Path, file: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(root.join(file)).unwrap_or_default();
    if Path::new(file).extension().is_some_and(|it| it == "py") {
        let folders = Path::new(file).ancestors().skip(1);
        let mut fixtures = folders.map(|folder| root.join(folder).join("conftest.py"));
        return python_fault(&text, name).or_else(|| {
            let skipping =
                fixtures.find_map(|path| python_skip(&std::fs::read_to_string(path).ok()?));
            skipping.map(|word| format!("a `conftest.py` contains `{word}`"))
        });
    }
    rust_fault(&text, name)
}

/// Returns the reason why `place`, a document and the anchor of a heading, does not exist.
pub(crate) fn section_fault(root: &Path, place: &str) -> Option<String> {
    let Some((file, anchor)) = place.split_once('#') else {
        return Some("a section has the form `docs/FILE.md#ANCHOR`".to_owned());
    };
    let Ok(text) = std::fs::read_to_string(root.join(file)) else {
        return Some(format!("there is no {file}"));
    };
    let mut headings = text.lines().filter(|line| line.starts_with('#'));
    let exists = headings.any(|heading| anchor_of(heading) == anchor);
    (!exists).then(|| format!("{file} has no heading `{anchor}`"))
}

fn rust_fault(text: &str, name: &str) -> Option<String> {
    let Some(attributes) = lines_above(text, &format!("fn {name}(")) else {
        return Some("does not exist".to_owned());
    };
    if !attributes.contains(&"#[test]") {
        return Some("is no test".to_owned());
    }
    if attributes.iter().any(|line| line.contains("ignore")) {
        return Some("is ignored".to_owned());
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let returns_early = words.join(" ").contains("else { return Ok(()); }");
    returns_early.then(|| {
        "passes without a prerequisite: its file contains `else { return Ok(()) }`".to_owned()
    })
}

fn python_fault(text: &str, name: &str) -> Option<String> {
    lines_above(text, &format!("def {name}("))
        .is_none()
        .then(|| "does not exist".to_owned())
        .or_else(|| (!name.starts_with("test_")).then(|| "is no test".to_owned()))
        .or_else(|| python_skip(text).map(|word| format!("its file contains `{word}`")))
}

fn python_skip(text: &str) -> Option<&'static str> {
    PYTHON_SKIPS.into_iter().find(|word| text.contains(word))
}

/// The lines above a declaration, without a blank line between them.
fn lines_above<'t>(text: &'t str, declaration: &str) -> Option<Vec<&'t str>> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let at = lines.iter().position(|line| line.contains(declaration))?;
    let above = lines.get(..at)?.iter().rev();
    Some(above.copied().take_while(|line| !line.is_empty()).collect())
}

/// The anchor of a Markdown heading.
fn anchor_of(heading: &str) -> String {
    let title = heading.trim_start_matches('#').trim().to_lowercase();
    let words = title.chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        '-' | '_' => Some(letter),
        _ => letter.is_alphanumeric().then_some(letter),
    });
    words.collect()
}

#[test]
fn ignored_rust_tests_are_refused() {
    let text =
        "#[test]\nfn runs() {}\n\n#[test]\n#[ignore = \"slow\"]\nfn slow() {}\n\nfn helper() {}\n";
    assert_eq!(rust_fault(text, "runs"), None);
    assert_eq!(rust_fault(text, "slow").as_deref(), Some("is ignored"));
    assert_eq!(rust_fault(text, "helper").as_deref(), Some("is no test"));
    assert_eq!(rust_fault(text, "gone").as_deref(), Some("does not exist"));
}

#[test]
fn rust_tests_that_pass_without_a_prerequisite_are_refused() {
    let text = "#[test]\nfn runs() {\n    let Some(tool) = tool() else {\n        return Ok(());\n    };\n}\n";
    assert!(rust_fault(text, "runs").is_some());
}

#[test]
fn skipped_python_tests_are_refused() {
    let test = "def test_it() -> None:\n    pass\n";
    assert_eq!(python_fault(test, "test_it"), None);
    for skip in [
        "@pytest.mark.skip\n",
        "@pytest.mark.xfail(reason=\"later\")\n",
        "pytestmark = pytest.mark.skipif(True, reason=\"no server\")\n\n",
        "server = pytest.importorskip(\"server\")\n\n",
    ] {
        assert!(python_fault(&format!("{skip}{test}"), "test_it").is_some());
    }
    assert!(python_fault("def helper() -> None: ...", "helper").is_some());
}

#[test]
fn anchors_are_those_of_headings() {
    let heading = "## State, and `reverting`";
    assert_eq!(anchor_of(heading), "state-and-reverting");
}
