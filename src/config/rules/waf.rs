//! Rate limits of web ACLs.

use crate::config::{RateLimit, Stack};
use crate::diagnostic::{Diagnostic, KeyPath};

/// Addresses from which payments come at least: gateways of a few merchants or partners.
const CALLERS: u64 = 5;
/// Payments of a busy minute, as a multiple of the average.
const PEAK: u64 = 2;
const DAY_SECONDS: u64 = 86_400;

/// Warns of rate limits that block the payments of `[usage]`.
pub(super) fn check(stack: &Stack, found: &mut Vec<Diagnostic>) {
    for (path, waf) in stack.waf.with_key_paths() {
        if let Some(limit) = &waf.rate_limit {
            rate_limit(stack, limit, &path.key("rate_limit"), found);
        }
    }
}

fn rate_limit(stack: &Stack, limit: &RateLimit, at: &KeyPath, found: &mut Vec<Diagnostic>) {
    let payments = stack.usage.transactions_per_day;
    let needed = requests_of_a_caller(payments, limit.window.seconds().into());
    if u64::from(limit.requests.get()) < needed {
        found.push(
            Diagnostic::warning(format!(
                "`requests` is {}; {payments} payments a day from {CALLERS} addresses are up to {needed} for each address and window",
                limit.requests
            ))
            .at(at.key("requests"))
            .help(format!(
                "write at least {needed}, or correct `transactions_per_day` in [usage]"
            )),
        );
    }
}

/// The payments of one of [`CALLERS`] addresses in a busy window.
fn requests_of_a_caller(payments_per_day: u64, window_seconds: u64) -> u64 {
    let busiest = payments_per_day
        .saturating_mul(PEAK)
        .saturating_mul(window_seconds);
    busiest.div_ceil(DAY_SECONDS * CALLERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_million_payments_a_day_exceed_two_thousand_requests_of_a_caller() {
        assert_eq!(requests_of_a_caller(5_000_000, 300), 6_945);
        assert_eq!(requests_of_a_caller(50_000, 60), 14);
    }
}
