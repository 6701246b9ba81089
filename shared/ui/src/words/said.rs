//! Sentences of the model and the server in the person's language.

use super::said_files::SAID_OF_FILES;
use super::said_rooms::SAID_IN_ROOMS;
use super::{Language, Word, Words};

/// The sentences that are known; of two that fit one, the more particular stands first.
pub(super) const SAID: [Word; 100] = [
    Word::SaidName,
    Word::SaidPrivate,
    Word::SaidLimitRows,
    Word::SaidLimitMegabytes,
    Word::SaidLimitSeconds,
    Word::SaidLimitQuestions,
    Word::SaidAddressSecret,
    Word::SaidVariable,
    Word::SaidNames,
    Word::SaidNoSource,
    Word::SaidColour,
    Word::SaidKey,
    Word::SaidTitle,
    Word::SaidMostProperties,
    Word::SaidTwice,
    Word::SaidPropertyName,
    Word::SaidNoColumn,
    Word::SaidThreeNames,
    Word::SaidNoProperty,
    Word::SaidNoEnd,
    Word::SaidNotOf,
    Word::SaidNoPairs,
    Word::SaidAbsentSource,
    Word::SaidAbsentObjectType,
    Word::SaidAbsentLinkType,
    Word::SaidAbsentGrant,
    Word::SaidNeeded,
    Word::SaidLastOwn,
    Word::SaidOwnRaise,
    Word::SaidOwnThroughRole,
    Word::SaidAskOwn,
    Word::SaidFilesOfPerson,
    Word::SaidFilesOfAll,
    Word::SaidRemoveFiles,
    Word::SaidDiskAlmostFull,
    Word::SaidMakeDiskRoom,
    Word::SaidNotPersonal,
    Word::SaidTakesQueryRight,
    Word::SaidLongQuery,
    Word::SaidQueryOfFile,
    Word::SaidQueryManager,
    Word::SaidQueryUsed,
    Word::SaidRefusedName,
    Word::SaidCannotBeRead,
    Word::SaidSemicolon,
    Word::SaidNotOnlyReading,
    Word::SaidInto,
    Word::SaidNothingInQuery,
    Word::SaidColumnUnnamed,
    Word::SaidColumnTwice,
    Word::SaidAccountEverything,
    Word::SaidAccountPrograms,
    Word::SaidAccountFiles,
    Word::SaidAccountReadsFiles,
    Word::SaidNotAsked,
    Word::SaidTakeAccount,
    Word::SaidAccountUnsaid,
    Word::SaidUnderWay,
    Word::SaidWaitOrStop,
    Word::SaidGiveReader,
    Word::SaidTableHasKey,
    Word::SaidJoinsNone,
    Word::SaidJoins,
    Word::SaidPointsAt,
    Word::SaidThereAlready,
    Word::SaidMostTypes,
    Word::SaidViewWithoutKey,
    Word::SaidTableWithoutKey,
    Word::SaidReadSettings,
    Word::SaidComplete,
    Word::SaidReach,
    Word::SaidVerified,
    Word::SaidUnverified,
    Word::SaidPlain,
    Word::SaidNothingWritten,
    Word::SaidWritingRefused,
    Word::SaidLookForTables,
    Word::SaidTables,
    Word::SaidFirstPage,
    Word::SaidNoRecords,
    Word::SaidGivenValues,
    Word::SaidOpenReadOnly,
    Word::SaidIsSqlite,
    Word::SaidOpenUploaded,
    Word::SaidCanBeRead,
    Word::SaidRagged,
    Word::SaidUndecodable,
    Word::SaidQuoteOpen,
    Word::SaidAfterQuote,
    Word::SaidNul,
    Word::SaidCellTooLong,
    Word::SaidTooManyCells,
    Word::SaidByteOrder,
    Word::SaidEncoding,
    Word::SaidOnlyHeader,
    Word::SaidLoneCr,
    Word::SaidDosEnd,
    Word::SaidHeaderWidth,
    Word::SaidNamesChanged,
    Word::SaidQuotesPlain,
];

impl Words {
    /// A sentence of the model or the server in the person's language. One that is not known stays as it is, behind
    /// `whose`, which says who said it.
    pub fn said(self, sentence: &str, whose: Word) -> String {
        self.known(sentence).unwrap_or_else(|| self.with(whose, &[sentence]))
    }

    /// The same where it is known.
    pub fn known(self, sentence: &str) -> Option<String> {
        if self.language == Language::English || sentence.is_empty() {
            return Some(sentence.to_owned());
        }
        let english = Self::new(Language::English);
        let mut words = SAID.into_iter().chain(SAID_IN_ROOMS).chain(SAID_OF_FILES);
        let (word, values) = words.find_map(|word| Some((word, values_in(english.t(word), sentence)?)))?;
        Some(self.with(word, &values))
    }
}

