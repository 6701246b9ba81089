//! The audit log: its filters, its columns, an entry, the check of the chain.

macro_rules! audit_words {
    ($next:ident $($later:ident)*; $($before:tt)*) => { $next! { $($later)*; $($before)*
    AuditEntriesTable, "Entries of the audit log", "Oppføringer i revisjonsloggen";
    AuditWhen, "Time", "Tidsrom";
    AuditToday, "Today", "I dag";
    AuditWeek, "7 days", "7 dager";
    AuditMonth, "30 days", "30 dager";
    AuditEver, "All time", "Alt";
    AuditOwnTime, "From–to", "Fra–til";
    AuditFrom, "From (UTC)", "Fra (UTC)";
    AuditUntil, "To (UTC)", "Til (UTC)";
    AuditTimeWrong, "Type day and time, as 2026-11-20 10:00", "Skriv dag og klokkeslett, som 2026-11-20 10:00";
    AuditPerson, "Person: name, e-mail or id", "Person: navn, e-post eller id";
    AuditPersonHint, "Person", "Person";
    AuditAnyOutcome, "Any outcome", "Alle utfall";
    AuditBegun, "Not ended yet", "Ikke avsluttet";
    AuditDone, "Done", "Utført";
    AuditFailed, "Failed", "Feilet";
    AuditStopped, "Stopped", "Stoppet";
    AuditDenied, "Refused", "Avvist";
    AuditHidden, "Refused as unknown", "Avvist som ukjent";
    AuditUnknown, "End unknown", "Ukjent slutt";
    AuditTime, "Time (UTC)", "Tid (UTC)";
    AuditEnded, "Ended (UTC)", "Avsluttet (UTC)";
    AuditCall, "Call", "Kall";
    AuditOutcomeColumn, "Outcome", "Utfall";
    AuditTarget, "About", "Gjelder";
    AuditReason, "Reason", "Grunn";
    AuditRows, "Rows", "Rader";
    AuditBytes, "Size", "Størrelse";
    AuditMillis, "Milliseconds", "Millisekunder";
    AuditTook, "Took", "Varighet";
    AuditNumber, "Number", "Nummer";
    AuditSession, "Session", "Økt";
    AuditConfiguration, "Configuration", "Oppsett";
    AuditQuestion, "Question", "Spørsmål";
    AuditMark, "Chain mark", "Kjedemerke";
    AuditPersonId, "Person's id", "Personens id";
    AuditNobody, "Nobody signed in", "Ingen innlogget";
    AuditCount, "{0} {0|entry|entries}", "{0} {0|oppføring|oppføringer}";
    AuditCountMore, "{0} entries, and older ones", "{0} oppføringer, og eldre";
    AuditTooMany, "{0} entries are shown. Narrow the search, or export, to see older ones.", "{0} oppføringer vises. Avgrens søket eller eksporter for å se eldre.";
    AuditNothing, "No entry fits. Widen the time or clear a filter.", "Ingen oppføring passer. Utvid tidsrommet, eller tøm et filter.";
    AuditClear, "Clear filters", "Tøm filtre";
    AuditRequest, "Request", "Forespørsel";
    AuditNoRequest, "Nothing more is known of it.", "Mer er ikke kjent om den.";
    AuditMoreLines, "{0} more {0|line|lines}; copy the request to see all of it", "{0} {0|linje|linjer} til; kopier forespørselen for å se alt";
    AuditCopyRequest, "Copy the request", "Kopier forespørselen";
    AuditSamePerson, "This person", "Denne personen";
    AuditSameCall, "This call", "Dette kallet";
    AuditSameProject, "This project", "Dette prosjektet";
    AuditVerify, "Verify", "Kontroller";
    AuditVerifyAgain, "Verify again", "Kontroller på nytt";
    AuditVerifying, "Checking every entry…", "Kontrollerer hver oppføring…";
    AuditKeptEnds, "Ends that were kept, to compare with", "Ender som er tatt vare på, til sammenligning";
    AuditKeptEndsHint, "4711:0f3a…", "4711:0f3a…";
    AuditWhole, "{0} {0|entry|entries}, each as it was written, none missing.", "{0} {0|oppføring|oppføringer}, hver slik den ble skrevet, ingen mangler.";
    AuditEnd, "It ends with this line. Keep it where who keeps the store cannot change it.", "Loggen slutter med denne linjen. Ta vare på den der den som forvalter lageret, ikke kan endre den.";
    AuditCopyEnd, "Copy the end", "Kopier enden";
    AuditBroken, "Entry {0}: {1}. What is before it is as it was written. Keep the store as it is, and compare with a backup.", "Oppføring {0}: {1}. Det som står før den, er slik det ble skrevet. La lageret være som det er, og sammenlign med en sikkerhetskopi.";
    AuditCsv, "CSV, for spreadsheets", "CSV, for regneark";
    AuditJsonLines, "JSON lines, for programs", "JSON-linjer, for programmer";
    AuditorHere, "You audit this instance", "Du reviderer denne installasjonen";
    AuditorSentence, "No project is yours. Everything that anybody did is in the audit log.", "Du har ingen prosjekter. Alt noen har gjort, står i revisjonsloggen.";
    OpenAudit, "Open the audit log", "Åpne revisjonsloggen";

    // What the server says of a chain that is not whole.
    AuditMissing, "it is missing", "den mangler";
    AuditChanged, "it is not as it was written", "den er ikke slik den ble skrevet";
    AuditOtherAnchor, "it differs from the anchor that was kept", "den stemmer ikke med enden som ble tatt vare på";
    AuditEndChanged, "the end of the log was changed", "slutten av loggen er endret";
    AuditBehindEnd, "it was written behind the end of the log", "den er skrevet bak slutten av loggen";
    } };
}
pub(super) use audit_words;
