//! The report as text for a terminal.

use std::fmt::{self, Display, Formatter};

use super::{Change, InterruptionReport, Report};
use crate::diff::plan::Action;

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} -> {}", self.configuration, self.from, self.to)?;
        let mut construct = None;
        let listed = self.changes.iter();
        for change in listed.filter(|change| !change.changes_default_tags_only()) {
            if construct != Some(&change.construct) {
                writeln!(f, "\n{}", change.construct)?;
                construct = Some(&change.construct);
            }
            write_change(f, change)?;
        }
        for rename in &self.renames {
            writeln!(
                f,
                "\n{} is now {}. To keep its resources, write `{}` into its section, or add:",
                rename.from,
                rename.to,
                rename.stack_file.join("` and `")
            )?;
            for moved in &rename.moved {
                writeln!(f, "  moved {{ from = {}  to = {} }}", moved.from, moved.to)?;
            }
        }
        writeln!(f, "\n{}", self.summary_line())?;
        if self.ends_lossless_rollback {
            writeln!(f, "{ENDS_LOSSLESS_ROLLBACK}")?;
        }
        if let Some(transition) = &self.transition {
            for remark in transition.remarks() {
                writeln!(f, "{remark}")?;
            }
        }
        Ok(())
    }
}

/// The consequence of the last transition of a migration.
pub(super) const ENDS_LOSSLESS_ROLLBACK: &str =
    "This ends the lossless rollback: afterwards a rollback loses the writes made on AWS.";

impl Report {
    /// The numbers and the verdict: `2 created, 1 updated in place, 0 replaced, 3 destroyed, 0 moved: safe`
    pub(super) fn summary_line(&self) -> String {
        let summary = &self.summary;
        let verdict = if self.is_safe { "safe" } else { "UNSAFE" };
        let tagged = match summary.tagged {
            0 => String::new(),
            count => format!(" ({count} in their default tags only, not listed)"),
        };
        let interrupted = match summary.interrupted {
            0 => String::new(),
            count => format!(" ({count} with an interruption)"),
        };
        let uncertain = match summary.uncertain {
            0 => String::new(),
            count => format!(" ({count} of them possibly)"),
        };
        format!(
            "{} created, {} updated in place{interrupted}{tagged}, {} replaced, {} destroyed, {} moved{uncertain}: {verdict}",
            summary.created, summary.updated, summary.replaced, summary.destroyed, summary.moved
        )
    }
}

impl Display for InterruptionReport {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.effect)?;
        match self.seconds {
            Some(seconds) => write!(f, ", usually for less than {seconds} s"),
            None => Ok(()),
        }
    }
}

fn write_change(f: &mut Formatter<'_>, change: &Change) -> fmt::Result {
    let symbol = match change.action {
        Action::Replace => "-/+",
        Action::Destroy => "  -",
        Action::Update => "  ~",
        Action::Create => "  +",
        Action::Move => "  >",
    };
    write!(f, "{symbol} {}", change.address)?;
    if let Some(former) = &change.former_address {
        write!(f, " (was {former})")?;
    }
    if let (Some(source), true) = (&change.source, change.action == Action::Replace) {
        write!(f, " ({source})")?;
    }
    writeln!(f)?;
    for argument in &change.arguments {
        write!(f, "      {}", argument.argument)?;
        match argument.forces_replacement {
            Some(true) => write!(f, " forces the replacement")?,
            None => write!(f, " forces a replacement for some values")?,
            Some(false) => {}
        }
        if let Some(cause) = &argument.cause {
            write!(f, ", because of {cause}")?;
        }
        writeln!(f)?;
    }
    for unknown in &change.depends_on {
        writeln!(f, "      depends on {unknown}")?;
    }
    if let Some(interruption) = &change.interruption {
        writeln!(f, "      interrupts: {interruption}")?;
    }
    if let Some(loss) = &change.loss {
        writeln!(f, "      loses {}", loss.lost)?;
        writeln!(f, "      instead: {}", loss.remedy)?;
    }
    Ok(())
}
