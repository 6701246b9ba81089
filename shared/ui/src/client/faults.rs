//! Faults in the person's language: the page's own are in the table of words; of the server's the table says what kind it
//! is, and the server's own sentence stands behind it, unless that is a known one too.

use wire::{Code, Fault};

use crate::words::{Language, Word, Words};

/// What the page itself says went wrong, and what to do; `{0}` is the cause.
const OWN: [(Word, Word); 10] = [
    (Word::ServerUnreachable, Word::ServerUnreachableRemedy),
    (Word::AnswerCutOff, Word::AskAgain),
    (Word::AnswerUnreadable, Word::ReloadThePage),
    (Word::FileCutOff, Word::FileCutOffRemedy),
    (Word::ServerStatus, Word::TryAgainSentence),
    (Word::RowsUnreadable, Word::ReloadAndAsk),
    (Word::OtherColumns, Word::AskAgain),
    (Word::StoppedByLeaving, Word::TryAgainSentence),
    (Word::TooMuchAtOnce, Word::TryAgainSentence),
    (Word::WithheldFault, Word::WithheldRemedy),
];

/// A fault of the page's own, in English until [`told`] puts it into the person's language.
pub(crate) fn own(code: Code, sentence: Word, remedy: Word, cause: &str) -> Fault {
    let english = Words::new(Language::English);
    Fault::new(code, english.with(sentence, &[cause]), english.t(remedy))
}

/// The same fault in the person's language.
pub(crate) fn told(words: Words, fault: Fault) -> Fault {
    if words.language == Language::English {
        return fault;
    }
    let own = OWN.into_iter().find_map(|(sentence, remedy)| {
        let cause = cause_in(Words::new(Language::English).t(sentence), &fault.sentence)?;
        Some(Fault::new(fault.code, words.with(sentence, &[cause]), words.t(remedy)))
    });
    let known = || Some(Fault::new(fault.code, words.known(&fault.sentence)?, words.known(&fault.remedy)?));
    own.or_else(known).unwrap_or_else(|| {
        let said = format!("{} {}", fault.sentence, fault.remedy);
        Fault::new(fault.code, words.t(kind_of(fault.code)), words.with(Word::ServerSays, &[said.trim()]))
    })
}

/// What stands in the place of `{0}` if the sentence was made from this pattern; empty where the pattern has no place.
fn cause_in<'a>(pattern: &str, sentence: &'a str) -> Option<&'a str> {
    match pattern.split_once("{0}") {
        Some((before, after)) => sentence.strip_prefix(before)?.strip_suffix(after),
        None => (pattern == sentence).then_some(""),
    }
}

fn kind_of(code: Code) -> Word {
    match code {
        Code::SignedOut => Word::FaultSignedOut,
        Code::Forbidden => Word::FaultForbidden,
        Code::NotFound => Word::FaultNotFound,
        Code::Malformed => Word::FaultMalformed,
        Code::Invalid => Word::FaultInvalid,
        Code::TooLarge => Word::FaultTooLarge,
        Code::TooSlow => Word::FaultTooSlow,
        Code::Conflict => Word::FaultConflict,
        Code::KeyRolling => Word::FaultKeyRolling,
        Code::Busy => Word::TooMuchAtOnce,
        Code::OtherVersion => Word::FaultOtherVersion,
        Code::SourceFailed => Word::FaultSourceFailed,
        Code::SourceSlow => Word::FaultSourceSlow,
        Code::AuditUnavailable => Word::FaultAudit,
        Code::StoreUnavailable => Word::FaultStore,
        Code::Internal => Word::FaultInternal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NORWEGIAN: Words = Words::new(Language::Norwegian);

    #[test]
    fn every_fault_of_the_page_is_told_in_norwegian_with_its_cause() {
        for (sentence, remedy) in OWN {
            let fault = own(Code::Internal, sentence, remedy, "HTTP 502");
            let told = told(NORWEGIAN, fault.clone());
            assert!(told.sentence != fault.sentence && told.remedy != fault.remedy, "{fault}");
            assert_eq!(told.sentence.contains("HTTP 502"), fault.sentence.contains("HTTP 502"), "{told}");
        }
    }

    #[test]
    fn of_a_fault_of_the_server_the_kind_is_told_and_nothing_is_lost() {
        let fault = Fault::new(Code::SourceSlow, "Sanctions took longer than 30 s.", "Ask for less.");
        assert_eq!(told(Words::default(), fault.clone()), fault);
        let told = told(NORWEGIAN, fault);
        assert_eq!(told.sentence, "En kilde brukte for lang tid.");
        assert_eq!(told.remedy, "Tjeneren sier: «Sanctions took longer than 30 s. Ask for less.»");
        let fault = Fault::new(Code::Forbidden, "Nobody raises an own grant.", "Ask an Own of the project.");
        let told = super::told(NORWEGIAN, fault);
        assert_eq!(
            (told.sentence.as_str(), told.remedy.as_str()),
            ("Ingen hever sin egen tilgang.", "Spør en Own i prosjektet.")
        );
    }
}
