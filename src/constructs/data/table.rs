//! DynamoDB tables: paid by use, encrypted with a key of their own, restorable to any second of the last
//! 35 days, and copied to other regions where the stack file says so.

use crate::aws;
use crate::aws::dynamodb_table::{
    Attribute, AttributeArgs, GlobalSecondaryIndex, GlobalSecondaryIndexArgs, PointInTimeRecovery,
    Replica, ServerSideEncryption, Ttl,
};
use crate::config::{AttributeType, Index, Protection, Table as Config};
use crate::constructs::core::{Context, SectionRef};
use crate::constructs::security::kms_key::KmsKey;
use crate::newtypes::{Key as Name, Region};
use crate::terraform::tree::{Block, Declared, Handle, Scope, Value};

/// A table that was added to a tree.
#[derive(Clone, Debug)]
pub struct Table {
    table: Handle<aws::DynamodbTable>,
    /// Its region.
    pub region: Region,
    copies: Vec<Copied>,
    key: KmsKey,
    indexed: bool,
}

/// A region that holds a copy of a table.
#[derive(Clone, Copy, Debug)]
pub struct Copied {
    /// The region.
    pub region: Region,
    /// Encrypts the copy.
    pub key: KmsKey,
}

impl Table {
    /// The table that `config` describes, in `region`, which is that of `scope`, encrypted with `key`.
    ///
    /// `copies` are its replicas: with them it is a global table of version 2019.11.21, whose regions all
    /// take writes.
    pub fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        config: SectionRef<'_, Config>,
        region: Region,
        key: KmsKey,
        copies: Vec<Copied>,
    ) -> Self {
        let replicas = copies.iter().map(|copy| {
            Replica::new(copy.region.as_str())
                .kms_key_arn(copy.key.arn())
                .point_in_time_recovery(true)
                .propagate_tags(true)
        });
        let table =
            aws::DynamodbTable::new(context.names.keyed("table", [config.physical_name_key()]))
                .billing_mode("PAY_PER_REQUEST")
                .hash_key(config.hash_key.clone())
                .when_some(
                    config.range_key.clone(),
                    Declared::<aws::DynamodbTable>::range_key,
                )
                .attribute(config.attributes.iter().map(attribute))
                .global_secondary_index(config.indexes.iter().map(index))
                .when_some(config.ttl.clone(), |table, attribute| {
                    table.ttl(Ttl::new().enabled(true).attribute_name(attribute))
                })
                .replica(replicas)
                .point_in_time_recovery(PointInTimeRecovery::new(true))
                .server_side_encryption(ServerSideEncryption::new(true).kms_key_arn(key.arn()))
                .deletion_protection_enabled(context.protection == Protection::Protected);
        // DynamoDB copies by a stream of new and old images, and turns it on where it is not.
        let images = (!copies.is_empty()).then_some("NEW_AND_OLD_IMAGES");
        let table = table.when_some(images, |table, images| {
            table.stream_enabled(true).stream_view_type(images)
        });
        Self {
            table: scope.add("table", context.protect(table)),
            region,
            copies,
            key,
            indexed: !config.indexes.is_empty(),
        }
    }

    /// Its name, the same in every region that holds it.
    pub fn name(&self) -> Value<String> {
        self.table.name()
    }

    /// The regions that hold a copy, beside its own.
    pub fn copies(&self) -> impl Iterator<Item = Region> {
        self.copies.iter().map(|copy| copy.region)
    }

    /// Every region that holds it, its own first.
    pub fn regions(&self) -> impl Iterator<Item = Region> {
        std::iter::once(self.region).chain(self.copies())
    }

    /// Its ARN in one of its regions.
    pub fn arn_in(&self, context: &Context<'_>, region: Region) -> Value<String> {
        if region == self.region {
            return self.table.arn();
        }
        let table = Value::concat(["table/".into(), self.table.name()]);
        context.account.arn("dynamodb", region.as_str(), table)
    }

    /// The ARNs of its indexes in one of its regions, if it has any.
    pub fn indexes_in(&self, context: &Context<'_>, region: Region) -> Option<Value<String>> {
        let arn = self.indexed.then(|| self.arn_in(context, region))?;
        Some(Value::concat([arn, "/index/*".into()]))
    }

    /// What encrypts it in one of its regions.
    pub fn key_in(&self, region: Region) -> KmsKey {
        let mut copies = self.copies.iter();
        copies
            .find(|copy| copy.region == region)
            .map_or(self.key, |copy| copy.key)
    }
}

fn attribute((name, kind): (&String, &AttributeType)) -> Block<Attribute> {
    Attribute::new(AttributeArgs {
        name: name.clone().into(),
        r#type: match kind {
            AttributeType::String => "S".into(),
            AttributeType::Number => "N".into(),
            AttributeType::Binary => "B".into(),
        },
    })
}

fn index((name, index): (&Name, &Index)) -> Block<GlobalSecondaryIndex> {
    GlobalSecondaryIndex::new(GlobalSecondaryIndexArgs {
        hash_key: index.hash_key.clone().into(),
        name: name.to_string().into(),
        projection_type: "ALL".into(),
    })
    .when_some(
        index.range_key.clone(),
        Block::<GlobalSecondaryIndex>::range_key,
    )
}
