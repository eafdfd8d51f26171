//! The limit that the description of an alarm states.

use super::table::Unit;

/// A limit such as `above 15 minutes`, or only its unit: `above the limit (ms)`.
#[derive(Debug, PartialEq)]
pub(crate) struct StatedLimit {
    number: Option<f64>,
    unit: StatedUnit,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum StatedUnit {
    Milliseconds,
    Seconds,
    Minutes,
    Percent,
    Mebibytes,
    Gibibytes,
    /// The noun that is counted.
    Other,
}

impl StatedLimit {
    /// Finds the limit in a description.
    pub(crate) fn find(description: &str) -> Option<Self> {
        let words: Vec<&str> = description.split_whitespace().collect();
        for (position, word) in words.iter().enumerate() {
            if let Some(unit) = StatedUnit::in_parentheses(word) {
                return Some(Self { number: None, unit });
            }
            let before = position.checked_sub(1).map(|before| words[before]);
            let number = word.replace(',', "").parse::<f64>();
            if let (Ok(number), Some("above" | "below" | "than")) = (number, before) {
                let next = words.get(position + 1).copied().unwrap_or_default();
                // A share of something that the description names next.
                if words.get(position + 2) == Some(&"of") {
                    return None;
                }
                let unit = StatedUnit::parse(next.trim_end_matches([':', ',', ';']));
                return Some(Self {
                    number: Some(number),
                    unit,
                });
            }
        }
        None
    }

    /// Compares it with the threshold of an alarm on a metric in `unit`.
    pub(crate) fn compare(
        &self,
        threshold: f64,
        unit: Unit,
        is_average: bool,
    ) -> Result<(), String> {
        let factor = self
            .unit
            .factor(unit, is_average)
            .ok_or_else(|| format!("the metric is in {unit:?}"))?;
        match self.number {
            None if (factor - 1.0).abs() > f64::EPSILON => {
                Err(format!("the metric is in {unit:?}"))
            }
            Some(number) if (number * factor - threshold).abs() > f64::EPSILON * threshold => {
                Err(format!("the threshold is {threshold} {unit:?}"))
            }
            _ => Ok(()),
        }
    }
}

impl StatedUnit {
    fn parse(word: &str) -> Self {
        match word {
            "ms" => Self::Milliseconds,
            "s" => Self::Seconds,
            "minutes" => Self::Minutes,
            "%" => Self::Percent,
            "MiB" => Self::Mebibytes,
            "GiB" => Self::Gibibytes,
            _ => Self::Other,
        }
    }

    fn in_parentheses(word: &str) -> Option<Self> {
        let word = word.trim_end_matches([':', ',', ';']);
        let word = word.strip_prefix('(')?.strip_suffix(')')?;
        Some(Self::parse(word)).filter(|unit| *unit != Self::Other)
    }

    /// The number of `unit` in one of this unit. None if a value cannot be in both.
    fn factor(self, unit: Unit, is_average: bool) -> Option<f64> {
        match (self, unit) {
            (Self::Milliseconds, Unit::Milliseconds)
            | (Self::Seconds, Unit::Seconds)
            | (Self::Percent, Unit::Percent)
            | (Self::Other, Unit::Count) => Some(1.0),
            (Self::Milliseconds, Unit::Seconds) => Some(0.001),
            (Self::Seconds, Unit::Milliseconds) => Some(1_000.0),
            (Self::Minutes, Unit::Seconds) => Some(60.0),
            (Self::Mebibytes, Unit::Bytes) => Some(1_048_576.0),
            (Self::Gibibytes, Unit::Bytes) => Some(1_073_741_824.0),
            // The average of ones and zeros is a rate.
            (Self::Percent, Unit::Count) if is_average => Some(0.01),
            _ => None,
        }
    }
}
