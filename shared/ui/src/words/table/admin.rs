//! The administration: its frame, sessions, people.

macro_rules! admin_words {
    ($next:ident $($later:ident)*; $($before:tt)*) => { $next! { $($later)*; $($before)*
    Administration, "Administration", "Administrasjon";
    MySessions, "My sessions", "Øktene mine";
    PeoplePage, "People", "Personer";
    AuditPage, "Audit", "Revisjon";
    Sessions, "Sessions", "Økter";
    MySessionsSentence, "Where you are signed in. What you do not recognise, end; then change your password. Times are UTC.", "Hvor du er logget inn. Avslutt det du ikke kjenner igjen, og bytt passord. Tidene er UTC.";
    OnlyThisSession, "You are signed in nowhere else.", "Du er ikke logget inn noe annet sted.";
    ThisSession, "This one", "Denne";
    SessionOn, "Browser", "Nettleser";
    SessionFrom, "Address", "Adresse";
    SessionBegan, "Signed in", "Logget inn";
    SessionUsed, "Last used", "Sist brukt";
    SessionEnds, "Ends at the latest", "Slutter senest";
    UnknownBrowser, "Unknown browser", "Ukjent nettleser";
    EndSession, "End", "Avslutt";
    EndSessionNamed, "End {0}", "Avslutt {0}";
    EndMyOthers, "End all others", "Avslutt alle andre";
    SessionsEnded, "{0} {0|session was|sessions were} ended.", "{0} {0|økt ble avsluttet|økter ble avsluttet}.";
    SessionsCount, "{0} {0|session|sessions}", "{0} {0|økt|økter}";
    FindPerson, "Find a person…", "Finn en person…";
    MorePeople, "{0} more: type a part of the name.", "{0} til: skriv en del av navnet.";
    ChoosePerson, "Choose a person to see the sessions.", "Velg en person for å se øktene.";
    Everybody, "Everybody", "Alle";
    RolesLastSeen, "Roles as last seen", "Roller sist sett";
    LastSeen, "Last seen", "Sist sett";
    NeverSignedIn, "never signed in", "aldri logget inn";
    PersonDisabled, "disabled", "sperret";
    PersonWithoutPassword, "no password yet", "ikke passord ennå";
    NoSessions, "No session", "Ingen økt";
    NoSessionsSentence, "This person is signed in nowhere.", "Denne personen er ikke logget inn noe sted.";
    EndAllOf, "End all sessions", "Avslutt alle økter";
    EndAllOfNamed, "End all sessions of {0}?", "Avslutte alle øktene til {0}?";
    EndAllOfSentence, "Whoever is signed in under this name is out at once, and what runs is stopped. The next sign-in asks for the password.", "Den som er logget inn med dette navnet, er ute med en gang, og det som kjører, stoppes. Neste innlogging ber om passordet.";
    EndEverybodys, "End everybody's sessions", "Avslutt øktene til alle";
    EndEverybodysSentence, "Everybody is out at once, and what runs is stopped. Every next sign-in asks for the password.", "Alle er ute med en gang, og det som kjører, stoppes. Neste innlogging ber om passordet.";
    OwnSessionToo, "Your own session ends too: you will have to sign in again.", "Din egen økt avsluttes også: du må logge inn på nytt.";
    TypeToConfirm, "Type {0} to confirm", "Skriv {0} for å bekrefte";
    EndTyped, "END", "AVSLUTT";
    EndThemNow, "End them now", "Avslutt dem nå";
    } };
}
pub(super) use admin_words;
