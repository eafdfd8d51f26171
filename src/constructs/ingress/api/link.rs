//! The way from API Gateway into the network: a VPC link, a network load balancer, the load balancer.
//!
//! A VPC link of a REST API reaches network load balancers only; one whose target is the application
//! load balancer costs a hop, and keeps validation, WAF and the weighted rule.

use crate::aws;
use crate::aws::api_gateway_vpc_link::ApiGatewayVpcLinkArgs;
use crate::aws::lb_listener::{DefaultAction, LbListenerArgs};
use crate::aws::lb_target_group::HealthCheck;
use crate::aws::lb_target_group_attachment::LbTargetGroupAttachmentArgs;
use crate::config::{Api as Config, Protection, Tier};
use crate::constructs::core::{Context, SectionRef};
use crate::constructs::ingress::balancer::Balancer;
use crate::constructs::network::security_group_rules::{HTTPS_PORT, NetworkPlacement, allow};
use crate::constructs::network::vpc::Network;
use crate::terraform::tree::{Handle, Scope, Value};

/// A VPC link to a load balancer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    link: Handle<aws::ApiGatewayVpcLink>,
    /// The network load balancer and its target group.
    pub(super) network_load_balancer: (Handle<aws::Lb>, Handle<aws::LbTargetGroup>),
}

impl Link {
    /// A link into `network`, to `balancer`, which then admits what comes through it and nothing else.
    pub(super) fn new(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        config: SectionRef<'_, Config>,
        network: &Network,
        balancer: &Balancer,
    ) -> Self {
        let mut scope = scope.child("link");
        let identity = balancer.identity.as_str();
        let security_group = scope.add(
            "security-group",
            aws::SecurityGroup::new()
                .name(context.names.keyed("nlb", [identity]))
                .description(format!(
                    "Security group of network load balancer {identity} (VPC link)"
                ))
                .vpc_id(network.vpc.id())
                .tags(context.name_tag("nlb", [identity])),
        );
        let placement = NetworkPlacement {
            security_group,
            ..balancer.placement
        };
        let why = "API Gateway VPC link to load balancer";
        allow(
            &mut scope,
            "balancer",
            placement,
            balancer.placement,
            HTTPS_PORT,
            why,
        );
        let subnets = network.tier(Tier::Private).map(|subnet| subnet.subnet.id());
        let front = aws::Lb::new()
            .name(context.names.keyed("nlb", [identity]))
            .load_balancer_type("network")
            .internal(true)
            .security_groups([security_group.id()])
            // The group has no way in: only the link, which it then does not judge, gets through.
            .enforce_security_group_inbound_rules_on_private_link_traffic("off")
            .enable_cross_zone_load_balancing(true)
            .enable_deletion_protection(context.protection == Protection::Protected)
            .subnets(subnets.collect::<Vec<_>>());
        let front = scope.add("load-balancer", context.protect(front));
        let target = Self::target(&mut scope, context, network, balancer);
        let forward = DefaultAction::new("forward").target_group_arn(target.arn());
        let listener = aws::LbListener::new(LbListenerArgs {
            load_balancer_arn: front.arn(),
            default_action: vec![forward],
        })
        .port(HTTPS_PORT)
        .protocol("TCP");
        scope.add("listener", listener);
        let link = aws::ApiGatewayVpcLink::new(ApiGatewayVpcLinkArgs {
            name: context
                .names
                .keyed("api", [config.physical_name_key()])
                .into(),
            target_arns: [front.arn()].into(),
        });
        Self {
            link: scope.add("vpc-link", link),
            network_load_balancer: (front, target),
        }
    }

    /// Its id, for integrations.
    pub(super) fn id(self) -> Value<String> {
        self.link.id()
    }

    fn target(
        scope: &mut Scope<'_>,
        context: &Context<'_>,
        network: &Network,
        balancer: &Balancer,
    ) -> Handle<aws::LbTargetGroup> {
        // Healthy as long as the load balancer answers at all, with a 503 of a fenced service also: it
        // judges the services itself.
        let health = HealthCheck::new()
            .enabled(true)
            .protocol("HTTPS")
            .path("/health")
            .matcher("200-599");
        let group = aws::LbTargetGroup::new()
            .name(context.names.keyed("tga", [balancer.identity.as_str()]))
            .target_type("alb")
            .port(HTTPS_PORT)
            .protocol("TCP")
            .vpc_id(network.vpc.id())
            .health_check(health);
        let group = scope.add("target-group", group);
        let attachment = aws::LbTargetGroupAttachment::new(LbTargetGroupAttachmentArgs {
            target_group_arn: group.arn(),
            target_id: balancer.load_balancer.arn(),
        })
        .port(HTTPS_PORT)
        // AWS refuses a load balancer that has no listener on the port of the group.
        .depends_on(balancer.listener);
        scope.add("target", attachment);
        group
    }
}
