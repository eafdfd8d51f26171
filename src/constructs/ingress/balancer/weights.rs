//! Shares of requests as weights of a rule.

/// The most that Elastic Load Balancing takes as a weight.
const MOST: u32 = 999;

/// Whole numbers up to 999 in the ratio of `shares`, exact where such numbers exist; who has a share
/// keeps one.
///
/// Shares in percent stay percent, since people read rules.
pub fn weights(shares: &[u32]) -> Vec<u16> {
    let divisor = if shares.iter().all(|share| share.is_multiple_of(100)) {
        100
    } else {
        shares.iter().copied().fold(0, greatest_common_divisor)
    };
    let most = shares.iter().copied().max().unwrap_or(0);
    let exact = most / divisor.max(1) <= MOST;
    shares
        .iter()
        .map(|&share| match share {
            0 => 0,
            share if exact => share / divisor.max(1),
            share => (share.saturating_mul(MOST) / most).max(1),
        })
        .map(|weight| u16::try_from(weight).unwrap_or(u16::MAX))
        .collect()
}

fn greatest_common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_stay_percent() {
        assert_eq!(weights(&[90 * 100, 10 * 100]), [90, 10]);
        assert_eq!(weights(&[100 * 100, 0]), [100, 0]);
    }

    #[test]
    fn a_share_of_a_share_is_exact() {
        // 10 % on the new side, of which 5 % on green.
        assert_eq!(weights(&[90 * 100, 10 * 95, 10 * 5]), [180, 19, 1]);
    }

    #[test]
    fn who_has_a_share_keeps_one() {
        assert_eq!(weights(&[99 * 100, 99, 1]), [999, 9, 1]);
    }
}
