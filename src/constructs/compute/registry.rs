//! Container registries: one repository for every image, in every region that runs it.

use crate::aws;
use crate::aws::ecr_repository::{EncryptionConfiguration, ImageScanningConfiguration};
use crate::aws::ecr_repository_policy::EcrRepositoryPolicyArgs;
use crate::config::{ExistingImage, Protection};
use crate::constructs::core::{Context, Policy, Principal, SectionRef, Statement};
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::Region;
use crate::terraform::tree::{Handle, Scope};

/// A repository that was added to a tree.
#[derive(Clone, Copy, Debug)]
pub struct Repository {
    repository: Handle<aws::EcrRepository>,
    region: Region,
}

/// Configuration of a repository.
#[derive(Clone, Copy, Debug)]
pub struct RepositoryProps<'a> {
    /// The section of the image.
    pub image: SectionRef<'a, ExistingImage>,
    /// The region of the repository.
    pub region: Region,
}

impl Repository {
    /// Adds a repository below `root`, encrypted with `key`.
    ///
    /// Tags are immutable, so an image that was looked up by tag cannot change under a plan. Pushed images are scanned
    /// (PCI DSS 6.3).
    pub fn new(
        root: &mut Scope<'_>,
        context: &Context<'_>,
        props: RepositoryProps<'_>,
        key: KmsKey,
    ) -> Self {
        let RepositoryProps { image, region } = props;
        let repository = aws::EcrRepository::new(context.names.repository(&image.repository))
            .image_tag_mutability("IMMUTABLE")
            .force_delete(context.protection == Protection::Destroyable)
            .encryption_configuration(
                EncryptionConfiguration::new()
                    .encryption_type("KMS")
                    .kms_key(key.arn()),
            )
            .image_scanning_configuration(ImageScanningConfiguration::new(true));
        let mut scope = root.in_region(region.as_str());
        let mut scope = scope.child("repository").into_child(image.construct_id());
        Self {
            repository: scope.add(region.short(), context.protect(repository)),
            region,
        }
    }

    /// Lets functions of this account run its images: Lambda pulls them as itself (Lambda developer guide,
    /// "Amazon ECR permissions"), and would else write such a policy on its own.
    pub fn allow_lambda_pull(
        &self,
        root: &mut Scope<'_>,
        context: &Context<'_>,
        image: SectionRef<'_, ExistingImage>,
    ) {
        let functions = context
            .account
            .arn("lambda", self.region.as_str(), "function:*");
        let pull = Statement::allow(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], [])
            .sid("FunctionsOfThisAccount")
            .principal(Principal::Service("lambda.amazonaws.com".into()))
            .condition("ArnLike", "aws:SourceArn", functions);
        let policy = aws::EcrRepositoryPolicy::new(EcrRepositoryPolicyArgs {
            policy: Policy::new([pull]).to_json(),
            repository: self.repository.name(),
        });
        let mut scope = root.in_region(self.region.as_str());
        let mut scope = scope.child("repository").into_child(image.construct_id());
        scope.child("functions").add(self.region.short(), policy);
    }
}
