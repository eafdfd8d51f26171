//! Alarms of load balancers, APIs, authorizers and health checks.

use crate::compose::composer::Composer;
use crate::compose::foundations::topics::Topics;
use crate::compose::ingress::Ingress;
use crate::compose::ingress::authorizers::Authorizers;
use crate::compose::ingress::dns::DnsNames;
use crate::compose::queries::regions::api_region;
use crate::config::{AlertCategory, Balancer as BalancerConfig, Phase, Split};
use crate::constructs::core::SectionRef;
use crate::constructs::ingress::balancer::TargetGroupKey;
use crate::constructs::observability::alarms;
use crate::constructs::observability::alarms::{
    AlarmHandle, MonitoredTargetGroup, RequestLimits, TargetAlarms,
};
use crate::constructs::observability::metric_filters::FenceMetrics;
use crate::newtypes::Region;

pub(crate) fn add_authorizer_alarms(
    composer: &mut Composer<'_>,
    authorizers: &Authorizers,
    topics: &Topics<'_>,
) -> Vec<AlarmHandle> {
    let mut raised = Vec::new();
    for section in SectionRef::all(&composer.stack.api) {
        let Some(guard) = authorizers.of(section) else {
            continue;
        };
        let region = api_region(composer.stack, section);
        let (context, limit) = (composer.context, composer.stack.alarms.error_percent);
        let identity = section.physical_name_key();
        let alarm_actions = topics.actions_for(AlertCategory::SystemErrors, region);
        let subject = format!("lambda-authorizer-{identity}");
        let mut scope = composer.alarm_scope("authorizer", section.construct_id(), region);
        let authorizer = &guard.authorizer;
        raised.extend(alarms::add_authorizer_alarms(
            &mut scope,
            &context,
            &subject,
            &authorizer.name(),
            limit,
            &alarm_actions,
        ));
        let alarm_actions = topics.actions_for(AlertCategory::Security, region);
        let subject = format!("lambda-rotation-api-{identity}");
        let mut scope = scope.child("rotation");
        alarms::add_function_alarms(
            &mut scope,
            &context,
            &subject,
            &guard.rotation.name(),
            &alarm_actions,
        );
    }
    raised
}

/// Adds the alarms of the health checks. Those of a side without a DNS weight send no notification: the new side before its
/// first traffic step, which may have no payment code yet, and the old side after the last one, which is fenced.
pub(crate) fn add_dns_alarms(composer: &mut Composer<'_>, names: &DnsNames, topics: &Topics<'_>) {
    let alarm_actions = topics.actions_for(AlertCategory::SystemErrors, Region::GLOBAL);
    for section in SectionRef::all(&composer.stack.dns) {
        for check in &names.of(section).checks {
            let subject = format!("dns-{}-{}", section.physical_name_key(), check.label);
            let context = composer.context;
            let mut scope = composer.alarm_scope("dns", section.construct_id(), Region::GLOBAL);
            let mut scope = scope.child(check.id.clone());
            let alarm_actions = if check.side_weight.get() == 0 {
                alarm_actions.clone().disabled()
            } else {
                alarm_actions.clone()
            };
            alarms::add_health_check_alarm(
                &mut scope,
                &context,
                &subject,
                &check.check.id(),
                &alarm_actions,
            );
        }
    }
}

/// Adds the alarms of the load balancers, and those of their target groups. They are returned apart: a version
/// without traffic has targets too. The target group of the old side is no guard: a rollback cannot heal it, and it
/// has no healthy target once the cutover has fenced its database. Where it shares a load balancer, the new side has
/// alarms of its own on requests, so that errors of the old side roll nothing back.
///
/// Those of a load balancer without a DNS weight send no notification. It receives only the requests of health checkers, which
/// fail until the payment code is deployed.
pub(crate) fn add_balancer_alarms(
    composer: &mut Composer<'_>,
    edge: &Ingress,
    topics: &Topics<'_>,
) -> (Vec<AlarmHandle>, Vec<AlarmHandle>) {
    let (mut requests, mut targets) = (Vec::new(), Vec::new());
    for section in SectionRef::all(&composer.stack.balancer) {
        let networks = section.config().networks.iter();
        for (network, (_, balancer)) in networks.zip(edge.balancers.of(section)) {
            let network = SectionRef::resolve(&composer.stack.network, network);
            let region = network.region;
            let phase = composer.target.phase;
            let mut alarm_actions = topics.actions_for(AlertCategory::SystemErrors, region);
            if !has_dns_weight(composer, section) {
                alarm_actions = alarm_actions.disabled();
            }
            let context = composer.context;
            let fences = fence_metrics(composer, region);
            let limits = RequestLimits {
                thresholds: &composer.stack.alarms,
                fences: fences.as_ref(),
            };
            let subject = format!("alb-{}", balancer.identity);
            let suffix = balancer.load_balancer.arn_suffix();
            let mut sides = balancer.groups().map(|(side, _)| side);
            // In phase `legacy` only the old side receives requests.
            let is_shared =
                phase != Phase::Legacy && sides.any(|side| *side == TargetGroupKey::Old);
            let of_targets = if is_shared {
                TargetAlarms::Apart
            } else {
                TargetAlarms::Included
            };
            let scope = composer.alarm_scope("balancer", section.construct_id(), region);
            let mut scope = scope.into_child(network.construct_id());
            requests.extend(alarms::add_load_balancer_alarms(
                &mut scope,
                &context,
                &subject,
                &suffix,
                of_targets,
                limits,
                &alarm_actions,
            ));
            let groups = balancer.groups();
            for (side, group) in groups.filter(|(side, _)| serves(side, phase)) {
                let subject = format!("{subject}-{}", side.token());
                let target = MonitoredTargetGroup {
                    balancer: suffix.clone(),
                    group: group.arn_suffix(),
                };
                let mut scope = scope.child(side.construct_id());
                let alarm = alarms::add_target_group_alarm(
                    &mut scope,
                    &context,
                    &subject,
                    &target,
                    &alarm_actions,
                );
                if *side == TargetGroupKey::Old {
                    continue;
                }
                targets.push(alarm);
                if is_shared {
                    requests.extend(alarms::add_request_alarms(
                        &mut scope,
                        &context,
                        &subject,
                        &target,
                        limits,
                        &alarm_actions,
                    ));
                }
            }
        }
    }
    (requests, targets)
}

