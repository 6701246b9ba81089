//! What every screen says: verbs, signing in, the frame, projects, completeness, the look, and trouble.

macro_rules! common_words {
    ($next:ident $($later:ident)*; $($before:tt)*) => { $next! { $($later)*; $($before)*
    // General verbs.
    Cancel, "Cancel", "Avbryt";
    Close, "Close", "Lukk";
    Edit, "Edit", "Rediger";
    Remove, "Remove", "Fjern";
    Copy, "Copy", "Kopier";
    Undo, "Undo", "Angre";
    Redo, "Redo", "Gjør om";
    TryAgain, "Try again", "Prøv igjen";
    Reload, "Reload", "Last på nytt";
    Open, "Open", "Åpne";
    Done, "Done", "Ferdig";
    Create, "Create", "Opprett";
    Clear, "Clear", "Tøm";
    More, "More", "Mer";
    SelectAll, "Select all", "Velg alle";
    Yes, "Yes", "Ja";
    No, "No", "Nei";
    None, "None", "Ingen";
    Name, "Name", "Navn";
    Description, "Description", "Beskrivelse";
    Required, "Fill this in", "Fyll ut";
    NotANumber, "Type a whole number", "Skriv et helt tall";
    Optional, "optional", "valgfritt";
    Loading, "Loading…", "Laster…";
    NothingFound, "Nothing found", "Ingen treff";

    // Signing in.
    SignIn, "Sign in", "Logg inn";
    SignOut, "Sign out", "Logg ut";
    SignInAgain, "Sign in again", "Logg inn på nytt";
    SessionEnded, "Your session has ended. Nothing on the screen is lost.", "Økten er avsluttet. Ingenting på skjermen er tapt.";
    SessionDisplaced, "You are signed in at too many places, so the oldest session, which was this one, has ended.", "Du er logget inn for mange steder, så den eldste økten, som var denne, er avsluttet.";
    SignedInAs, "Signed in as {0}", "Logget inn som {0}";
    WhichServer, "Which server does your organisation use? Whoever runs Clew there knows its address.", "Hvilken tjener bruker virksomheten din? De som drifter Clew der, kjenner adressen.";
    ServerAddress, "Server's address", "Tjenerens adresse";
    Connect, "Connect", "Koble til";
    Connecting, "Connecting…", "Kobler til…";
    AnotherServer, "Another server", "En annen tjener";
    GoOnInBrowser, "Go on in your browser. Its page shows this number:", "Fortsett i nettleseren. Siden der viser dette tallet:";
    SameNumber, "If it shows another number, do not go on there.", "Viser den et annet tall, så fortsett ikke der.";
    OpenBrowserAgain, "Open the browser again", "Åpne nettleseren på nytt";
    ReadyToSignIn, "Sign in to see your projects", "Logg inn for å se prosjektene dine";

    // The frame.
    Search, "Search", "Søk";
    SearchHint, "Search objects…", "Søk i objekter…";
    Share, "Share", "Del";
    Export, "Export", "Eksporter";
    Graph, "Graph", "Graf";
    Table, "Table", "Tabell";
    Configuration, "Configuration", "Oppsett";
    Person, "Person", "Person";
    Views, "Views", "Visninger";
    NewTab, "New tab", "Ny fane";
    CloseTab, "Close tab", "Lukk fane";
    ResizePane, "Resize", "Endre størrelse";
    ResizeSide, "Resize the side panel", "Endre bredden på sidepanelet";
    StatusBar, "Status", "Status";
    Commands, "Commands", "Kommandoer";
    Keys, "Keys", "Taster";
    StepOf, "Step {0} of {1}", "Steg {0} av {1}";
    SwitchProject, "Switch project", "Bytt prosjekt";

    // Projects and investigations.
    Projects, "Projects", "Prosjekter";
    Project, "Project", "Prosjekt";
    NewProject, "New project…", "Nytt prosjekt…";
    NoProjects, "There is no project yet.", "Det finnes ingen prosjekter ennå.";
    FirstProject, "Create the first one, then connect a source to it.", "Opprett det første, og koble en kilde til det.";
    AskForProject, "Ask an instance manager or the Own of a project for access.", "Be en administrator eller eieren av et prosjekt om tilgang.";
    ProjectSize, "{0} {0|source|sources} · {1} {1|object type|object types}", "{0} {0|kilde|kilder} · {1} {1|objekttype|objekttyper}";
    WithoutOwner, "Projects without an owner", "Prosjekter uten eier";
    WithoutOwnerSentence, "Nobody who can sign in owns these. You see their names only; name an Own, who is not yourself.", "Ingen som kan logge inn, eier disse. Du ser bare navnene; utnevn en Own som ikke er deg selv.";
    NoOwner, "No owner", "Ingen eier";
    AllHaveOwners, "Every project has an owner.", "Alle prosjekter har en eier.";
    OwnerOf, "E-mail of the Own of {0}", "E-posten til Own for {0}";
    NameOwner, "Name the Own", "Utnevn Own";
    OwnerNamed, "{0} is named. The project has an owner once somebody signs in with that address.", "{0} er utnevnt. Prosjektet har en eier når noen logger inn med den adressen.";
    Unsaved, "not saved", "ikke lagret";

    // Objects, links, counts.
    Objects, "{0} {0|object|objects}", "{0} {0|objekt|objekter}";
    Links, "Links", "Lenker";
    LinksCount, "{0} {0|link|links}", "{0} {0|lenke|lenker}";
    ObjectTypes, "Object types", "Objekttyper";
    LinkTypes, "Link types", "Lenketyper";
    Properties, "Properties", "Egenskaper";
    Selected, "{0} selected", "{0} {0|valgt|valgte}";
    FetchedAt, "fetched {0}", "hentet {0}";
    NotInSources, "(not in your sources)", "(ikke i kildene dine)";

    // Completeness.
    ShowingOf, "Showing {0} of {1} · {2}", "Viser {0} av {1} · {2}";
    Exact, "exact", "nøyaktig";
    AtLeast, "at least", "minst";
    Capped, "capped", "avkortet";
    FirstOnly, "first {0}, more exist", "de første {0}, det finnes flere";
    Sampled, "sampled", "utvalg";
    Partial, "partial", "ufullstendig";
    CauseLimit, "Cut at the limit of {0} {0|row|rows}", "Kuttet ved grensen på {0} {0|rad|rader}";
    CauseTime, "Stopped after {0}", "Stoppet etter {0}";
    CauseRowsLeftOut, "{0}: {1} {1|row|rows} of its file {1|was|were} left out", "{0}: {1} {1|rad|rader} i filen ble utelatt";
    CauseUnreadableInFile, "{0}: {1} {1|cell|cells} of column {2} in its file could not be read", "{0}: {1} {1|celle|celler} i kolonnen {2} i filen kunne ikke leses";
    CauseUnreadable, "{0} {0|value|values} could not be read", "{0} {0|verdi|verdier} kunne ikke leses";

    // The look.
    Appearance, "Appearance", "Utseende";
    ThemeSystem, "Follow the system", "Følg systemet";
    ThemeDark, "Dark", "Mørk";
    ThemeLight, "Light", "Lys";
    ThemeHighContrast, "High contrast", "Høy kontrast";
    ReducedMotion, "Reduce motion", "Mindre bevegelse";
    WithoutCard, "Draw the graph without the graphics card", "Tegn grafen uten grafikkortet";
    LanguageName, "Language", "Språk";

    // Trouble.
    ShowPassword, "Show the password", "Vis passordet";
    HidePassword, "Hide the password", "Skjul passordet";
    Dismiss, "Dismiss", "Lukk melding";
    RemoveNamed, "Remove {0}", "Fjern {0}";

    // The project page of the configuration, and About.
    ProjectPage, "Project", "Prosjekt";
    ProjectTitle, "Name and purpose", "Navn og formål";
    ProjectSentence, "Everyone in the project sees these, in the list of projects too.", "Alle i prosjektet ser dette, også i prosjektlisten.";
    ProjectAddress, "Its address and its id stay the same.", "Adressen og id-en forblir de samme.";
    AboutClew, "About Clew", "Om Clew";
    AboutSentence, "Answers investigators' questions from databases, files and APIs that stay where they are.", "Svarer på etterforskeres spørsmål fra databaser, filer og API-er som blir der de er.";
    AboutVersion, "Version", "Versjon";
    AboutLicence, "Licence", "Lisens";
    AboutFonts, "Fonts and icons", "Skrifter og ikoner";
    AboutLibraries, "Notices of the libraries", "Merknader fra bibliotekene";
    FontOfText, "Text", "Tekst";
    FontOfCode, "Keys and code", "Nøkler og kode";
    FontOfHan, "Han, kana, hangul", "Han, kana, hangul";
    FontOfIcons, "Icons", "Ikoner";
    ReadingNotices, "Reading the notices…", "Leser merknadene…";
    AboutPage, "this page is {0}: reload it", "denne siden er {0}: last den på nytt";
    } };
}
pub(super) use common_words;
