//! What may have been meant by a name that does not exist.

/// How alike two names must be: 1 is equal.
const ALIKE: f64 = 0.8;

/// The candidate most like `name`, if any is alike; case does not count.
pub(crate) fn nearest<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    // Long texts are no misspelt names, and comparing them costs their product.
    if name.len() > 128 {
        return None;
    }
    let name = name.to_ascii_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            let alike =
                strsim::normalized_damerau_levenshtein(&name, &candidate.to_ascii_lowercase());
            (alike, candidate)
        })
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}
