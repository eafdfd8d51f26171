//! DynamoDB tables, in the first region with replicas in others.

use crate::compose::composer::Composer;
use crate::config::Table as TableConfig;
use crate::constructs::core::SectionMap;
use crate::constructs::data::table::{Table, TableProps, TableReplica};
use crate::constructs::security::kms_key::DataClass;

/// Tables by section.
pub(crate) type Tables = SectionMap<TableConfig, Table>;

/// Adds each table in every phase: it holds payments.
pub(crate) fn add(composer: &mut Composer<'_>) -> Tables {
    let region = composer.stack.primary_region();
    SectionMap::build(&composer.stack.table, |section| {
        let key = composer.key(DataClass::Tables, region);
        let replicas = section.replicas.iter().map(|region| TableReplica {
            region: *region,
            key: composer.key(DataClass::Tables, *region),
        });
        let props = TableProps {
            section,
            region,
            key,
            replicas: replicas.collect(),
        };
        let mut root = composer.root.in_region(region.as_str());
        let mut scope = section.scope(&mut root);
        Table::new(&mut scope, &composer.context, props)
    })
}