/// What stands in the places of a pattern, if the sentence was made from it. Its places come in order.
fn values_in<'a>(pattern: &str, sentence: &'a str) -> Option<Vec<&'a str>> {
    let mut pieces = pattern.split('{');
    let mut rest = sentence.strip_prefix(pieces.next()?)?;
    let mut values = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let (_, literal) = piece.split_once('}')?;
        let before = if pieces.peek().is_some() {
            rest.split_once(literal).filter(|_| !literal.is_empty())?.0
        } else {
            rest.strip_suffix(literal)?
        };
        values.push(before);
        rest = rest.get(before.len() + literal.len()..)?;
    }
    rest.is_empty().then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NORWEGIAN: Words = Words::new(Language::Norwegian);

    #[test]
    fn every_sentence_is_found_again_with_what_is_in_it() {
        let english = Words::new(Language::English);
        for word in SAID.into_iter().chain(SAID_IN_ROOMS).chain(SAID_OF_FILES) {
            let values = ["core", "7", "x y"];
            let sentence = english.with(word, &values);
            let said = NORWEGIAN.said(&sentence, Word::ServerSays);
            assert_eq!(said, NORWEGIAN.with(word, &values), "{word:?}");
            assert_ne!(said, sentence, "{word:?}");
            assert_eq!(english.said(&sentence, Word::ServerSays), sentence);
        }
    }

    #[test]
    fn what_is_not_known_is_shown_as_it_is_behind_who_said_it() {
        let sentence = "Something quite new.";
        assert_eq!(NORWEGIAN.said(sentence, Word::ServerSays), "Tjeneren sier: «Something quite new.»");
        assert_eq!(NORWEGIAN.said("", Word::ServerSays), "");
    }

    #[test]
    fn everything_that_the_check_of_the_model_finds_is_told() {
        let project = wrong_everywhere();
        let found = model::check::check_shared(&project);
        assert!(found.len() >= 20, "{found:#?}");
        for finding in found {
            let said = NORWEGIAN.said(&finding.sentence, Word::CheckSays);
            assert!(!said.starts_with("Kontrollen sier"), "{said}");
        }
    }

    #[test]
    fn every_reason_why_a_change_does_not_fit_is_told() {
        use model::change::Misfit;
        let absent = |what: &str| Misfit::Absent { what: what.to_owned(), id: "x".to_owned() };
        let needed = Misfit::Needed { id: "x".to_owned(), by: "owns".to_owned() };
        let absent = ["source", "object type", "link type", "grant for"].map(absent);
        for misfit in absent.into_iter().chain([needed, Misfit::LastOwn, Misfit::NotPersonal, Misfit::TakesQueryRight])
        {
            let said = NORWEGIAN.said(&misfit.to_string(), Word::ServerSays);
            assert!(!said.starts_with("Tjeneren sier"), "{said}");
        }
    }

    /// A project in which everything is wrong that can be.
    fn wrong_everywhere() -> model::Project {
        let property =
            |id: &str, name: &str, column: &str| serde_json::json!({ "id": id, "name": name, "column": column });
        let limits = serde_json::json!({ "rows": 0, "megabytes": 0, "seconds": 0, "at_once": 0 });
        let many: Vec<_> = (0..=model::check::MOST_PROPERTIES).map(|n| property(&format!("p{n}"), "P", "p")).collect();
        let source = serde_json::json!({
            "id": "core", "name": "", "kind": "sqlite", "settings": { "url": "https://a:b@c.example" }, "private_to": "ada",
            "secrets_from": { "password": "HOME" }, "limits": limits,
        });
        let person = serde_json::json!({
            "id": "person", "name": "", "plural": "", "icon": "person", "colour": 9, "source": "gone",
            "table": { "schema": null, "name": "people" }, "key": ["none"], "title": "{none}",
            "properties": [property("a", "", ""), property("a", "A", "a")],
        });
        let company = serde_json::json!({
            "id": "company", "name": "Company", "plural": "Companies", "icon": "domain", "colour": 1, "source": "core",
            "table": { "schema": null, "name": "companies" }, "key": [], "title": "", "properties": many,
        });
        let link = |id: &str, to: &str, pairs: serde_json::Value| {
            serde_json::json!({
                "id": id, "name": "", "reverse": "", "plural": "", "from": "person", "to": to, "directed": true,
                "join": { "by": "properties", "pairs": pairs }, "amount": "none", "properties": [],
            })
        };
        let project = serde_json::json!({
            "id": "bank", "name": "", "description": "", "grants": [],
            "sources": { "core": source },
            "object_types": { "person": person, "company": company },
            "link_types": {
                "lost": link("lost", "nobody", serde_json::json!([])),
                "empty": link("empty", "company", serde_json::json!([])),
                "pairs": link("pairs", "company", serde_json::json!([{ "from": "none", "to": "none" }])),
            },
        });
        serde_json::from_value(project).expect("a project")
    }
}
