//! What the writer of an unknown word may have meant.

/// The candidate nearest to `word`, if one is near enough to be meant.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let plain = |text: &str| text.to_ascii_lowercase().replace('-', "_");
    let word = plain(word);
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&word, &plain(candidate)), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_its_word_and_nonsense_finds_none() {
        let keys = ["data_dir", "listen", "admin_listen", "region"];
        assert_eq!(nearest("datadir", keys), Some("data_dir"));
        assert_eq!(nearest("admin-listen", keys), Some("admin_listen"));
        assert_eq!(nearest("regoin", keys), Some("region"));
        assert_eq!(nearest("colour", keys), None);
    }
}
