//! The reserved environment `bootstrap`: resources that the other environments need before their first plan.

use crate::config::{AccountResource, Backend, ImageRun, Protection, Stack};
use crate::constructs::account::account_resources;
use crate::constructs::account::terraform_state::{StateStore, add_identity_guard};
use crate::constructs::compute::registry::{Repository, RepositoryProps};
use crate::constructs::core::{Account, Context, SectionRef};
use crate::constructs::security::kms_key::{DataClass, KmsKeys};
use crate::naming::Names;
use crate::terraform::tree::Tree;

/// Adds the resources that the other environments of `stack` need.
pub(super) fn compose(tree: &mut Tree, names: &Names, stack: &Stack) {
    let mut root = tree.root();
    add_identity_guard(&mut root, &names.identity(&stack.stack));
    let context = Context {
        names,
        protection: protection(stack),
        account: Account::new(&mut root),
    };
    let mut keys = KmsKeys::default();
    if stack.state.backend == Backend::S3 {
        let key = keys.get(
            &mut root,
            &context,
            DataClass::State,
            stack.primary_region(),
        );
        let store = StateStore::new(&mut root, &context, key);
        root.output(
            "state_bucket",
            "S3 bucket of the Terraform states",
            store.bucket.name(),
        );
        root.output(
            "state_lock_table",
            "DynamoDB table that locks the Terraform states",
            store.locks.name(),
        );
    }
    let runs = stack.image_runs();
    for region in stack.regions.iter().copied() {
        for image in SectionRef::all(&stack.existing.image) {
            let of_it = |run: &&ImageRun| run.region == region && run.image == *image.key();
            let mut here = runs.iter().filter(of_it).peekable();
            if here.peek().is_none() {
                continue;
            }
            let key = keys.get(&mut root, &context, DataClass::Images, region);
            let repository =
                Repository::new(&mut root, &context, RepositoryProps { image, region }, key);
            if here.any(|run| run.by_function) {
                repository.allow_lambda_pull(&mut root, &context, image);
            }
        }
    }
    let create = |resource: Option<AccountResource>| resource == Some(AccountResource::Create);
    if create(Some(stack.account.dms_roles)) {
        account_resources::add_dms_roles(&mut root, &context);
    }
    if create(stack.account.api_gateway) {
        account_resources::add_api_gateway_account(&mut root, &context, &stack.regions);
    }
    if create(stack.account.guard_duty) {
        account_resources::add_guard_duty(&mut root, &stack.regions);
    }
    if create(stack.account.config) {
        account_resources::add_config_recorder(&mut root, &context, &stack.regions);
    }
}

/// The shared resources are protected as soon as one environment is.
fn protection(stack: &Stack) -> Protection {
    let mut environments = stack.environments.values();
    if environments.any(|environment| environment.protection == Protection::Protected) {
        Protection::Protected
    } else {
        Protection::Destroyable
    }
}
