//! Alarms on the rate of failed requests: a fast one on an outage, and a slower one on errors.
//!
//! Both count at least [`MIN_FAILED`] failures, so that one failure of few requests raises none. An outage is a minute
//! in which more than half of the requests fail. Lower rates must last for two of three minutes: a network that
//! recovers within seconds is no reason for a rollback.

use super::expression::{ExpressionAlarm, Operand};
use crate::newtypes::Percent;

/// Failures in a minute below which no alarm is raised.
const MIN_FAILED: u8 = 5;
/// The error rate of an outage, in percent. A fence fails less than half of a minute's requests.
const OUTAGE_PERCENT: f64 = 50.0;

/// Requests, and how many of them failed.
#[derive(Clone, Debug)]
pub(super) struct RequestRate {
    /// Disjoint counts of failed requests.
    pub(super) failed: Vec<Operand>,
    /// The count of all requests, with the id `requests`. It may lack requests that failed.
    pub(super) requests: Operand,
}

impl RequestRate {
    /// The alarm on an outage.
    pub(super) fn outage_alarm<'a>(
        &self,
        (id, description): (&'static str, &'static str),
        subject: &'a str,
    ) -> ExpressionAlarm<'a> {
        ExpressionAlarm {
            periods: 1,
            datapoints: 1,
            threshold: OUTAGE_PERCENT,
            ..self.alarm(id, description, subject)
        }
    }

    /// The alarm on an error rate above `limit` in two of three minutes.
    pub(super) fn errors_alarm<'a>(
        &self,
        (id, description): (&'static str, &'static str),
        limit: Percent,
        subject: &'a str,
    ) -> ExpressionAlarm<'a> {
        ExpressionAlarm {
            threshold: limit.get().into(),
            ..self.alarm(id, description, subject)
        }
    }

    fn alarm<'a>(
        &self,
        id: &'static str,
        description: &'static str,
        subject: &'a str,
    ) -> ExpressionAlarm<'a> {
        let mut operands = self.failed.clone();
        operands.push(self.requests.clone());
        ExpressionAlarm {
            id,
            description,
            operands,
            expression: self.percent_failed(),
            label: "failed requests (%)",
            threshold: 0.0,
            periods: 3,
            datapoints: 2,
            subject,
        }
    }

    /// The percentage of failed requests, 0 if there are few. A load balancer without a healthy target counts the failure,
    /// but not the request.
    fn percent_failed(&self) -> String {
        let failed = self.failed.iter();
        let failed: Vec<_> = failed
            .map(|operand| format!("FILL({}, 0)", operand.id))
            .collect();
        let failed = format!("({})", failed.join(" + "));
        let requests = format!("IF(FILL(requests, 0) > {failed}, requests, {failed})");
        format!("IF({failed} >= {MIN_FAILED}, 100 * {failed} / {requests}, 0)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operand(id: &'static str) -> Operand {
        Operand {
            id,
            namespace: "AWS/ApplicationELB".into(),
            metric: "RequestCount",
            dimensions: Vec::new(),
            statistic: "Sum".to_owned(),
        }
    }

    #[test]
    fn failures_that_are_not_counted_as_requests_are_no_more_than_all_of_them() {
        let rate = RequestRate {
            failed: vec![operand("balancer"), operand("targets")],
            requests: operand("requests"),
        };
        let failed = "(FILL(balancer, 0) + FILL(targets, 0))";
        let requests = format!("IF(FILL(requests, 0) > {failed}, requests, {failed})");
        assert_eq!(
            rate.percent_failed(),
            format!("IF({failed} >= 5, 100 * {failed} / {requests}, 0)")
        );
    }

    #[test]
    fn errors_must_last_longer_than_an_outage() {
        let rate = RequestRate {
            failed: vec![operand("errors")],
            requests: operand("requests"),
        };
        let outage = rate.outage_alarm(("outage", ""), "alb-main");
        let errors = rate.errors_alarm(("errors", ""), Percent::constant::<1>(), "alb-main");
        assert_eq!((outage.datapoints, outage.periods), (1, 1));
        assert_eq!((errors.datapoints, errors.periods), (2, 3));
    }
}
