//! Limits of alarms on requests.

use crate::config::Alarms as Config;
use crate::constructs::observability::metric_filters::FenceMetrics;

/// Limits of alarms on requests, and the minutes that they leave out.
#[derive(Clone, Copy, Debug)]
pub struct RequestLimits<'a> {
    /// The thresholds.
    pub thresholds: &'a Config,
    /// The minutes of a fence, if the region has their metrics.
    pub fences: Option<&'a FenceMetrics>,
}
