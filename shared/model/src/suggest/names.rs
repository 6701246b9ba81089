//! Names for people, from names in databases: `reports_to` is "Reports to", `InvoiceLines` one "Invoice line".

/// The words of a name, in lower case: cut at everything that is no letter or digit, and where a capital begins.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let letters: Vec<char> = name.chars().collect();
    let mut fresh = true;
    for (place, letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            fresh = true;
            continue;
        }
        let before = place.checked_sub(1).and_then(|place| letters.get(place));
        let after = letters.get(place + 1);
        let begins = letter.is_uppercase()
            && (before.is_some_and(|c| c.is_lowercase() || c.is_numeric())
                || before.is_some_and(|c| c.is_uppercase()) && after.is_some_and(|c| c.is_lowercase()));
        if fresh || begins {
            words.push(String::new());
        }
        fresh = false;
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase());
        }
    }
    words
}

/// Words that stand before a table's name and say nothing.
const PREFIXES: [&str; 8] = ["t", "tbl", "tab", "dim", "fact", "v", "vw", "view"];
/// Words that stand behind the name of what a column points at.
const SUFFIXES: [&str; 9] = ["id", "key", "fk", "no", "nr", "num", "code", "uuid", "ref"];

/// What one row of a table is called.
pub(super) fn singular(table: &str) -> String {
    let mut words = table_words(table);
    if let Some(last) = words.last_mut() {
        *last = one_of(last);
    }
    sentence(&words)
}

/// What many rows of a table are called.
pub(super) fn plural(table: &str) -> String {
    let mut words = table_words(table);
    if let Some(last) = words.last_mut() {
        *last = many_of(&one_of(last));
    }
    sentence(&words)
}

/// What a file says that its rows are: its name without dates and numbers ("companies 2024-05" are companies).
pub(super) fn of_file(name: &str) -> String {
    let words = words(name);
    let is_number = |word: &&String| word.chars().all(char::is_numeric);
    let named: Vec<&str> = words.iter().filter(|word| !is_number(word)).map(String::as_str).collect();
    if named.is_empty() { name.to_owned() } else { named.join(" ") }
}

fn table_words(table: &str) -> Vec<String> {
    let mut words = words(table);
    if words.len() > 1 && words.first().is_some_and(|word| PREFIXES.contains(&word.as_str())) {
        words.remove(0);
    }
    words
}

/// A column's name for people.
pub(super) fn column(name: &str) -> String {
    sentence(&words(name))
}

/// Whether a column is called like a year: `year`, `birth_year`, `regnskapsaar`. One that counts years is called `years`.
pub(super) fn is_year(name: &str) -> bool {
    let words = words(name);
    let (last, before) = match words.as_slice() {
        [.., before, last] => (last.as_str(), before.as_str()),
        [last] => (last.as_str(), ""),
        [] => return false,
    };
    // What is so much per year is an amount.
    before != "per" && (last == "year" || last.ends_with("år") || last.ends_with("aar"))
}

/// What a column points at: "Customer" of `customer_id`.
pub(super) fn pointed_at(name: &str) -> String {
    let mut words = words(name);
    while words.len() > 1 && words.last().is_some_and(|word| SUFFIXES.contains(&word.as_str())) {
        words.pop();
    }
    sentence(&words)
}

/// The first word with a capital; abbreviations in capitals.
fn sentence(words: &[String]) -> String {
    const CAPITALS: [&str; 9] = ["id", "iban", "bic", "vat", "ip", "url", "vin", "imei", "uuid"];
    let mut text = String::new();
    for word in words {
        if CAPITALS.contains(&word.as_str()) {
            text.push_str(&word.to_uppercase());
        } else if text.is_empty() {
            let mut letters = word.chars();
            text.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            text.push_str(letters.as_str());
        } else {
            text.push_str(word);
        }
        text.push(' ');
    }
    let text: String = text.trim_end().chars().take(crate::check::LONGEST_NAME).collect();
    if text.is_empty() { "Unnamed".to_owned() } else { text }
}

const IRREGULAR: [(&str, &str); 6] = [
    ("person", "people"),
    ("child", "children"),
    ("man", "men"),
    ("woman", "women"),
    ("series", "series"),
    ("news", "news"),
];

