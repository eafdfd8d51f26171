//! The names that AWS and people see, and their limits.
//!
//! [`Names`] makes them by the stack file's pattern, with environment and suffix whole; nothing is
//! ever cut, since a cut name may meet another, and a later change replaces what bears it. [`check`]
//! then holds every name in a tree against what AWS accepts, so that a name fails at synth and
//! not half an hour into an apply.

mod check;
mod rules;

pub use check::{check, longest_suffix, naming_argument};

use crate::newtypes::{EnvironmentName, Key, NamePart, NamePattern, Suffix};

/// Makes names for one environment and suffix.
#[derive(Clone, Debug)]
pub struct Names {
    pattern: NamePattern,
    environment: EnvironmentName,
    suffix: Suffix,
    /// The characters of the longest environment name of the stack.
    longest_environment: usize,
}

/// The section key that names leave out: `[database.main]` makes `db-cluster-…`, not `db-cluster-main-…`.
pub const MAIN: &str = "main";

impl Names {
    /// Names by `pattern`; `environments` are all that the stack file declares.
    pub fn new<'a>(
        pattern: NamePattern,
        environment: EnvironmentName,
        suffix: Suffix,
        environments: impl IntoIterator<Item = &'a EnvironmentName>,
    ) -> Self {
        let longest = environments
            .into_iter()
            .map(|name| name.as_str().len())
            .max();
        Self {
            longest_environment: longest.unwrap_or(environment.as_str().len()),
            pattern,
            environment,
            suffix,
        }
    }

    /// Whose a state is: `<stack>/<environment>/<suffix>`.
    pub fn identity(&self, stack: &Key) -> String {
        format!("{stack}/{}/{}", self.environment, self.suffix)
    }

    /// The name for a resource of this type token: `vpc`, `db-cluster`.
    pub fn of(&self, token: &str) -> String {
        let parts = self.pattern.parts().iter().map(|part| match part {
            NamePart::Text(text) => text.as_str(),
            NamePart::Type => token,
            NamePart::Environment => self.environment.as_str(),
            NamePart::Suffix => self.suffix.as_str(),
        });
        parts.collect()
    }

    /// The name for a resource of this type token and these keys; the key `main` is left out.
    pub fn keyed<'a>(&self, token: &str, keys: impl IntoIterator<Item = &'a str>) -> String {
        let mut text = token.to_owned();
        for key in keys.into_iter().filter(|key| *key != MAIN) {
            text.push('-');
            text.push_str(key);
        }
        self.of(&text)
    }

    /// The path in Parameter Store below which everything of this environment stands.
    pub fn parameter_root(&self) -> String {
        format!("/payment/{}/{}", self.environment, self.suffix)
    }

    /// The characters of the suffix.
    fn suffix_length(&self) -> usize {
        self.suffix.as_str().len()
    }

    /// How long `name` would be in the environment with the longest name and the shortest suffix.
    fn length_at_worst(&self, name: &str) -> usize {
        let environment = if self.pattern.names_environment() {
            self.longest_environment - self.environment.as_str().len()
        } else {
            0
        };
        if name.contains(self.suffix.as_str()) {
            name.len() + environment + Suffix::MIN_LENGTH - self.suffix_length()
        } else {
            name.len()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pattern: &str, suffix: &str) -> Names {
        let environments = ["legacy", "production"].map(|name| name.parse().unwrap());
        Names::new(
            pattern.parse().unwrap(),
            "legacy".parse().unwrap(),
            suffix.parse().unwrap(),
            &environments,
        )
    }

    #[test]
    fn a_name_holds_what_the_pattern_says() {
        let names = names("payment-{type}-{env}-{suffix}", "abc123");
        assert_eq!(names.of("vpc"), "payment-vpc-legacy-abc123");
        assert_eq!(
            names.keyed("vpc", ["core"]),
            "payment-vpc-core-legacy-abc123"
        );
        assert_eq!(names.keyed("vpc", [MAIN]), "payment-vpc-legacy-abc123");
    }

    #[test]
    fn an_identity_tells_stacks_environments_and_suffixes_apart() {
        let names = names("{type}-{suffix}", "abc123");
        let identity = names.identity(&"sample".parse().unwrap());
        assert_eq!(identity, "sample/legacy/abc123");
    }

    #[test]
    fn the_worst_length_is_that_of_the_longest_environment() {
        let worst = |pattern, suffix| {
            let names = names(pattern, suffix);
            names.length_at_worst(&names.of("vpc"))
        };
        let longest = "vpc-production-abc".len();
        assert_eq!(worst("{type}-{env}-{suffix}", "abc"), longest);
        assert_eq!(worst("{type}-{env}-{suffix}", "abc123abc123"), longest);
        assert_eq!(worst("{type}-{suffix}", "abc123"), "vpc-abc".len());
    }
}
