//! DynamoDB tables: made in the first region, watched in every region that holds one.

use super::environment::Composer;
use super::operations::Topics;
use crate::config::{Table as TableConfig, Topic as About};
use crate::constructs::core::{SectionMap, SectionRef, Statement};
use crate::constructs::data::table::{Copied, Table};
use crate::constructs::observability::alarms::{self, AlarmHandle};
use crate::constructs::observability::dashboard::{Metric, Panel};
use crate::constructs::security::kms_key::DataClass;
use crate::lambda_packages::RequiredActions;
use crate::newtypes::Region;
use crate::terraform::tree::ConstructId;

/// The tables of a system.
pub(super) type Tables = SectionMap<TableConfig, Table>;

impl Composer<'_> {
    /// Every table, in every phase: it holds payments.
    pub(super) fn tables(&mut self) -> Tables {
        let region = self.stack.primary_region();
        SectionMap::build(&self.stack.table, |entry| {
            let key = self.key(DataClass::Tables, region);
            let copies = entry.replicas.iter().map(|region| Copied {
                region: *region,
                key: self.key(DataClass::Tables, *region),
            });
            let copies = copies.collect();
            let mut root = self.root.in_region(region.as_str());
            let mut scope = entry.scope(&mut root);
            Table::new(&mut scope, &self.context, entry, region, key, copies)
        })
    }

    /// What code of `region`, which holds the table, may do with it.
    pub(super) fn table_access(
        &self,
        table: &Table,
        actions: RequiredActions,
        region: Region,
    ) -> Vec<Statement> {
        if actions.tables.is_empty() {
            return Vec::new();
        }
        let mut resources = vec![table.arn_in(&self.context, region)];
        resources.extend(table.indexes_in(&self.context, region));
        // DynamoDB developer guide, "Encryption at rest: how it works": a table's key is unlocked with the
        // permissions of who reads or writes.
        let key = [
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
        ];
        vec![
            Statement::allow(actions.tables.iter().copied(), resources),
            Statement::allow(key, [table.key_in(region).arn()]).when(
                "StringEquals",
                "kms:ViaService",
                format!("dynamodb.{region}.amazonaws.com"),
            ),
        ]
    }

    /// Those that are given back tell whether payments suffer.
    pub(super) fn table_alarms(
        &mut self,
        tables: &Tables,
        topics: &Topics<'_>,
    ) -> Vec<AlarmHandle> {
        let mut raised = Vec::new();
        let mut regions = Vec::new();
        for entry in SectionRef::all(&self.stack.table) {
            let table = tables.of(entry);
            let subject = format!("table-{}", entry.physical_name_key());
            let context = self.context;
            let name = table.name();
            for region in table.regions() {
                let told = topics.about(About::SystemErrors, region);
                let scope = self.alarm_scope("table", entry.construct_id(), region);
                let mut scope = scope.into_child(region.short());
                raised.extend(alarms::add_table_alarms(
                    &mut scope, &context, &subject, &name, &told,
                ));
                if !regions.contains(&region) {
                    regions.push(region);
                }
            }
            let told = topics.about(About::Replication, table.region);
            for copy in table.copies() {
                let subject = format!("{subject}-{}", copy.short());
                let mut scope = self.alarm_scope("table", entry.construct_id(), table.region);
                let mut scope = scope.child("copy").into_child(copy.short());
                let receiving = copy.as_str();
                alarms::add_table_replication_latency_alarm(
                    &mut scope, &context, &subject, &name, receiving, &told,
                );
            }
        }
        for region in regions {
            let told = topics.about(About::SystemErrors, region);
            let context = self.context;
            let id = ConstructId::from(region.short());
            let mut scope = self.alarm_scope("tables", id, region);
            alarms::add_user_errors_alarm(&mut scope, &context, "tables", &told);
        }
        raised
    }

    /// Load and latency of every table, in its own region.
    pub(super) fn table_panels(&self, tables: &Tables) -> Vec<Panel> {
        let mut panels = Vec::new();
        for entry in SectionRef::all(&self.stack.table) {
            let table = tables.of(entry);
            let load = LOAD.iter().map(|&(name, label)| Metric {
                namespace: DYNAMODB.into(),
                name,
                dimensions: vec![("TableName", table.name())],
                statistic: "Sum",
                label: label.to_owned(),
            });
            let latency = OPERATIONS.iter().map(|&operation| Metric {
                namespace: DYNAMODB.into(),
                name: "SuccessfulRequestLatency",
                dimensions: vec![("TableName", table.name()), ("Operation", operation.into())],
                statistic: "p99",
                label: operation.to_owned(),
            });
            panels.push(Panel {
                title: format!("Table {}: load", entry.key()),
                region: table.region,
                metrics: load.collect(),
            });
            panels.push(Panel {
                title: format!("Table {}: latency p99 (ms)", entry.key()),
                region: table.region,
                metrics: latency.collect(),
            });
        }
        panels
    }
}

const DYNAMODB: &str = "AWS/DynamoDB";
const LOAD: [(&str, &str); 4] = [
    ("ConsumedReadCapacityUnits", "read units"),
    ("ConsumedWriteCapacityUnits", "write units"),
    ("ReadThrottleEvents", "reads throttled"),
    ("WriteThrottleEvents", "writes throttled"),
];
const OPERATIONS: [&str; 5] = [
    "GetItem",
    "PutItem",
    "Query",
    "TransactWriteItems",
    "UpdateItem",
];
