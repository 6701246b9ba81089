//! Ids made of names: "Harbour Bank" becomes `harbour-bank`.

/// The longest slug that is made, in bytes; leaves room for a number behind it.
const LONGEST: usize = 56;

/// Letters, digits and `separator` only; empty when the name has no letter or digit.
pub fn slug(name: &str, separator: char) -> String {
    let plain: String = name.trim().chars().map(|c| plain(c).unwrap_or(' ')).collect();
    let parts: Vec<&str> = plain.split_whitespace().collect();
    let joined: String = parts.join(&separator.to_string()).chars().take(LONGEST).collect();
    joined.trim_end_matches(separator).to_owned()
}

/// The same, with a number behind it while `is_taken`; `fallback` where the name has no letter or digit.
pub fn free_slug(name: &str, separator: char, fallback: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let made = slug(name, separator);
    let base = if made.is_empty() { fallback.to_owned() } else { made };
    let numbered = (2..=u32::MAX).map(|number| format!("{base}{separator}{number}"));
    std::iter::once(base.clone()).chain(numbered).find(|id| !is_taken(id)).unwrap_or(base)
}

fn plain(c: char) -> Option<char> {
    match c {
        'æ' | 'Æ' | 'å' | 'Å' | 'ä' | 'Ä' => Some('a'),
        'ø' | 'Ø' | 'ö' | 'Ö' => Some('o'),
        c if c.is_ascii_alphanumeric() => Some(c.to_ascii_lowercase()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_short_plain_id() {
        for (name, id) in [
            ("Harbour Bank", "harbour-bank"),
            ("  Ågot & Øystein  ", "agot-oystein"),
            ("2026", "2026"),
            ("---", ""),
            ("Жук", ""),
        ] {
            assert_eq!(slug(name, '-'), id, "{name}");
        }
        assert!(slug(&"long name ".repeat(20), '_').len() <= LONGEST);
    }

    #[test]
    fn a_taken_id_gets_a_number() {
        assert_eq!(free_slug("Person", '-', "type", |id| id == "person" || id == "person-2"), "person-3");
        assert_eq!(free_slug("Жук", '-', "type", |_| false), "type");
    }
}
