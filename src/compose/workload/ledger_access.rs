//! Access of the function that books payments to the idempotency keys of the old side, where each side has a ledger of
//! its own.

use crate::compose::composer::Composer;
use crate::compose::foundations::Foundations;
use crate::compose::foundations::parameters::put_ledger_permission;
use crate::compose::workload::access::AccessGrant;
use crate::config::Uses;
use crate::constructs::core::Statement;
use crate::newtypes::Region;

/// Prefix of the objects that the old side uploads.
const IMPORTED: &str = "idempotency-keys/import/";
/// Prefix of the objects that the old side downloads.
const EXPORTED: &str = "idempotency-keys/export/";

/// Adds the access of the operations `import_idempotency_keys` and `export_idempotency_keys`.
pub(crate) fn grant(
    composer: &Composer<'_>,
    uses: &Uses,
    region: Region,
    foundations: &Foundations<'_>,
    grant: &mut AccessGrant,
) {
    grant
        .environment
        .insert("LEDGERS".to_owned(), "separate".into());
    grant.allowed.push(put_ledger_permission(composer));
    for name in &uses.buckets {
        let bucket = foundations.buckets.get(name);
        let list = Statement::allow(["s3:ListBucket"], [bucket.arn()]);
        grant.allowed.extend([
            list.condition("StringLike", "s3:prefix", format!("{IMPORTED}*")),
            Statement::allow(["s3:GetObject"], [bucket.objects_arn(IMPORTED)]),
            Statement::allow(["s3:PutObject"], [bucket.objects_arn(EXPORTED)]),
            Statement::allow(["kms:Decrypt"], [bucket.key().arn()]),
        ]);
    }
    for name in &uses.tables {
        let table = foundations.tables.get(name);
        let indexes = table.index_arns_in(&composer.context, region);
        let query = indexes.map(|indexes| Statement::allow(["dynamodb:Query"], [indexes]));
        grant.allowed.extend(query);
    }
}
