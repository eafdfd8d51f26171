//! Construct ids: the components of a construct path.

use std::borrow::Cow;

/// The name of a construct in its scope, and its former name if it was renamed.
///
/// A Terraform address is derived from the path. A rename without the former name destroys the resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConstructId {
    pub(super) name: Cow<'static, str>,
    pub(super) formerly: Option<Cow<'static, str>>,
}

impl ConstructId {
    /// `name`, which was renamed from `formerly`.
    pub fn renamed(
        name: impl Into<Cow<'static, str>>,
        formerly: Option<impl Into<Cow<'static, str>>>,
    ) -> Self {
        Self {
            name: name.into(),
            formerly: formerly.map(Into::into),
        }
    }

    /// The id that `name_of` makes of this one, of both names: `payments` becomes `replication-payments`.
    #[must_use]
    pub fn map(&self, name_of: impl Fn(&str) -> String) -> Self {
        Self {
            name: name_of(&self.name).into(),
            formerly: self.formerly.as_deref().map(|name| name_of(name).into()),
        }
    }

    /// The name before the rename, or the name if there was none.
    pub(super) fn former(&self) -> &str {
        self.formerly.as_deref().unwrap_or(&self.name)
    }
}

impl From<&'static str> for ConstructId {
    fn from(name: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            formerly: None,
        }
    }
}

impl From<String> for ConstructId {
    fn from(name: String) -> Self {
        Self {
            name: Cow::Owned(name),
            formerly: None,
        }
    }
}
