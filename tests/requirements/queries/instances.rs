//! Services on instances: number, template, scaling, health, logs and alarms.

use paymig::aws;
use paymig::terraform::builtin::TerraformData;
use paymig::terraform::tree::{Argument, View};

use super::existing_resources::{is_let_out, reaches_both};
use super::monitoring::alarms_on;
use super::network::{Ways, ways};
use crate::framework::case::{Amount, Case, Item, Known, Verdict};
use crate::framework::policy::statements;

type Template<'t> = Item<'t, aws::LaunchTemplate>;

/// At least three, one in each Availability Zone, and at most nine; the desired capacity is ignored.
pub(crate) fn groups_have_three_to_nine_instances(case: Case<'_>) -> Verdict {
    case.every::<aws::AutoscalingGroup>()
        .exactly(1)
        .must("have three to nine instances", |group| {
            group.min_size().is(3) && group.max_size().is(9)
        })
        .must("ignore the desired capacity", |group| {
            let desired = Argument::<aws::AutoscalingGroup>::desired_capacity().terraform_name();
            let ignored = group.node.meta().lifecycle().ignore_changes();
            ignored.contains(&desired)
        })
        .must("stand in the private subnets of three zones", |group| {
            let subnets = group.to::<aws::Subnet, _>(group.vpc_zone_identifier());
            subnets.len() == 3 && subnets.iter().all(|s| ways(s) == Some(Ways::OUT))
        })
        .must("use the latest template version", |group| {
            let template = group.launch_template();
            template.is_some_and(|template| {
                let templates = group.to::<aws::LaunchTemplate, _>(template.id());
                let versions = group.to::<aws::LaunchTemplate, _>(template.version());
                templates.len() == 1 && versions.len() == 1
            })
        })
        .verdict()
}

/// Target tracking of load.
pub(crate) fn groups_scale_with_load(case: Case<'_>) -> Verdict {
    case.every::<aws::AutoscalingGroup>()
        .must("scale with load", |group| {
            type Policy = aws::AutoscalingPolicy;
            let policies = group.from::<Policy, _>(View::<Policy>::autoscaling_group_name);
            policies.iter().any(|policy| {
                let tracked = policy.target_tracking_configuration();
                policy.policy_type().is("TargetTrackingScaling")
                    && tracked.is_some_and(|tracked| {
                        let metric = tracked.predefined_metric_specification();
                        metric.is_some_and(|metric| {
                            metric
                                .predefined_metric_type()
                                .is("ASGAverageCPUUtilization")
                        })
                    })
            })
        })
        .verdict()
}

/// Unhealthy instances are replaced, and a template that makes instances unhealthy is rolled back.
pub(crate) fn groups_replace_unhealthy_instances(case: Case<'_>) -> Verdict {
    case.every::<aws::AutoscalingGroup>()
        .must("use the health checks of the load balancer", |group| {
            let targets = group.to::<aws::LbTargetGroup, _>(group.target_group_arns());
            group.health_check_type().is("ELB") && targets.len() == 1
        })
        .must("roll out new templates, and roll back", |group| {
            let refresh = group.instance_refresh();
            refresh.is_some_and(|refresh| {
                let preferences = refresh.preferences();
                refresh.strategy().is("Rolling")
                    && preferences.is_some_and(|preferences| {
                        preferences.auto_rollback().is(true)
                            && preferences.min_healthy_percentage().at_least(100)
                    })
            })
        })
        .verdict()
}

/// No public address, encrypted volumes, and session tokens for instance metadata.
pub(crate) fn instances_are_private_and_encrypted(case: Case<'_>) -> Verdict {
    case.every::<aws::LaunchTemplate>()
        .must("have no public address, and a security group", |template| {
            let interfaces = template.network_interfaces();
            !interfaces.is_empty()
                && interfaces.iter().all(|interface| {
                    interface.associate_public_ip_address().is("false")
                        && template.uses_own::<aws::SecurityGroup, _>(interface.security_groups())
                })
        })
        .must(
            "encrypt its volumes with a customer-managed key",
            |template| {
                let disks = template.block_device_mappings();
                !disks.is_empty()
                    && disks.iter().all(|disk| {
                        disk.ebs().is_some_and(|disk| {
                            disk.encrypted().is("true")
                                && template.uses_own::<aws::KmsKey, _>(disk.kms_key_id())
                        })
                    })
            },
        )
        .must("require IMDSv2", |template| {
            let metadata = template.metadata_options();
            metadata.is_some_and(|metadata| {
                metadata.http_tokens().is("required")
                    && metadata.http_put_response_hop_limit().is(1)
            })
        })
        .must("publish metrics every minute", |template| {
            let monitoring = template.monitoring();
            monitoring.is_some_and(|monitoring| monitoring.enabled().is(true))
        })
        .verdict()
}

