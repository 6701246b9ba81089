//! What went wrong: the page's own faults, and the kinds of the server's.

macro_rules! faults_words {
    ($next:ident $($later:ident)*; $($before:tt)*) => { $next! { $($later)*; $($before)*
    // The page's own.
    ServerUnreachable, "The server cannot be reached ({0}).", "Tjeneren kan ikke nås ({0}).";
    ServerUnreachableRemedy, "Check the network, then try again. Your work is kept on this page.", "Sjekk nettverket, og prøv igjen. Arbeidet ditt er beholdt på denne siden.";
    AnswerCutOff, "The answer was cut off, so what you see is not complete.", "Svaret ble avbrutt, så det du ser, er ikke fullstendig.";
    AskAgain, "Ask again.", "Spør igjen.";
    AnswerUnreadable, "The server's answer cannot be read.", "Svaret fra tjeneren kan ikke leses.";
    ReloadThePage, "Reload the page.", "Last siden på nytt.";
    FileCutOff, "The file was cut off, so it was not saved.", "Filen ble avbrutt, så den ble ikke lagret.";
    FileCutOffRemedy, "Export again, or export fewer rows.", "Eksporter igjen, eller eksporter færre rader.";
    ServerStatus, "The server answered with status {0}.", "Tjeneren svarte med status {0}.";
    TryAgainSentence, "Try again.", "Prøv igjen.";
    RowsUnreadable, "The rows cannot be shown.", "Radene kan ikke vises.";
    ReloadAndAsk, "Reload the page, then ask again.", "Last siden på nytt, og spør igjen.";
    OtherColumns, "The source answered with other columns in the middle.", "Kilden svarte med andre kolonner underveis.";
    ServerIsBusy, "The server is busy. It is asked again in some seconds.", "Tjeneren er opptatt. Den blir spurt igjen om noen sekunder.";
    StoppedByLeaving, "This was stopped when another screen was opened.", "Dette ble stoppet da et annet skjermbilde ble åpnet.";
    WithheldFault, "{0} are shown here by name only: you lack the role that their source requires.", "{0} vises her bare med navn: du mangler rollen som kilden deres krever.";
    WithheldRemedy, "Ask an Own of the project which role that is.", "Spør en Own i prosjektet hvilken rolle det er.";
    TooMuchAtOnce, "Too much was asked at once, so this was left out.", "Det ble spurt om for mye på en gang, så dette ble utelatt.";

    // The server's, by their code; its own sentence stands behind.
    ServerSays, "The server says: “{0}”", "Tjeneren sier: «{0}»";
    FaultSignedOut, "Nobody is signed in.", "Ingen er logget inn.";
    FaultForbidden, "You may not do this.", "Du har ikke lov til dette.";
    FaultNotFound, "This does not exist, or you may not see it.", "Dette finnes ikke, eller du kan ikke se det.";
    FaultMalformed, "The server could not read the request.", "Tjeneren kunne ikke lese forespørselen.";
    FaultInvalid, "This is not possible.", "Dette lar seg ikke gjøre.";
    FaultTooLarge, "This is too large.", "Dette er for stort.";
    FaultTooSlow, "This came too slowly.", "Dette kom for langsomt.";
    FaultConflict, "Somebody else changed the same thing meanwhile.", "Noen andre har endret det samme i mellomtiden.";
    FaultKeyRolling, "Nothing can be changed until the encryption key is rolled.", "Ingenting kan endres før krypteringsnøkkelen er byttet.";
    FaultOtherVersion, "This page and the server are of different versions.", "Siden og tjeneren har ulike versjoner.";
    FaultSourceFailed, "A source could not answer.", "En kilde kunne ikke svare.";
    FaultSourceSlow, "A source took too long.", "En kilde brukte for lang tid.";
    FaultAudit, "The audit could not be written, so there is no answer.", "Revisjonsloggen kunne ikke skrives, så det er ikke noe svar.";
    FaultStore, "Nothing can be saved now.", "Ingenting kan lagres nå.";
    FaultInternal, "Something went wrong on the server.", "Noe gikk galt på tjeneren.";
    } };
}
pub(super) use faults_words;
