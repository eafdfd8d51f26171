//! Alarms of a site-to-site VPN connection.

use super::alarm::{Alarm, AlarmActions, AlarmHandle, Comparison, Statistic, TreatMissingData};
use crate::constructs::core::Context;
use crate::terraform::tree::{Scope, Value};

/// Adds the alarms of the VPN connection `id`, which has two tunnels.
pub fn add_vpn_connection_alarms(
    scope: &mut Scope<'_>,
    context: &Context<'_>,
    subject: &str,
    id: &Value<String>,
    actions: &AlarmActions,
) -> Vec<AlarmHandle> {
    let alarm = |alarm_id, description, statistic, periods| Alarm {
        id: alarm_id,
        description,
        namespace: "AWS/VPN".into(),
        metric: "TunnelState",
        dimensions: vec![("VpnId", id.clone())],
        statistic,
        comparison: Comparison::Below,
        threshold: 1.0,
        period_seconds: 300,
        periods,
        treat_missing_data: TreatMissingData::Missing,
        subject,
    };
    [
        alarm(
            "down",
            "Both tunnels of the VPN connection are down: no replication and no requests to the datacenter",
            Statistic::Maximum,
            1,
        ),
        // AWS replaces one tunnel at a time during maintenance.
        alarm(
            "not-redundant",
            "One tunnel of the VPN connection is down",
            Statistic::Minimum,
            6,
        ),
    ]
    .map(|alarm| alarm.add(scope, context, actions))
    .into()
}