/// The newest image is looked up once, then pinned: no plan replaces instances automatically.
pub(crate) fn images_are_looked_up_and_pinned(case: Case<'_>) -> Verdict {
    case.every::<aws::LaunchTemplate>()
        .must("use an image that was looked up", |template| {
            let kept = template.to::<TerraformData, _>(template.image_id());
            kept.iter().any(|kept| {
                let found = kept.to::<aws::data::Ami, _>(kept.input());
                let input = Argument::<TerraformData>::input().terraform_name();
                let ignored = kept.node.meta().lifecycle().ignore_changes();
                found.len() == 1 && ignored.contains(&input)
            })
        })
        .verdict()
}

/// Instances log to a log group of the stack, with a role of least privilege.
pub(crate) fn instances_send_logs(case: Case<'_>) -> Verdict {
    case.every::<aws::LaunchTemplate>()
        .must("have a role that may write its log", |template| {
            let groups = template.to::<aws::CloudwatchLogGroup, _>(template.user_data());
            let [.., log] = &groups[..] else { return false };
            roles(template).iter().any(|role| {
                let by_role = View::<aws::IamRolePolicy>::role;
                let policies = role.from::<aws::IamRolePolicy, _>(by_role);
                policies.iter().any(|policy| {
                    let statements = statements(policy.policy());
                    statements.iter().any(|statement| {
                        let mut own = false;
                        for resource in statement.resources() {
                            resource.references(&mut |id| own |= id == log.node.node_id());
                        }
                        own && statement.actions().contains(&"logs:PutLogEvents")
                    })
                })
            })
        })
        .verdict()
}

/// Payment code logs in to the writer, on AWS or in the datacenter.
pub(crate) fn instances_reach_both_databases(case: Case<'_>) -> Verdict {
    case.every::<aws::LaunchTemplate>()
        .must("have egress rules to both databases and AWS", |template| {
            let interfaces = template.network_interfaces();
            let groups: Vec<_> = interfaces
                .iter()
                .flat_map(|it| template.to::<aws::SecurityGroup, _>(it.security_groups()))
                .collect();
            groups
                .iter()
                .any(|group| reaches_both(case, group) && is_let_out(group, 443))
        })
        .must(
            "read the application secrets of both databases",
            |template| {
                let secrets =
                    template.to::<aws::data::SecretsmanagerSecret, _>(template.user_data());
                secrets.len() == 2
            },
        )
        .verdict()
}

/// Alarms on missing instances, the maximum size, load, failed checks and full volumes.
pub(crate) fn groups_have_alarms(case: Case<'_>) -> Verdict {
    const METRICS: [&str; 6] = [
        "CPUUtilization",
        "GroupDesiredCapacity",
        "GroupInServiceInstances",
        "StatusCheckFailed",
        "disk_used_percent",
        "mem_used_percent",
    ];
    case.every::<aws::AutoscalingGroup>()
        .must("have an alarm", |group| {
            METRICS
                .iter()
                .all(|metric| !alarms_on(group, "AutoScalingGroupName", metric).is_empty())
        })
        .must("notify of instances that fail to start", |group| {
            let mut rules = group.case.items::<aws::CloudwatchEventRule>();
            rules.retain(|rule| {
                let pattern = rule.event_pattern();
                pattern.is_some_and(|pattern| pattern.refers_to(group.node.node_id()))
            });
            rules.iter().any(|rule| {
                type Target = aws::CloudwatchEventTarget;
                let targets = rule.from::<Target, _>(View::<Target>::rule);
                let mut targets = targets.iter();
                targets.any(|target| target.uses_own::<aws::SnsTopic, _>(target.arn()))
            })
        })
        .verdict()
}

fn roles<'t>(template: &Template<'t>) -> Vec<Item<'t, aws::IamRole>> {
    let profile = template.iam_instance_profile();
    let profiles = profile.map(|profile| template.to::<aws::IamInstanceProfile, _>(profile.arn()));
    let profiles = profiles.unwrap_or_default();
    let roles = profiles
        .iter()
        .flat_map(|profile| profile.to::<aws::IamRole, _>(profile.role()));
    roles.collect()
}
