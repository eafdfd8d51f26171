//! Which tree: the flags that are the same on every command that reads one.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use paymig::config::{self, DEFAULT, Phase, Protection, StackSource};
use paymig::diagnostic::Diagnostic;
use paymig::newtypes::{EnvironmentName, Percent, Suffix};

use super::outcome::Failure;
use super::variables::Variables;

/// The selection flags.
#[derive(Debug, Args)]
#[group(skip)] // a group is called as its type is, and every command's type is `Arguments`
#[command(next_help_heading = "Selection")]
pub(super) struct Arguments {
    #[command(flatten)]
    stack: StackArgument,
    /// The environment; `bootstrap` is what the others need first
    #[arg(long, value_name = "ENV")]
    pub(super) env: Option<EnvironmentName>,
    /// The environment suffix, a part of every name: 3 to 12 lower-case letters and digits. The
    /// environment variable `PAYMIG_SUFFIX` stands in for this flag
    #[arg(long)]
    suffix: Option<Suffix>,
    /// Where the environment stands; else what its stack file declares
    #[arg(long, value_parser = phase())]
    phase: Option<Phase>,
    /// The share of requests on the new side, in phase `migration`: a step of the stack; else its
    /// first
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true)]
    traffic: Option<Percent>,
    /// Keep stateful resources from being destroyed; else what the stack file declares
    #[arg(long, conflicts_with = "destroyable")]
    protect: bool,
    /// Let stateful resources be destroyed
    #[arg(long)]
    destroyable: bool,
    /// Change a value of the stack file; a bare word is a string, anything else TOML. Repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
}

/// `--stack`, for every command that reads a stack file.
#[derive(Debug, Args)]
pub(super) struct StackArgument {
    /// An embedded stack or a stack file. The environment variable `PAYMIG_STACK` stands in for this
    /// flag
    #[arg(long, value_name = "NAME|FILE")]
    stack: Option<String>,
}

impl StackArgument {
    /// The stack file that was named, by the flag or the environment.
    pub(super) fn named(&self, variables: &Variables) -> Result<Option<StackSource>, Failure> {
        let name = match &self.stack {
            Some(name) => Some(name.clone()),
            None => variables.stack()?,
        };
        Ok(name.map(|name| StackSource::find(&name)).transpose()?)
    }
}

impl Arguments {
    /// The stack file.
    pub(super) fn source(&self, variables: &Variables) -> Result<StackSource, Failure> {
        match self.stack.named(variables)? {
            Some(source) => Ok(source),
            None => Ok(StackSource::find(DEFAULT)?),
        }
    }

    /// The suffix, for commands whose output is applied.
    pub(super) fn suffix(&self, variables: &Variables) -> Result<Suffix, Failure> {
        let suffix = match &self.suffix {
            Some(suffix) => Some(suffix.clone()),
            None => variables.suffix()?,
        };
        suffix.ok_or_else(|| {
            Diagnostic::error("no environment suffix is given: it is a part of every name")
                .help("add `--suffix abc123`, or set PAYMIG_SUFFIX")
                .into()
        })
    }

    /// These flags for one environment.
    pub(super) fn of(&self, environment: EnvironmentName, suffix: Suffix) -> config::Selection {
        config::Selection {
            phase: self.phase,
            traffic: self.traffic,
            protection: self.protection(),
            set: self.set.clone(),
            ..config::Selection::new(environment, suffix)
        }
    }

    /// These flags for the reserved environment, which takes no phase, traffic or protection.
    pub(super) fn of_bootstrap(&self, suffix: Suffix) -> config::Selection {
        config::Selection {
            set: self.set.clone(),
            ..config::Selection::new(EnvironmentName::bootstrap(), suffix)
        }
    }

    fn protection(&self) -> Option<Protection> {
        if self.protect {
            return Some(Protection::Protected);
        }
        self.destroyable.then_some(Protection::Destroyable)
    }
}

fn phase() -> impl TypedValueParser<Value = Phase> {
    PossibleValuesParser::new(Phase::ALL.map(Phase::as_str)).try_map(|name| {
        let mut phases = Phase::ALL.into_iter();
        phases
            .find(|phase| phase.as_str() == name)
            .ok_or("is no phase")
    })
}
