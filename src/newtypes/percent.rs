//! Shares.

use super::range::ranged;

ranged!(
    Percent: u8, 0..=100,
    "A share in percent, 0 to 100."
);
ranged!(
    Utilization: u8, 10..=90,
    "The utilisation in percent that scaling keeps, 10 to 90."
);

impl Percent {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Everything.
    pub const ALL: Self = Self(100);

    /// What is left of the whole.
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
                super::InvalidValue::new(format!("`{text}` is not a whole number of percent"))
            })
            .and_then(Self::try_from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_and_one_percent_are_refused() {
        let error = Percent::try_from(101).unwrap_err();
        assert_eq!(
            error.to_string(),
            "101 is outside what is allowed here, 0 to 100; the most is 100"
        );
    }
}