fn one_of(word: &str) -> String {
    if let Some((one, _)) = IRREGULAR.iter().find(|(_, many)| *many == word) {
        return (*one).to_owned();
    }
    let cut = |ending: &str| word.strip_suffix(ending);
    if let Some(stem) = cut("ies").filter(|stem| stem.len() > 2) {
        return format!("{stem}y");
    }
    for ending in ["sses", "shes", "ches", "xes", "zes", "uses"] {
        if word.ends_with(ending) {
            return cut("es").unwrap_or(word).to_owned();
        }
    }
    let not_plural = ["ss", "us", "is"].iter().any(|ending| word.ends_with(ending));
    cut("s").filter(|stem| !not_plural && stem.len() > 2).unwrap_or(word).to_owned()
}

fn many_of(word: &str) -> String {
    if let Some((_, many)) = IRREGULAR.iter().find(|(one, _)| *one == word) {
        return (*many).to_owned();
    }
    let consonant = |stem: &str| stem.ends_with(|c: char| !"aeiou".contains(c));
    if let Some(stem) = word.strip_suffix('y').filter(|stem| consonant(stem)) {
        return format!("{stem}ies");
    }
    let hissing = ["s", "x", "z", "ch", "sh"].iter().any(|ending| word.ends_with(ending));
    if hissing { format!("{word}es") } else { format!("{word}s") }
}

/// An id made of a name; what cannot stand in an id becomes an underscore.
pub(super) fn slug(words: &[String]) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let text: String = words.join("_").chars().map(plain).take(48).collect();
    let text = text.trim_matches('_');
    if text.is_empty() { "unnamed".to_owned() } else { text.to_owned() }
}

/// The id itself, or with the first number behind it that nobody has.
pub(super) fn fresh(slug: &str, taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2_u32..).map(|number| format!("{slug}_{number}"));
    let mut all = std::iter::once(slug.to_owned()).chain(numbered);
    all.find(|id| !taken(id)).unwrap_or_default()
}

/// Which end of a link a column names: 0 where it begins, 2 where it ends, 1 when its name does not say.
pub(super) fn side(column: &str) -> u8 {
    const FROM: [&str; 12] =
        ["from", "source", "src", "sender", "payer", "debtor", "debit", "owner", "buyer", "caller", "parent", "origin"];
    const TO: [&str; 12] = [
        "to",
        "target",
        "dst",
        "receiver",
        "payee",
        "creditor",
        "credit",
        "recipient",
        "seller",
        "callee",
        "child",
        "beneficiary",
    ];
    let words = words(column);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    match (has(&FROM), has(&TO)) {
        (true, false) => 0,
        (false, true) => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_human() {
        for (table, one, many) in [
            ("customer", "Customer", "Customers"),
            ("InvoiceLines", "Invoice line", "Invoice lines"),
            ("tbl_companies", "Company", "Companies"),
            ("media_type", "Media type", "Media types"),
            ("ADDRESSES", "Address", "Addresses"),
            ("people", "Person", "People"),
            ("bus", "Bus", "Buses"),
            ("HTTPRequests", "Http request", "Http requests"),
            ("boxes", "Box", "Boxes"),
            ("t", "T", "Ts"),
            ("größe", "Größe", "Größes"),
            ("__", "Unnamed", "Unnamed"),
        ] {
            assert_eq!((singular(table), plural(table)), (one.to_owned(), many.to_owned()), "{table}");
        }
        for (name, human, target) in [
            ("customer_id", "Customer ID", "Customer"),
            ("supportRepId", "Support rep ID", "Support rep"),
            ("reports_to", "Reports to", "Reports to"),
            ("id", "ID", "ID"),
            ("IBAN", "IBAN", "IBAN"),
        ] {
            assert_eq!((column(name), pointed_at(name)), (human.to_owned(), target.to_owned()), "{name}");
        }
    }

    #[test]
    fn a_file_is_named_without_its_dates() {
        for (file, one, many) in [
            ("Companies", "Company", "Companies"),
            ("Ship owners 2024 05", "Ship owner", "Ship owners"),
            ("2024-05 people", "Person", "People"),
            ("2024", "2024", "2024s"),
        ] {
            let called = of_file(file);
            assert_eq!((singular(&called), plural(&called)), (one.to_owned(), many.to_owned()), "{file}");
        }
    }

    #[test]
    fn ids_are_plain_and_fresh() {
        assert_eq!(slug(&words("Größe (cm)")), "gr__e_cm");
        assert_eq!(slug(&words("顧客")), "unnamed");
        assert_eq!(fresh("a", |id| id == "a" || id == "a_2"), "a_3");
    }
}
