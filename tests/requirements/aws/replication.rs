//! DMS.

use paymig::aws::{
    DmsReplicationInstance, DmsReplicationTask, Route53ResolverRuleAssociation, SecurityGroup,
    VpcSecurityGroupEgressRule,
};
use paymig::terraform::tree::View;

use crate::framework::case::{Case, Verdict};
use crate::framework::mutation::detached;
use crate::framework::requirement::{MIGRATING, Requirement, query};

pub(crate) fn requirements() -> Vec<Requirement> {
    vec![
        Requirement::new(
            "AWS-DMS-1",
            "A replication task is deleted before the rules that let its instance reach the source. While DMS deletes a task, it drops \
             the replication slot that it created there (DMS user guide, \"Using a PostgreSQL database as an AWS DMS source\").",
        )
        .verified_by(query!(
            tasks_are_deleted_before_their_way_to_the_source,
            MIGRATING,
            [detached::<DmsReplicationTask>()]
        )),
    ]
}

fn tasks_are_deleted_before_their_way_to_the_source(case: Case<'_>) -> Verdict {
    let associations = case.items::<Route53ResolverRuleAssociation>();
    case.any::<DmsReplicationTask>()
        .must("depend on the rules of its instance", |task| {
            let instances = task.to::<DmsReplicationInstance, _>(task.replication_instance_arn());
            let groups = instances
                .iter()
                .flat_map(|it| it.to::<SecurityGroup, _>(it.vpc_security_group_ids()));
            let rules: Vec<_> = groups
                .flat_map(|group| {
                    group.from::<VpcSecurityGroupEgressRule, _>(
                        View::<VpcSecurityGroupEgressRule>::security_group_id,
                    )
                })
                .collect();
            !rules.is_empty() && rules.iter().all(|rule| task.depends_on(rule))
        })
        .must("depend on a resolver of the datacenter", |task| {
            associations.is_empty() || associations.iter().any(|it| task.depends_on(it))
        })
        .verdict()
}
