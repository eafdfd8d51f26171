//! Lambda aliases: stable names of function versions, with their provisioned concurrency.

use crate::config::{Color, MinMax, alias, name_with_color};
use crate::constructs::compute::function::{
    Alias, AliasProps, Function, ProvisionedConcurrencyProps,
};
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

    /// Provisions concurrency within `count` for each version with requests, or prepared for them.
    ///
    /// Lambda provisions a version through one alias only ("Alias can't be used for Provisioned Concurrency configuration
    /// on an already Provisioned version"). An alias that is `latest` may have the version of another one.
    pub(crate) fn provision_concurrency(
        &self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        key: &str,
        count: &MinMax,
    ) {
        let provisioned = self.provisioned();
        for (color, alias) in &provisioned {
            let others = provisioned.iter().filter(|(other, _)| other != color);
            let props = ProvisionedConcurrencyProps {
                key: &name_with_color(key, *color),
                count,
                others: others.map(|(_, other)| *other).collect(),
            };
            if color.is_none() {
                alias.provision_concurrency(scope, context, &props);
            } else {
                let mut scope = scope.child(self::alias(*color));
                alias.provision_concurrency(&mut scope, context, &props);
            }
        }
    }

    /// The aliases with provisioned concurrency.
    fn provisioned(&self) -> Vec<(Option<Color>, Alias)> {
        let is_single = self.iter().count() == 1;
        let mut numbers = Vec::new();
        let mut provisioned = Vec::new();
        for (color, AliasedVersion { version, alias }) in self.iter() {
            match version {
                FunctionVersion::Latest if !is_single => continue,
                FunctionVersion::Number(number) if numbers.contains(&number) => continue,
                FunctionVersion::Number(number) => numbers.push(number),
                FunctionVersion::Latest | FunctionVersion::Current => {}
            }
            provisioned.push((color, alias));
        }
        provisioned
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
