//! Lambda authorizers of APIs, with their signing keys.

use std::collections::BTreeMap;

use crate::compose::composer::Composer;
use crate::compose::foundations::secret_permissions::secret_permissions;
use crate::compose::queries::regions::api_region;
use crate::config::{Api as ApiConfig, Architecture, Authorizer as AuthorizerConfig, Rotated};
use crate::constructs::compute::function::{Deletion, Function, FunctionProps};
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::observability::metric_filters::{LoggedFailure, add_failure_metric_filter};
use crate::constructs::security::kms_key::DataClass;
use crate::constructs::security::rotation;
use crate::constructs::security::rotation::{RotatedSecret, RotationFunction, enable_rotation};
use crate::constructs::security::signing_key::add_signing_key;
use crate::lambda_packages::Program;
use crate::newtypes::Seconds;

/// The authorizer of one API.
#[derive(Clone, Copy)]
pub(crate) struct ApiAuthorizer {
    pub(crate) authorizer: Function,
    /// The function that rotates the signing key.
    pub(crate) rotation: Function,
}

/// Authorizers by API section. None if callers sign requests with IAM credentials.
pub(crate) type Authorizers = SectionMap<ApiConfig, Option<ApiAuthorizer>>;

pub(crate) fn add(composer: &mut Composer<'_>) -> Authorizers {
    SectionMap::build(&composer.stack.api, |section| match section.authorizer {
        AuthorizerConfig::Iam => None,
        AuthorizerConfig::Custom => Some(add_authorizer(composer, section)),
    })
}

fn add_authorizer(
    composer: &mut Composer<'_>,
    section: SectionRef<'_, ApiConfig>,
) -> ApiAuthorizer {
    let region = api_region(composer.stack, section);
    let secrets_key = composer.key(DataClass::Secrets, region);
    let function_deps = composer.package_function_deps(Program::Authorizer, region);
    let rotation_deps = composer.package_function_deps(Program::Rotation, region);
    let subject = format!("api-{}", section.physical_name_key());
    let name = composer
        .context
        .names
        .keyed("api", [section.physical_name_key()]);
    let issuer = section.domain.as_ref().map_or_else(
        || name.clone(),
        |domain| format!("https://{}", composer.domain_of(&domain.name)),
    );
    let mut root = composer.root.in_region(region.as_str());
    let mut scope = section.scope(&mut root).into_child("authorizer");
    let key = add_signing_key(
        &mut scope.child("signing-key"),
        &composer.context,
        &subject,
        secrets_key,
    );
    let rotating = vec![RotatedSecret {
        id: "signing-key".into(),
        secret_arn: key.clone(),
        interval: Rotated::default().days,
    }];
    let rotation = FunctionProps {
        key: &format!("rotation-{subject}"),
        description: "Rotates the signing key of access tokens",
        network: None,
        architecture: Architecture::default(),
        memory_mib: 256,
        timeout: Seconds::constant::<60>(),
        reserved_concurrency: None,
        // It rotates no database login, so no cutover suspends it.
        // Lambda keeps the key of a function only beside an environment (aws_lambda_function, `kms_key_arn`).
        environment: BTreeMap::from([("DATABASES", "{}".into())]),
        deletion: Deletion::BeforeUpdates,
        permissions: rotation::statements(&rotating, secrets_key).to_vec(),
    };
    let mut rotation_scope = scope.child("rotation");
    let rotation = Function::new(
        &mut rotation_scope,
        &composer.context,
        rotation,
        rotation_deps,
    );
    enable_rotation(
        &mut rotation_scope,
        &composer.context,
        RotationFunction {
            name: rotation.name(),
            arn: rotation.arn(),
        },
        rotating,
        &[],
    );
    let props = FunctionProps {
        key: &format!("authorizer-{}", section.physical_name_key()),
        description: "Authorizes API requests by access token and route",
        network: None,
        architecture: Architecture::default(),
        memory_mib: 256,
        timeout: Seconds::constant::<10>(),
        reserved_concurrency: None,
        environment: BTreeMap::from([
            ("AUDIENCE", name.into()),
            ("ISSUER", issuer.into()),
            ("SIGNING_KEY_SECRET_ARN", key.clone()),
        ]),
        deletion: Deletion::BeforeUpdates,
        permissions: secret_permissions([key], Program::Authorizer.required_actions(), secrets_key),
    };
    let authorizer = Function::new(&mut scope, &composer.context, props, function_deps);
    let key = format!("authorizer-{}", section.physical_name_key());
    let log_group_name = authorizer.log_group_name();
    add_failure_metric_filter(
        &mut scope,
        &composer.context,
        &key,
        &log_group_name,
        LoggedFailure::Authorization,
    );
    ApiAuthorizer {
        authorizer,
        rotation,
    }
}
