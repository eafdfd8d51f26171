//! S3 buckets of the stack file.

use crate::compose::composer::Composer;
use crate::compose::queries::regions::bucket_region;
use crate::config::{Bucket as BucketConfig, Trail};
use crate::constructs::account::audit;
use crate::constructs::core::{SectionMap, SectionRef};
use crate::constructs::data::bucket::{BucketStatement, PrivateBucket};
use crate::constructs::data::data_bucket::{DataBucketProps, add_data_bucket};
use crate::constructs::security::kms_key::DataClass;

pub(crate) type Buckets = SectionMap<BucketConfig, PrivateBucket>;

pub(crate) fn add(composer: &mut Composer<'_>) -> Buckets {
    SectionMap::build(&composer.stack.bucket, |section| {
        let region = bucket_region(composer.stack, section);
        let class = class(composer, section);
        let statements: Vec<BucketStatement> = match class {
            DataClass::Audit => audit::statements(&composer.context, region).into(),
            _ => Vec::new(),
        };
        let key = composer.key(class, region);
        let mut root = composer.root.in_region(region.as_str());
        let mut scope = section.scope(&mut root);
        let props = DataBucketProps {
            section,
            lifecycle: composer
                .stack
                .object_lifecycle(section.key(), section.config()),
            key,
            statements,
        };
        add_data_bucket(&mut scope, &composer.context, props)
    })
}

/// The data class of a bucket: that of the audit trail, or of other objects.
pub(crate) fn class(composer: &Composer<'_>, section: SectionRef<'_, BucketConfig>) -> DataClass {
    match &composer.stack.audit {
        Some(audit) if audit.trail == Trail::Create && audit.bucket.name() == section.key() => {
            DataClass::Audit
        }
        _ => DataClass::Objects,
    }
}
