//! Lambda aliases: stable names of function versions, with their provisioned concurrency.

use crate::config::{Color, MinMax, alias, name_with_color};
use crate::constructs::compute::function::{Alias, AliasProps, Function};
use crate::constructs::core::Context;
use crate::newtypes::FunctionVersion;
use crate::terraform::tree::Scope;
use crate::terraform::tree::Value;

/// The aliases of a function: one, or one for each color.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Aliases {
    live: Option<AliasedVersion>,
    blue: Option<AliasedVersion>,
    green: Option<AliasedVersion>,
}

/// An alias and the version that it points to.
#[derive(Clone, Copy, Debug)]
struct AliasedVersion {
    version: FunctionVersion,
    alias: Alias,
}

impl Aliases {
    /// Adds an alias of `function` for each version.
    pub(crate) fn new(
        scope: &mut Scope<'_>,
        function: Function,
        versions: Vec<(Option<Color>, FunctionVersion)>,
    ) -> Self {
        let mut scope = scope.child("alias");
        let mut aliases = Self::default();
        for (color, version) in versions {
            let name = alias(color);
            let alias = Alias::new(&mut scope, AliasProps { name, version }, function);
            *aliases.slot(color) = Some(AliasedVersion { version, alias });
        }
        aliases
    }

    /// Provisions concurrency within `count` for each version.
    ///
    /// A color that is `latest` has no requests and may be the version of the other color. Lambda provisions a version
    /// through one alias only ("Alias can't be used for Provisioned Concurrency configuration on an already
    /// Provisioned version").
    pub(crate) fn provision_concurrency(
        &self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        key: &str,
        count: &MinMax,
    ) {
        let mut numbers = Vec::new();
        for (color, AliasedVersion { version, alias }) in self.iter() {
            match version {
                FunctionVersion::Latest if color.is_some() => continue,
                FunctionVersion::Number(number) if numbers.contains(&number) => continue,
                FunctionVersion::Number(number) => numbers.push(number),
                FunctionVersion::Latest | FunctionVersion::Current => {}
            }
            if color.is_none() {
                alias.provision_concurrency(scope, context, key, count);
            } else {
                let mut scope = scope.child(self::alias(color));
                alias.provision_concurrency(
                    &mut scope,
                    context,
                    &name_with_color(key, color),
                    count,
                );
            }
        }
    }

    /// The alias of a color. A function that is one color has a single alias.
    pub(crate) fn of(&self, color: Option<Color>) -> Option<Alias> {
        let mut aliases = *self;
        let version = aliases.slot(color).or(self.live)?;
        Some(version.alias)
    }

    /// The ARNs of all aliases.
    pub(crate) fn arns(&self) -> impl Iterator<Item = Value<String>> {
        self.iter().map(|(_, version)| version.alias.arn())
    }

    fn iter(&self) -> impl Iterator<Item = (Option<Color>, AliasedVersion)> {
        let all = [
            (None, self.live),
            (Some(Color::Blue), self.blue),
            (Some(Color::Green), self.green),
        ];
        all.into_iter()
            .filter_map(|(color, version)| Some((color, version?)))
    }

    fn slot(&mut self, color: Option<Color>) -> &mut Option<AliasedVersion> {
        match color {
            None => &mut self.live,
            Some(Color::Blue) => &mut self.blue,
            Some(Color::Green) => &mut self.green,
        }
    }
}
