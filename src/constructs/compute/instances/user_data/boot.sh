#!/bin/bash
# Runs once, when an instance first starts: cloud-init has written /etc/payment by then.
set -euo pipefail

install --directory --mode=0755 /var/log/payment
systemctl daemon-reload

# An image with a service of its own serves; any other answers health checks until it is replaced.
if systemctl cat payment.service >/dev/null 2>&1; then
    systemctl enable --now payment.service
else
    systemctl enable --now payment-health.service
fi

# Logs and metrics come second: health must not wait for a download. The package is of the repository that the image
# is locked to, so the same image gets the same agent.
agent=/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
for _ in 1 2 3 4 5; do
    if [[ -x $agent ]] || dnf install --assumeyes --quiet amazon-cloudwatch-agent; then
        break
    fi
    sleep 30
done
"$agent" -a fetch-config -m ec2 -s -c file:/etc/payment/cloudwatch-agent.json
