//! The composer: the tree of one environment, its inputs, and the components that several families share.
//!
//! It imports no other module of the composition. Every family is a module of functions that take it.

use std::collections::BTreeMap;

use crate::compose::public_names::PublicNames;
use crate::config::{
    Color, ExistingImage, Ref, Release, RequestedCertificate, Stack, TargetEnvironment,
    Waf as WafConfig,
};
use crate::constructs::account::terraform_state::add_identity_guard;
use crate::constructs::compute::function::{
    Artifacts, Code, FunctionDeps, FunctionLogProps, UploadedPackage,
};
use crate::constructs::compute::image::{Image, Images};
use crate::constructs::core::{Account, Context, SectionRef};
use crate::constructs::dns::zone::{Zone, Zones};
use crate::constructs::ingress::waf::Waf;

use crate::constructs::security::certificate::Certificates;
use crate::constructs::security::kms_key::{DataClass, KmsKey, KmsKeys};
use crate::diagnostic::KeyPath;
use crate::lambda_packages::{Program, rds_ca_pem};
use crate::naming::Names;
use crate::newtypes::{DomainName, Key as Name, PublicName, Region, RetentionDays};
use crate::terraform::tree::{ConstructId, Scope, Tree, Value};

/// The names of an environment, and those of the environment that keeps its Terraform state.
#[derive(Clone, Copy)]
pub(crate) struct NamingContext<'a> {
    pub(crate) own: &'a Names,
    /// None if the Terraform state is local.
    pub(crate) bootstrap: Option<&'a Names>,
    pub(crate) public: &'a PublicNames,
}

/// The tree of one environment while it is composed. Shared components are caches: the first use adds one.
pub(crate) struct Composer<'a> {
    pub(crate) stack: &'a Stack,
    pub(crate) target: &'a TargetEnvironment,
    /// The names of the environment `bootstrap`, which keeps the Terraform state. None if the state is local.
    pub(crate) bootstrap: Option<&'a Names>,
    pub(crate) context: Context<'a>,
    /// The domain names of the environment.
    public_names: &'a PublicNames,
    pub(crate) keys: KmsKeys,
    pub(crate) artifacts: BTreeMap<Region, Artifacts>,
    pub(crate) images: Images,
    pub(crate) zones: Zones,
    pub(crate) certificates: Certificates,
    /// Web ACLs by section and region.
    pub(crate) wafs: BTreeMap<(Name, Region), Waf>,
    pub(crate) root: Scope<'a>,
}

impl<'a> Composer<'a> {
    /// A composer whose tree holds only the guard of the state and the account.
    pub(crate) fn new(
        tree: &'a mut Tree,
        naming: NamingContext<'a>,
        stack: &'a Stack,
        target: &'a TargetEnvironment,
    ) -> Self {
        let names = naming.own;
        let mut root = tree.root();
        add_identity_guard(&mut root, &names.identity(&stack.stack));
        let account = Account::new(&mut root);
        Self {
            stack,
            target,
            bootstrap: naming.bootstrap,
            public_names: naming.public,
            context: Context {
                names,
                protection: target.protection,
                account,
            },
            keys: KmsKeys::default(),
            artifacts: BTreeMap::new(),
            images: Images::default(),
            zones: Zones::default(),
            certificates: Certificates::default(),
            wafs: BTreeMap::new(),
            root,
        }
    }

    pub(crate) fn key(&mut self, class: DataClass, region: Region) -> KmsKey {
        self.keys.get(&mut self.root, &self.context, class, region)
    }

    /// Retention of log groups.
    pub(crate) fn retention(&self) -> RetentionDays {
        let audit = self.stack.audit.as_ref();
        audit.map_or_else(RetentionDays::pci, |audit| audit.log_retention)
    }

    /// Components of a function that runs `program` in `region`.
    pub(crate) fn package_function_deps(
        &mut self,
        program: Program,
        region: Region,
    ) -> FunctionDeps {
        let code = Code::Package(self.code(program, region));
        self.function_deps(code, region)
    }

    /// Components of a function that runs `code` in `region`.
    pub(crate) fn function_deps(&mut self, code: Code, region: Region) -> FunctionDeps {
        FunctionDeps {
            code,
            functions_key: self.key(DataClass::Functions, region),
            log: self.function_log(region),
        }
    }

