//! Tags of resources.

use paymig::aws;

use crate::framework::case::{Case, Known, Verdict};
use crate::framework::policy::text;

/// The provider tags every resource; instances have tags from their template.
pub(crate) fn resources_and_instances_are_tagged(case: Case<'_>) -> Verdict {
    let tags = case.tree.default_tags();
    let said = tags.get("Environment").and_then(text) == Some(case.environment)
        && tags.get("EnvironmentSuffix").and_then(text) == Some(Case::suffix())
        && tags.get("Project").is_some();
    case.every::<aws::LaunchTemplate>()
        .must("tag instances and their volumes", |template| {
            let specifications = template.tag_specifications();
            ["instance", "volume"].iter().all(|kind| {
                let mut specifications = specifications.iter();
                specifications.any(|one| {
                    let tags = one.tags();
                    let environment = tags.and_then(|tags| tags.key("Environment"));
                    one.resource_type().is(kind) && environment.is(case.environment)
                })
            })
        })
        .verdict()
        .and(Verdict::of(said, "the provider tags nothing"))
}
