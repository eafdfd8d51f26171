#!/bin/bash
# Runs once, at the first start of an instance, after cloud-init has written /etc/payment.
set -euo pipefail

install --directory --mode=0755 /var/log/payment
systemctl daemon-reload

# Without a payment service in the image, the instance answers health checks until a new image replaces it.
if systemctl cat payment.service >/dev/null 2>&1; then
    systemctl enable --now payment.service
else
    systemctl enable --now payment-health.service
fi

# Logs and metrics come second, so that health does not depend on a download. The image is locked to a version of the
# repository: the same image gets the same agent.
agent=/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
for _ in 1 2 3 4 5; do
    if [[ -x $agent ]] || dnf install --assumeyes --quiet amazon-cloudwatch-agent; then
        break
    fi
    sleep 30
done
"$agent" -a fetch-config -m ec2 -s -c file:/etc/payment/cloudwatch-agent.json
