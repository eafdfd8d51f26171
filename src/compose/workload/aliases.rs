//! Functions that call functions, and the names that versions of them are called under.

use crate::config::{Color, MinMax, alias, name_with_color};
use crate::constructs::compute::function::{Alias, Function};
use crate::constructs::core::Context;
use crate::newtypes::FunctionVersion;
use crate::terraform::tree::Scope;
use crate::terraform::tree::Value;

/// What the callers of a function call: one alias, or one for each color.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Aliases {
    live: Option<AliasedVersion>,
    blue: Option<AliasedVersion>,
    green: Option<AliasedVersion>,
}

/// An alias, and what it stands for.
#[derive(Clone, Copy, Debug)]
struct AliasedVersion {
    version: FunctionVersion,
    alias: Alias,
}

impl Aliases {
    /// The aliases of `function` for these versions.
    pub(crate) fn new(
        scope: &mut Scope<'_>,
        function: Function,
        versions: Vec<(Option<Color>, FunctionVersion)>,
    ) -> Self {
        let mut scope = scope.child("alias");
        let mut aliases = Self::default();
        for (color, version) in versions {
            let alias = Alias::new(&mut scope, function, alias(color), version);
            *aliases.slot(color) = Some(AliasedVersion { version, alias });
        }
        aliases
    }

    /// Provisions concurrency within `count` for each version.
    ///
    /// Warm executions belong to a version, and one that has them already cannot be given others by a second
    /// alias (Lambda: "Alias can't be used for Provisioned Concurrency configuration on an already
    /// Provisioned version"): where blue and green are the same, they are blue's.
    pub(crate) fn provision_concurrency(
        &self,
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        key: &str,
        count: &MinMax,
    ) {
        let mut provisioned = Vec::new();
        for (color, AliasedVersion { version, alias }) in self.iter() {
            if provisioned.contains(&version) {
                continue;
            }
            provisioned.push(version);
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

    /// The alias of a color; a function that is a color itself has one for all of them.
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
