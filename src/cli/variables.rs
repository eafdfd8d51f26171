//! Environment variables that replace flags. An empty one counts as unset, since CI sets variables to nothing.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use paymig::diagnostic::Diagnostic;

/// Values of the environment variables.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables {
    stack: Option<OsString>,
    suffix: Option<OsString>,
    /// `CDKTF_OUTDIR`: the output folder that cdktf and cdktn pass to the app.
    pub(super) outdir: Option<PathBuf>,
}

const STACK: &str = "PAYMIG_STACK";
const SUFFIX: &str = "PAYMIG_SUFFIX";

impl Variables {
    /// Reads the environment.
    pub(super) fn read() -> Self {
        let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
        Self {
            stack: variable(STACK),
            suffix: variable(SUFFIX),
            outdir: variable("CDKTF_OUTDIR").map(PathBuf::from),
        }
    }

    /// `PAYMIG_STACK`.
    pub(super) fn stack(&self) -> Result<Option<String>, Diagnostic> {
        text(STACK, self.stack.as_ref())
    }

    /// `PAYMIG_SUFFIX`.
    pub(super) fn suffix<T>(&self) -> Result<Option<T>, Diagnostic>
    where
        T: std::str::FromStr<Err: std::fmt::Display>,
    {
        let Some(text) = text(SUFFIX, self.suffix.as_ref())? else {
            return Ok(None);
        };
        match text.parse() {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(Diagnostic::error(format!("{SUFFIX}: {error}"))),
        }
    }
}

fn text(name: &str, value: Option<&OsString>) -> Result<Option<String>, Diagnostic> {
    value
        .map(|value| value.clone().into_string())
        .transpose()
        .map_err(|value| Diagnostic::error(format!("{name}: {} is not UTF-8", value.display())))
}
