//! An icon and a colour by what a thing is called.

/// Words, and the icon and colour of what they name. The first line that fits counts.
const LINES: [(&[&str], &str, u8); 24] = [
    (&["employee", "staff", "officer", "agent", "director"], "badge", 0),
    (&["person", "customer", "client", "contact", "user", "owner", "patient", "member", "suspect"], "person", 0),
    (&["artist", "author", "singer", "actor"], "person", 0),
    (&["group", "team", "family", "household", "gang", "band"], "groups", 0),
    (&["company", "organisation", "organization", "supplier", "vendor", "firm", "business", "employer"], "business", 1),
    (&["bank"], "account_balance", 1),
    (&["account", "wallet"], "account_balance_wallet", 2),
    (&["card"], "credit_card", 2),
    (&["transfer", "payment", "transaction", "booking"], "payments", 2),
    (&["invoice", "order", "bill", "receipt", "claim", "line"], "receipt_long", 3),
    (&["address", "place", "location", "site", "branch"], "location_on", 4),
    (&["city", "town"], "location_city", 4),
    (&["country", "region", "state"], "public", 4),
    (&["house", "building", "property", "flat"], "house", 4),
    (&["vehicle", "car", "truck"], "directions_car", 5),
    (&["ship", "vessel", "boat"], "directions_boat", 5),
    (&["flight", "plane", "aircraft", "airport"], "flight", 5),
    (&["phone", "call", "msisdn", "number", "sim"], "phone", 5),
    (&["email", "mail", "message", "sms"], "mail", 5),
    (&["device", "computer", "imei", "ip", "domain", "host"], "devices", 5),
    (&["event", "meeting", "visit", "appointment", "trip"], "event", 3),
    (&["case", "report", "document", "file", "contract", "permit"], "description", 3),
    (&["product", "item", "article", "part", "good"], "inventory_2", 3),
    (&["track", "album", "song", "playlist", "genre", "media"], "music_note", 3),
];

/// The icon and colour for a thing whose name has these words; the last word says most. `place` spreads the colours of
/// things that no line knows.
pub(super) fn icon(words: &[String], place: usize) -> (&'static str, u8) {
    let known = |word: &String| LINES.iter().find(|(names, ..)| names.contains(&word.as_str()));
    match words.iter().rev().find_map(known) {
        Some((_, icon, colour)) => (icon, *colour),
        None => ("category", u8::try_from(place % 6).unwrap_or_default()),
    }
}