    /// Settings of the log groups of functions in `region`.
    pub(crate) fn function_log(&mut self, region: Region) -> FunctionLogProps {
        FunctionLogProps {
            key: self.key(DataClass::Logs, region),
            retention: self.retention(),
        }
    }

    /// Adds the bucket of deployment packages in `region` on first use. It is retained in a phase without functions.
    pub(crate) fn add_artifacts(&mut self, region: Region) {
        let key = self.key(DataClass::Functions, region);
        let mut scope = self.root.in_region(region.as_str());
        let mut scope = scope.child("artifacts").into_child(region.short());
        artifacts(&mut self.artifacts, &mut scope, &self.context, region, key);
    }

    /// The deployment package of `program`, in the bucket of `region`.
    pub(crate) fn code(&mut self, program: Program, region: Region) -> UploadedPackage {
        let key = self.key(DataClass::Functions, region);
        let mut scope = self.root.in_region(region.as_str());
        let mut scope = scope.child("artifacts").into_child(region.short());
        let artifacts = artifacts(&mut self.artifacts, &mut scope, &self.context, region, key);
        let rds = self.stack.regions.iter();
        let rds = rds.filter_map(|region| Some((region.to_string(), rds_ca_pem(*region)?)));
        let sources = SectionRef::all(&self.stack.replication).filter_map(|replication| {
            let name = format!("source-{}", replication.physical_name_key());
            Some((name, replication.config().source.ca_pem.as_deref()?))
        });
        let ca_certificates: Vec<_> = rds.chain(sources).collect();
        let ca_certificates = ca_certificates
            .iter()
            .map(|(name, pem)| (name.as_str(), *pem));
        artifacts.package(&mut scope, program, ca_certificates)
    }

    pub(crate) fn certificate(
        &mut self,
        requested: &'a RequestedCertificate,
        region: Region,
        section: KeyPath,
    ) -> Value<String> {
        let zone = self.zone(requested);
        let name = (&requested.name, self.domain_of(&requested.name));
        self.certificates
            .get(&mut self.root, name, &zone.id(), region, section)
    }

    /// The domain name of a public name in this environment.
    pub(crate) fn domain_of(&self, name: &PublicName) -> &'a DomainName {
        self.public_names.domain_of(name)
    }

    pub(crate) fn zone(&mut self, requested: &'a RequestedCertificate) -> Zone {
        let section = SectionRef::resolve(&self.stack.existing.zone, &requested.zone);
        self.zones
            .authoritative_zone(&mut self.root, section, &requested.name)
    }

    pub(crate) fn waf(&mut self, waf: &'a Ref<WafConfig>, region: Region) -> Waf {
        let section = SectionRef::resolve(&self.stack.waf, waf);
        let logs_key = self.key(DataClass::Logs, region);
        *self
            .wafs
            .entry((section.key().clone(), region))
            .or_insert_with(|| {
                let mut root = self.root.in_region(region.as_str());
                let mut scope = section.scope(&mut root).into_child(region.short());
                Waf::new(&mut scope, &self.context, section, logs_key)
            })
    }

    /// The image of a color. Without a release it has the tag of the image's section.
    pub(crate) fn image(
        &mut self,
        image: &Ref<ExistingImage>,
        release: Option<&Release>,
        color: Option<Color>,
        region: Region,
    ) -> Image {
        let section = SectionRef::resolve(&self.stack.existing.image, image);
        let tag = match (release, color) {
            (Some(release), Some(color)) => release.version(color),
            _ => section.config().tag.as_str(),
        };
        self.images
            .get(&mut self.root, &self.context, section, tag, region)
    }

    pub(crate) fn alarm_scope(
        &mut self,
        family: &'static str,
        id: ConstructId,
        region: Region,
    ) -> Scope<'_> {
        let provider = self.root.in_region(region.as_str()).provider();
        let scope = self.root.child("alarms").into_child(family).into_child(id);
        scope.in_provider(provider)
    }
}

/// The bucket of deployment packages in `region`, added on first use.
fn artifacts<'m>(
    artifacts: &'m mut BTreeMap<Region, Artifacts>,
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    region: Region,
    key: KmsKey,
) -> &'m mut Artifacts {
    artifacts
        .entry(region)
        .or_insert_with(|| Artifacts::new(scope, context, region, key))
}
