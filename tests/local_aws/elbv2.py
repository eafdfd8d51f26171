"""Elastic Load Balancing: network load balancers of VPC links."""

from typing import Any

from moto.elbv2.responses import ELBV2Response

from local_aws.patching import Method, wrap


@wrap(ELBV2Response, "set_security_groups")
def store_private_link_rule_enforcement(original: Method, self: Any) -> Any:
    """AWS stores EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic; moto drops it."""
    arn = self._get_param("LoadBalancerArn")
    enforced = self._get_param("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
    response = original(self)
    if enforced:
        balancer = self.elbv2_backend.load_balancers[arn]
        balancer.enforce_security_group_inbound_rules_on_private_link_traffic = enforced
    return response
