//! DynamoDB tables: on-demand capacity, customer-managed keys, point-in-time recovery for 35 days, and
//! optional replicas in other regions.

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
    /// The region of the table.
    pub region: Region,
    replicas: Vec<TableReplica>,
    key: KmsKey,
    has_indexes: bool,
}

/// Configuration of a table.
#[derive(Debug)]
pub struct TableProps<'a> {
    /// The section of the stack file.
    pub section: SectionRef<'a, Config>,
    /// The region of the scope.
    pub region: Region,
    /// Encrypts the table.
    pub key: KmsKey,
    /// Replicas in other regions. With replicas it is a global table of version 2019.11.21, which accepts
    /// writes in every region.
    pub replicas: Vec<TableReplica>,
}

/// The replica of a table.
#[derive(Clone, Copy, Debug)]
pub struct TableReplica {
    /// The region of the replica.
    pub region: Region,
    /// Encrypts the replica.
    pub key: KmsKey,
}

impl Table {
    /// Adds a table.
    pub fn new(scope: &mut Scope<'_>, context: &Context<'_>, props: TableProps<'_>) -> Self {
        let (config, key) = (props.section, props.key);
        let replicas = props.replicas.iter().map(|replica| {
            Replica::new(replica.region.as_str())
                .kms_key_arn(replica.key.arn())
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
        // Replication uses a stream of new and old images; DynamoDB enables it if the configuration does not.
        let images = (!props.replicas.is_empty()).then_some("NEW_AND_OLD_IMAGES");
        let table = table.when_some(images, |table, images| {
            table.stream_enabled(true).stream_view_type(images)
        });
        Self {
            table: scope.add("table", context.protect(table)),
            region: props.region,
            replicas: props.replicas,
            key,
            has_indexes: !config.indexes.is_empty(),
        }
    }

    /// The name, which is the same in every region.
    pub fn name(&self) -> Value<String> {
        self.table.name()
    }

    /// The regions of the replicas.
    pub fn replica_regions(&self) -> impl Iterator<Item = Region> {
        self.replicas.iter().map(|replica| replica.region)
    }

    /// The regions of the table and of its replicas.
    pub fn regions(&self) -> impl Iterator<Item = Region> {
        std::iter::once(self.region).chain(self.replica_regions())
    }

    /// The ARN in one of the regions.
    pub fn arn_in(&self, context: &Context<'_>, region: Region) -> Value<String> {
        if region == self.region {
            return self.table.arn();
        }
        let table = Value::concat(["table/".into(), self.table.name()]);
        context.account.arn("dynamodb", region.as_str(), table)
    }

    /// The ARN pattern of the indexes in one of the regions, if the table has any.
    pub fn index_arns_in(&self, context: &Context<'_>, region: Region) -> Option<Value<String>> {
        let arn = self.has_indexes.then(|| self.arn_in(context, region))?;
        Some(Value::concat([arn, "/index/*".into()]))
    }

    /// The key that encrypts it in one of the regions.
    pub fn key_in(&self, region: Region) -> KmsKey {
        let mut replicas = self.replicas.iter();
        replicas
            .find(|replica| replica.region == region)
            .map_or(self.key, |replica| replica.key)
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