/// Adds the alarms of the web ACLs, in each region. A DNS failback ignores them: a caller who is blocked must not be able to
/// return all traffic.
pub(crate) fn add_web_acl_alarms(
    composer: &mut Composer<'_>,
    topics: &Topics<'_>,
) -> Vec<AlarmHandle> {
    let acls: Vec<_> = composer
        .wafs
        .iter()
        .map(|(key, acl)| (key.clone(), *acl))
        .collect();
    let sections = SectionRef::all(&composer.stack.waf);
    let sections: Vec<_> = sections
        .flat_map(|section| {
            let acls = acls
                .iter()
                .filter(move |((name, _), _)| name == section.key());
            acls.map(move |((_, region), acl)| (section, *region, *acl))
        })
        .collect();
    let mut raised = Vec::new();
    for (section, region, acl) in sections {
        let alarm_actions = topics.actions_for(AlertCategory::Security, region);
        let context = composer.context;
        let subject = format!("waf-{}", section.physical_name_key());
        let scope = composer.alarm_scope("waf", section.construct_id(), region);
        let mut scope = scope.into_child(region.short());
        raised.push(alarms::add_web_acl_alarm(
            &mut scope,
            &context,
            &subject,
            (&acl.name(), region),
            &alarm_actions,
        ));
    }
    raised
}

pub(crate) fn add_api_alarms(
    composer: &mut Composer<'_>,
    edge: &Ingress,
    topics: &Topics<'_>,
) -> Vec<AlarmHandle> {
    let mut raised = Vec::new();
    for section in SectionRef::all(&composer.stack.api) {
        let Some(api) = edge.apis.of(section) else {
            continue;
        };
        let region = api_region(composer.stack, section);
        let alarm_actions = topics.actions_for(AlertCategory::SystemErrors, region);
        let context = composer.context;
        let fences = fence_metrics(composer, region);
        let limits = RequestLimits {
            thresholds: &composer.stack.alarms,
            fences: fences.as_ref(),
        };
        let subject = format!("api-{}", section.physical_name_key());
        let of = (&api.api.name(), &api.stage.stage_name());
        let mut scope = composer.alarm_scope("api", section.construct_id(), region);
        raised.extend(alarms::add_api_alarms(
            &mut scope,
            &context,
            &subject,
            of,
            limits,
            &alarm_actions,
        ));
        let (front, group) = api.network_load_balancer;
        let subject = format!("nlb-{}", section.physical_name_key());
        let mut scope = composer.alarm_scope("vpc-link", section.construct_id(), region);
        alarms::add_network_load_balancer_alarms(
            &mut scope,
            &context,
            &subject,
            (&front.arn_suffix(), &group.arn_suffix()),
            &alarm_actions,
        );
    }
    raised
}

/// The metrics of fences, if the function `cutover` runs in `region`: an alarm cannot read those of another region.
fn fence_metrics(composer: &Composer<'_>, region: Region) -> Option<FenceMetrics> {
    let stack = composer.stack;
    let workflows = stack.workflow.iter().map(|(_, workflow)| &workflow.network);
    let runbooks = stack.runbook.iter().map(|(_, runbook)| &runbook.network);
    let mut networks = workflows.chain(runbooks);
    let is_here = networks.any(|network| stack.network.resolve(network).region == region);
    (composer.target.phase == Phase::Migration && is_here)
        .then(|| FenceMetrics::of(&composer.context))
}

/// Whether a load balancer receives requests of callers, as far as DNS decides it.
fn has_dns_weight(composer: &Composer<'_>, section: SectionRef<'_, BalancerConfig>) -> bool {
    let traffic = composer.stack.traffic.as_ref();
    let Some(Split::Dns(dns)) = traffic.map(|traffic| &traffic.at) else {
        return true;
    };
    let split = composer.stack.dns.resolve(dns).balancer(composer.stack);
    split.name() != section.key() || composer.target.traffic.get() > 0
}

/// Whether a target group can receive requests in a phase. An alarm on any other would page on-call for nothing.
fn serves(side: &TargetGroupKey, phase: Phase) -> bool {
    match phase {
        Phase::Legacy => *side == TargetGroupKey::Old,
        Phase::Migration => true,
        Phase::Production => *side != TargetGroupKey::Old,
    }
}
