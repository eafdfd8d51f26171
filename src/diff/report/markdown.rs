//! The report as Markdown, for a comment on a pull request.

use std::fmt::Write as _;

use super::text::ENDS_LOSSLESS_ROLLBACK;
use super::{Change, Report, TransitionReport};
use crate::diff::plan::Action;

/// The longest comment that GitHub accepts, in bytes.
const MAX_BYTES: usize = 65_536;
/// Room for the note on omitted lines, and for the end of the open block.
const RESERVED_BYTES: usize = 256;

impl Report {
    /// Returns a comment of at most 65,536 bytes. It states how many resources it omits.
    pub fn to_markdown(&self) -> String {
        let verdict = if self.is_safe { "✅" } else { "❌" };
        let mut text = format!(
            "### {verdict} `{}`: {} → {}\n\n{}\n",
            self.configuration,
            self.from,
            self.to,
            self.summary_line()
        );
        if self.ends_lossless_rollback {
            let _ = write!(text, "\n⚠️ {ENDS_LOSSLESS_ROLLBACK}\n");
        }
        text.push('\n');
        let remarks = self.transition.iter().flat_map(TransitionReport::remarks);
        for remark in remarks {
            let _ = writeln!(text, "- {remark}");
        }
        let listed = self.changes.iter();
        let listed = listed.filter(|change| !change.changes_default_tags_only());
        let (lossy, others): (Vec<_>, Vec<_>) = listed.partition(|change| change.loss.is_some());
        let mut omitted = 0;
        if !lossy.is_empty() {
            text.push_str("\n| resource | loss | instead |\n|---|---|---|\n");
            omitted += append(&mut text, lossy.into_iter().map(loss_row));
        }
        for rename in &self.renames {
            let moved = serde_json::json!({ "moved": rename.moved });
            let block = format!(
                "\n`{}` is now `{}`: write `{}` into its section, or add\n\n```json\n{moved:#}\n```\n",
                rename.from,
                rename.to,
                rename.stack_file.join("` and `")
            );
            omitted += append(&mut text, [block]);
        }
        let interrupting = others.iter().filter_map(|change| {
            let interruption = change.interruption.as_ref()?;
            Some(format!(
                "\n- `{}` interrupts: {interruption}",
                change.address
            ))
        });
        omitted += append(&mut text, interrupting);
        text.push('\n');
        for (action, title) in [
            (Action::Replace, "Replaced"),
            (Action::Destroy, "Destroyed"),
            (Action::Update, "Updated in place"),
            (Action::Create, "Created"),
            (Action::Move, "Moved"),
        ] {
            let rows: Vec<String> = others
                .iter()
                .filter(|change| change.action == action)
                .map(|change| row(change))
                .collect();
            if rows.is_empty() {
                continue;
            }
            let count = rows.len();
            let head = format!("\n<details><summary>{title}: {count}</summary>\n\n");
            if text.len() + head.len() + RESERVED_BYTES > MAX_BYTES {
                omitted += count;
                continue;
            }
            text.push_str(&head);
            omitted += append(&mut text, rows);
            text.push_str("\n</details>\n");
        }
        if omitted > 0 {
            let _ = write!(
                text,
                "\n{omitted} entries are omitted: the comment is full.\n"
            );
        }
        text
    }
}

/// Appends lines while there is room, and returns the number of those that are omitted.
fn append(text: &mut String, lines: impl IntoIterator<Item = String>) -> usize {
    let mut omitted = 0;
    for line in lines {
        if text.len() + line.len() + RESERVED_BYTES > MAX_BYTES {
            omitted += 1;
        } else {
            text.push_str(&line);
        }
    }
    omitted
}

fn loss_row(change: &Change) -> String {
    let Some(loss) = &change.loss else {
        return String::new();
    };
    let verb = match change.action {
        Action::Replace => "replaced",
        _ => "destroyed",
    };
    format!(
        "| `{}` {verb} | {} | {} |\n",
        change.address, loss.lost, loss.remedy
    )
}

fn row(change: &Change) -> String {
    let arguments: Vec<String> = change
        .arguments
        .iter()
        .map(|argument| format!("`{}`", argument.argument))
        .collect();
    match arguments.as_slice() {
        [] => format!("- `{}`\n", change.address),
        _ => format!("- `{}`: {}\n", change.address, arguments.join(", ")),
    }
}
