//! The flags that select an environment of a stack, shared by the commands that compose one.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use paymig::config::{self, AllEnvironments, DEFAULT, Phase, Protection, StackSource};
use paymig::diagnostic::Diagnostic;
use paymig::newtypes::{EnvironmentName, InvalidValue, Percent, Suffix};

use super::outcome::Failure;
use super::variables::Variables;

/// The selection flags.
#[derive(Debug, Args)]
#[group(skip)] // groups are named by their type, and the type of every command is `Arguments`
#[command(next_help_heading = "Selection")]
pub(super) struct Arguments {
    #[command(flatten)]
    stack: StackArgument,
    /// The environment; `bootstrap` has the resources that the others need first
    #[arg(long, value_name = "ENV")]
    pub(super) env: Option<EnvironmentName>,
    /// The environment suffix, a part of every name: 3 to 12 lowercase letters and digits. The
    /// environment variable `PAYMIG_SUFFIX` replaces this flag
    #[arg(long)]
    suffix: Option<Suffix>,
    /// The phase of the environment. Default: the phase in the stack file
    #[arg(long, value_parser = phase())]
    phase: Option<Phase>,
    /// The percentage of requests on the new side in phase `migration`: a step of the stack. Default:
    /// the percentage in the stack file, or the first step
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true)]
    traffic: Option<Percent>,
    /// Protect stateful resources from being destroyed. Default: the protection in the stack file
    #[arg(long, conflicts_with = "destroyable")]
    protect: bool,
    /// Allow stateful resources to be destroyed
    #[arg(long)]
    destroyable: bool,
    /// Set a value of the stack file, as TOML; unquoted values are strings. Repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
}

/// `--stack`, for every command that reads a stack file.
#[derive(Debug, Args)]
pub(super) struct StackArgument {
    /// An embedded stack or a stack file. The environment variable `PAYMIG_STACK` replaces this flag
    #[arg(long, value_name = "NAME|FILE")]
    stack: Option<String>,
}

impl StackArgument {
    /// The stack file that the flag or the environment variable names.
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

    /// The environment, for commands whose result, such as `a policy`, is of one environment.
    pub(super) fn environment(&self, result: &str) -> Result<&EnvironmentName, Failure> {
        self.env.as_ref().ok_or_else(|| {
            Diagnostic::error(format!(
                "`--env` is missing: {result} is of one environment"
            ))
            .help("add `--env ENV`; `paymig list` has the environments")
            .into()
        })
    }

    /// The suffix, for commands whose output is applied.
    pub(super) fn suffix(&self, variables: &Variables) -> Result<Suffix, Failure> {
        self.given_suffix(variables)?.ok_or_else(|| {
            Diagnostic::error(
                "`--suffix` is missing: the environment suffix is a part of every name",
            )
            .help("add `--suffix abc123`, or set `PAYMIG_SUFFIX`")
            .into()
        })
    }

    /// The suffix, or `example`, for commands whose output is only read.
    pub(super) fn suffix_or_example(&self, variables: &Variables) -> Result<Suffix, Failure> {
        match self.given_suffix(variables)? {
            Some(suffix) => Ok(suffix),
            None => "example"
                .parse()
                .map_err(|error: InvalidValue| Diagnostic::error(error.to_string()).into()),
        }
    }

    fn given_suffix(&self, variables: &Variables) -> Result<Option<Suffix>, Failure> {
        Ok(match &self.suffix {
            Some(suffix) => Some(suffix.clone()),
            None => variables.suffix()?,
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

    /// Rejects `--traffic` for all environments, if the phase of one allows another weight only.
    pub(super) fn check_traffic_of_all(&self, all: &AllEnvironments) -> Result<(), Diagnostic> {
        let Some(percent) = self.traffic else {
            return Ok(());
        };
        // Every environment then has the same error, which names another remedy.
        if all.stack.is_traffic_managed_by_workflow() {
            return Ok(());
        }
        let environments = all.stack.environments.iter();
        let others: Vec<String> = environments
            .filter_map(|(name, environment)| {
                let phase = self.phase.unwrap_or(environment.phase);
                let fixed = phase.fixed_traffic().filter(|fixed| *fixed != percent);
                fixed
                    .map(|fixed| format!("`{name}` is in phase `{phase}`, whose weight is {fixed}"))
            })
            .collect();
        if others.is_empty() {
            return Ok(());
        }
        Err(Diagnostic::error(format!(
            "`--traffic` is {percent} without `--env`, but {}",
            others.join(", and ")
        ))
        .help("add `--env ENV`, or write `traffic` in [environments.ENV]"))
    }

    fn protection(&self) -> Option<Protection> {
        if self.protect {
            return Some(Protection::Protected);
        }
        self.destroyable.then_some(Protection::Destroyable)
    }
}

fn phase() -> impl TypedValueParser<Value = Phase> {
    PossibleValuesParser::new(Phase::ALL.map(Phase::as_str))
        .try_map(|name| Phase::named(&name).ok_or("is not a phase"))
}
