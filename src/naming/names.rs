//! [`Names`]: physical names by the pattern of the stack file.

use crate::newtypes::{
    DomainName, EnvironmentName, InvalidValue, Key, NamePart, NamePattern, PublicName,
    RepositoryName, Suffix,
};

/// Builder of names for one environment and suffix.
#[derive(Clone, Debug)]
pub struct Names {
    pattern: NamePattern,
    pub(super) environment: EnvironmentName,
    pub(super) suffix: Suffix,
    /// The length of the longest environment name of the stack.
    longest_environment: usize,
}

/// The section key that names leave out: `[database.main]` gives `db-cluster-…`, not `db-cluster-main-…`.
pub const MAIN: &str = "main";

impl Names {
    /// Builds names by `pattern`. `environments` are those that the stack file declares.
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

    /// Returns the identity of a state: `<stack>/<environment>/<suffix>`.
    pub fn identity(&self, stack: &Key) -> String {
        format!("{stack}/{}/{}", self.environment, self.suffix)
    }

    /// Returns `<key>-<environment>-<suffix>`, unique among the environments that share a server outside AWS.
    pub fn environment_scope(&self, key: &str) -> String {
        format!("{key}-{}-{}", self.environment, self.suffix)
    }

    /// Returns the name of a resource with this type token: `vpc`, `db-cluster`.
    pub fn of(&self, token: &str) -> String {
        let parts = self.pattern.parts().iter().map(|part| match part {
            NamePart::Text(text) => text.as_str(),
            NamePart::Type => token,
            NamePart::Environment => self.environment.as_str(),
            NamePart::Suffix => self.suffix.as_str(),
        });
        parts.collect()
    }

    /// Returns the name of a resource with this type token and these keys. The key `main` is left out.
    pub fn keyed<'a>(&self, token: &str, keys: impl IntoIterator<Item = &'a str>) -> String {
        self.of(&join(token, keys))
    }

    /// Returns the name like [`Self::keyed`], in letters and digits only: `ModelCreateProductionabc123`.
    ///
    /// Each word begins with a capital, so that different words make different names. The suffix remains unchanged.
    pub fn alphanumeric<'a>(&self, token: &str, keys: impl IntoIterator<Item = &'a str>) -> String {
        let token = join(token, keys);
        let parts = self.pattern.parts().iter().map(|part| match part {
            NamePart::Text(text) => camel_case(text),
            NamePart::Type => camel_case(&token),
            NamePart::Environment => camel_case(self.environment.as_str()),
            NamePart::Suffix => self.suffix.to_string(),
        });
        parts.collect()
    }

    /// Returns the domain name that a public name resolves to.
    ///
    /// # Errors
    /// If a label or the name is too long.
    pub fn resolve(&self, name: &PublicName) -> Result<DomainName, InvalidValue> {
        name.resolve(&self.environment, &self.suffix)
    }

    /// Returns the name of an image repository.
    pub fn repository(&self, name: &RepositoryName) -> String {
        name.resolve(&self.suffix)
    }

    /// Returns the Parameter Store prefix of this environment.
    pub fn parameter_root(&self) -> String {
        format!("/payment/{}/{}", self.environment, self.suffix)
    }

    /// The length of the suffix.
    pub(super) fn suffix_length(&self) -> usize {
        self.suffix.as_str().len()
    }

    /// Returns the length of `name` for the longest environment name and the shortest suffix.
    pub(super) fn length_at_worst(&self, name: &str) -> usize {
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

/// Joins a type token and keys. The key `main` is left out.
fn join<'a>(token: &str, keys: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = token.to_owned();
    for key in keys.into_iter().filter(|key| *key != MAIN) {
        text.push('-');
        text.push_str(key);
    }
    text
}

/// Returns the words of `text` without hyphens, each with a capital.
fn camel_case(text: &str) -> String {
    let words = text.split('-').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or(("", word));
        first.to_ascii_uppercase() + rest
    });
    words.collect()
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
    fn name_follows_the_pattern() {
        let names = names("payment-{type}-{env}-{suffix}", "abc123");
        assert_eq!(names.of("vpc"), "payment-vpc-legacy-abc123");
        assert_eq!(
            names.keyed("vpc", ["core"]),
            "payment-vpc-core-legacy-abc123"
        );
        assert_eq!(names.keyed("vpc", [MAIN]), "payment-vpc-legacy-abc123");
    }

    #[test]
    fn alphanumeric_name_contains_the_suffix_unchanged() {
        let names = names("payment-{type}-{env}-{suffix}", "abc123");
        assert_eq!(
            names.alphanumeric("model", [MAIN, "create-payment"]),
            "PaymentModelCreatePaymentLegacyabc123"
        );
    }

    #[test]
    fn identity_contains_stack_environment_and_suffix() {
        let names = names("{type}-{suffix}", "abc123");
        let identity = names.identity(&"sample".parse().unwrap());
        assert_eq!(identity, "sample/legacy/abc123");
    }

    #[test]
    fn worst_length_uses_the_longest_environment_and_shortest_suffix() {
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
