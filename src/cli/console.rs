//! Standard output for results, standard error for messages.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};

use anstream::AutoStream;
use clap::ColorChoice;

use paymig::diagnostic::{Diagnostics, Style};

use super::outcome::{CommandResult, Failure, Outcome};

/// Where messages go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Console {
    color: ColorChoice,
}

impl Console {
    pub(super) fn new(color: ColorChoice) -> Self {
        Self { color }
    }

    /// For arguments that could not be parsed.
    pub(super) fn unparsed() -> Self {
        Self::new(color_among(std::env::args_os()))
    }

    /// Answers arguments that are no command: with help or the version where asked, else with what
    /// is wrong.
    pub(super) fn answer(self, error: &clap::Error) -> CommandResult {
        let text = error.render();
        if error.use_stderr() {
            self.say(&text.ansi());
            return Err(Failure::Told);
        }
        let mut stdout = AutoStream::new(io::stdout(), choice(self.color));
        write!(stdout, "{}", text.ansi())
            .and_then(|()| stdout.flush())
            .map_err(|error| Failure::of_output(&error))?;
        Ok(Outcome::Done)
    }

    /// Tells what is wrong or worth knowing, each thing once.
    pub(super) fn report(self, list: &[Diagnostics]) {
        let mut told = BTreeSet::new();
        for diagnostics in list {
            let text = diagnostics.render(Style::Color);
            if !text.is_empty() && told.insert(text.clone()) {
                self.say(&format_args!("{text}\n"));
            }
        }
    }

    /// Writes a message. Without a standard error there is nobody left to tell of a failure.
    fn say(self, text: &dyn fmt::Display) {
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

/// What `--color` says in arguments that could not be parsed.
fn color_among(arguments: impl Iterator<Item = std::ffi::OsString>) -> ColorChoice {
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
