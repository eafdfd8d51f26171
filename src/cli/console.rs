//! Standard output for results, standard error for messages.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};

use anstream::AutoStream;
use clap::ColorChoice;

use paymig::diagnostic::{Diagnostics, Style};

use super::outcome::{CommandResult, Failure, Outcome};

/// Standard error, with or without colors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Console {
    color: ColorChoice,
}

impl Console {
    pub(super) fn new(color: ColorChoice) -> Self {
        Self { color }
    }

    /// A console for arguments that clap could not parse.
    pub(super) fn for_unparsed_arguments() -> Self {
        Self::new(requested_color(std::env::args_os()))
    }

    /// Prints the help or the version to standard output, or an error of the arguments to standard error.
    pub(super) fn print_clap_error(self, error: &clap::Error) -> CommandResult {
        let text = error.render();
        if error.use_stderr() {
            self.write(&text.ansi());
            return Err(Failure::AlreadyReported);
        }
        let mut stdout = AutoStream::new(io::stdout(), choice(self.color));
        write!(stdout, "{}", text.ansi())
            .and_then(|()| stdout.flush())
            .map_err(|error| Failure::of_output(&error))?;
        Ok(Outcome::Success)
    }

    /// Writes errors and warnings, equal ones once.
    pub(super) fn report(self, list: &[Diagnostics]) {
        let mut seen = BTreeSet::new();
        for diagnostics in list {
            let text = diagnostics.render(Style::Color);
            if !text.is_empty() && seen.insert(text.clone()) {
                self.write(&format_args!("{text}\n"));
            }
        }
    }

    /// Writes a message. A failure of standard error cannot be reported anywhere.
    fn write(self, text: &dyn fmt::Display) {
        let mut stderr = AutoStream::new(io::stderr(), choice(self.color)).lock();
        let _ = write!(stderr, "{text}");
    }
}

/// Writes a result to standard output.
pub(super) fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut stdout = io::BufWriter::new(io::stdout().lock());
    write(&mut stdout)
        .and_then(|()| stdout.flush())
        .map_err(|error| Failure::of_output(&error))
}

/// The value of `--color` in arguments that clap could not parse.
fn requested_color(arguments: impl Iterator<Item = std::ffi::OsString>) -> ColorChoice {
    let mut after_flag = false;
    for argument in arguments.filter_map(|argument| argument.into_string().ok()) {
        let value = argument.strip_prefix("--color=");
        if let Some(value) = value.or(after_flag.then_some(argument.as_str())) {
            return value.parse().unwrap_or_default();
        }
        after_flag = argument == "--color";
    }
    ColorChoice::Auto
}

fn choice(color: ColorChoice) -> anstream::ColorChoice {
    match color {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    }
}
