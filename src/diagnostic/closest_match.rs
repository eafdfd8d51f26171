//! Suggestions for misspelled names.

/// Returns the candidate with the fewest edits to `given`, if these are at most a third of its letters.
pub fn closest_match<'a>(
    given: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(given, candidate), candidate))
        .filter(|(edits, candidate)| *edits <= (candidate.chars().count() / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapped_letters_are_recognized() {
        assert_eq!(
            closest_match("netwrok", ["network", "naming"]),
            Some("network")
        );
    }

    #[test]
    fn another_word_is_not_suggested() {
        assert_eq!(closest_match("color", ["network", "naming"]), None);
    }
}
