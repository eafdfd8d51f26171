//! Percentages.

use super::range::ranged;

ranged!(
    Percent: u8, 0..=100,
    "A percentage, 0 to 100."
);
ranged!(
    Utilization: u8, 10..=90,
    "Target utilization of scaling in percent, 10 to 90."
);

impl Percent {
    /// 0 percent.
    pub const NONE: Self = Self(0);
    /// 100 percent.
    pub const ALL: Self = Self(100);

    /// The difference to 100 percent.
    #[must_use]
    pub fn rest(self) -> Self {
        Self(100_u8.saturating_sub(self.0))
    }
}

impl std::str::FromStr for Percent {
    type Err = super::InvalidValue;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<i64>()
            .map_err(|_| {
                super::InvalidValue::new(format!("`{text}` is not a whole number from 0 to 100"))
            })
            .and_then(Self::try_from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_above_100_is_rejected() {
        let error = Percent::try_from(101).unwrap_err();
        assert_eq!(
            error.to_string(),
            "101 is out of range, 0 to 100; the maximum is 100"
        );
    }
}
