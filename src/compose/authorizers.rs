//! Who lets callers of APIs in: a function for each API that asks for one, and the key it checks with.

use std::collections::BTreeMap;

use super::environment::Composer;
use super::uses::reads_secrets;
use crate::config::{Api as ApiConfig, Architecture, Authorizer as AuthorizerConfig, Rotated};
use crate::constructs::compute::function::{Function, Plan};
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::security::kms_key::DataClass;
use crate::constructs::security::rotation::{self, Rotating, rotate};
use crate::constructs::security::secret_key::signing_key;
use crate::lambda_packages::Program;
use crate::newtypes::{Region, Seconds};

/// What lets the callers of one API in.
#[derive(Clone, Copy)]
pub(super) struct Guard {
    pub(super) authorizer: Function,
    /// Rotates the key that the authorizer checks with.
    pub(super) rotation: Function,
}

/// None where callers sign with IAM credentials.
pub(super) type Authorizers = SectionMap<ApiConfig, Option<Guard>>;

impl Composer<'_> {
    pub(super) fn authorizers(&mut self) -> Authorizers {
        SectionMap::build(&self.stack.api, |entry| match entry.authorizer {
            AuthorizerConfig::Iam => None,
            AuthorizerConfig::Custom => Some(self.authorizer(entry)),
        })
    }

    fn authorizer(&mut self, entry: SectionRef<'_, ApiConfig>) -> Guard {
        let region = self.api_region(entry);
        let secrets_key = self.key(DataClass::Secrets, region);
        let site = self.function_site(Program::Authorizer, region);
        let rotation_site = self.function_site(Program::Rotation, region);
        let subject = format!("api-{}", entry.physical_name_key());
        let mut root = self.root.in_region(region.as_str());
        let mut scope = entry.scope(&mut root).into_child("authorizer");
        let key = signing_key(
            &mut scope.child("signing-key"),
            &self.context,
            &subject,
            secrets_key,
        );
        let rotating = vec![Rotating {
            id: "signing-key".to_owned(),
            secret: key.clone(),
            days: Rotated::default().days,
        }];
        let rotation = Plan {
            key: &format!("rotation-{subject}"),
            description: "Rotates the key that signs callers' tokens",
            network: None,
            architecture: Architecture::default(),
            memory: 256,
            timeout: Seconds::constant::<60>(),
            reserved_concurrency: None,
            // It holds no database login, so no cutover holds it.
            environment: BTreeMap::from([("DATABASES", "{}".into())]),
            allowed: rotation::statements(&rotating, secrets_key).to_vec(),
        };
        let mut rotation_scope = scope.child("rotation");
        let rotation = Function::new(&mut rotation_scope, &self.context, rotation, rotation_site);
        rotate(&mut rotation_scope, &self.context, rotation, rotating, &[]);
        let name = self.context.names.keyed("api", [entry.physical_name_key()]);
        let issuer = entry
            .domain
            .as_ref()
            .map_or_else(|| name.clone(), |domain| format!("https://{}", domain.name));
        let plan = Plan {
            key: &format!("authorizer-{}", entry.physical_name_key()),
            description: "Lets callers of an API in, by token and route",
            network: None,
            architecture: Architecture::default(),
            memory: 256,
            timeout: Seconds::constant::<10>(),
            reserved_concurrency: None,
            environment: BTreeMap::from([
                ("AUDIENCE", name.into()),
                ("ISSUER", issuer.into()),
                ("SIGNING_KEY_SECRET_ARN", key.clone()),
            ]),
            allowed: reads_secrets([key], Program::Authorizer.required_actions(), secrets_key),
        };
        Guard {
            authorizer: Function::new(&mut scope, &self.context, plan, site),
            rotation,
        }
    }

    /// The region of the networks that an API leads to.
    pub(super) fn api_region(&self, entry: SectionRef<'_, ApiConfig>) -> Region {
        let balancer = self.stack.balancer.resolve(&entry.balancer);
        let first = balancer.networks.first();
        first.map_or(self.stack.primary_region(), |network| {
            self.stack.network.resolve(network).region
        })
    }
}
