"""Elastic Load Balancing: network load balancers behind a VPC link."""

from typing import Any

from moto.elbv2.responses import ELBV2Response

from local_aws.patching import Fix, around


@around(ELBV2Response, "set_security_groups")
def a_load_balancer_keeps_how_it_judges_private_links(original: Fix, self: Any) -> Any:
    """AWS keeps EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic; moto drops it."""
    arn = self._get_param("LoadBalancerArn")
    enforced = self._get_param("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
    answer = original(self)
    if enforced:
        balancer = self.elbv2_backend.load_balancers[arn]
        balancer.enforce_security_group_inbound_rules_on_private_link_traffic = enforced
    return answer
