//! The table of texts: a key, English, Norwegian. `{0}`, `{1}`, ... are filled by `Words::with`.

macro_rules! words {
    ($($key:ident, $english:literal, $norwegian:literal;)*) => {
        /// The key of a text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Word { $(#[doc = $english] $key),* }

        impl Word {
            /// Every key, for tests and for a list of all texts.
            pub const ALL: &'static [Self] = &[$(Self::$key),*];

            pub(super) fn texts(self) -> (&'static str, &'static str) {
                match self { $(Self::$key => ($english, $norwegian)),* }
            }
        }
    };
}

words! {
    // General verbs.
    Ok, "OK", "OK";
    Cancel, "Cancel", "Avbryt";
    Close, "Close", "Lukk";
    Save, "Save", "Lagre";
    Add, "Add", "Legg til";
    Edit, "Edit", "Rediger";
    Delete, "Delete", "Slett";
    Remove, "Remove", "Fjern";
    Rename, "Rename…", "Gi nytt navn…";
    Copy, "Copy", "Kopier";
    Undo, "Undo", "Angre";
    Redo, "Redo", "Gjør om";
    TryAgain, "Try again", "Prøv igjen";
    Reload, "Reload", "Last på nytt";
    Open, "Open", "Åpne";
    Back, "Back", "Tilbake";
    Next, "Next", "Neste";
    Done, "Done", "Ferdig";
    Create, "Create", "Opprett";
    Choose, "Choose…", "Velg…";
    Clear, "Clear", "Tøm";
    More, "More", "Mer";
    ShowAll, "Show all", "Vis alle";
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
    SignInWith, "Sign in with {0}", "Logg inn med {0}";
    SignInAgain, "Sign in again", "Logg inn på nytt";
    SessionEnded, "Your session has ended. Nothing on the screen is lost.", "Økten er avsluttet. Ingenting på skjermen er tapt.";
    SignedInAs, "Signed in as {0}", "Logget inn som {0}";
    ReadyToSignIn, "Sign in to see your projects", "Logg inn for å se prosjektene dine";

    // The frame.
    Search, "Search", "Søk";
    SearchHint, "Search objects…", "Søk i objekter…";
    Share, "Share", "Del";
    Export, "Export", "Eksporter";
    Graph, "Graph", "Graf";
    Table, "Table", "Tabell";
    Timeline, "Timeline", "Tidslinje";
    Flow, "Flow", "Flyt";
    Map, "Map", "Kart";
    Report, "Report", "Rapport";
    Configuration, "Configuration", "Oppsett";
    Administration, "Administration", "Administrasjon";
    Person, "Person", "Person";
    Views, "Views", "Visninger";
    NewTab, "New tab", "Ny fane";
    CloseTab, "Close tab", "Lukk fane";
    HideSide, "Hide the side panel", "Skjul sidepanelet";
    ShowSide, "Show the side panel", "Vis sidepanelet";
    ResizePane, "Resize", "Endre størrelse";
    StatusBar, "Status", "Status";
    Commands, "Commands", "Kommandoer";
    Help, "Help", "Hjelp";
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
    ProjectSize, "{0} sources · {1} object types", "{0} kilder · {1} objekttyper";
    Investigation, "Investigation: {0}", "Etterforskning: {0}";
    Investigations, "Investigations", "Etterforskninger";
    NewInvestigation, "New investigation…", "Ny etterforskning…";
    Unsaved, "not saved", "ikke lagret";

    // Objects, links, counts.
    Object, "Object", "Objekt";
    Objects, "{0} objects", "{0} objekter";
    Links, "Links", "Lenker";
    LinksCount, "{0} links", "{0} lenker";
    ObjectTypes, "Object types", "Objekttyper";
    LinkTypes, "Link types", "Lenketyper";
    Properties, "Properties", "Egenskaper";
    Notes, "Notes", "Notater";
    Selected, "{0} selected", "{0} valgt";
    FetchedAt, "fetched {0}", "hentet {0}";
    NotInSources, "(not in your sources)", "(ikke i kildene dine)";
    DuplicateKey, "duplicate key ({0})", "samme nøkkel ({0})";

    // Completeness.
    ShowingOf, "Showing {0} of {1} · {2}", "Viser {0} av {1} · {2}";
    Exact, "exact", "nøyaktig";
    AtLeast, "at least", "minst";
    Capped, "capped", "avkortet";
    Sampled, "sampled", "utvalg";
    Partial, "partial", "ufullstendig";
    CauseLimit, "Cut at the limit of {0} rows", "Kuttet ved grensen på {0} rader";
    CauseTime, "Stopped after {0}", "Stoppet etter {0}";
    CauseSource, "{0} did not answer", "{0} svarte ikke";
    CauseUnreadable, "{0} values could not be read", "{0} verdier kunne ikke leses";
    CutOff, "The answer was cut off", "Svaret ble avbrutt";

    // The graph.
    Expand, "Expand", "Utvid";
    ExpandObject, "Expand {0}", "Utvid {0}";
    TopBy, "Top {0} by {1}", "Topp {0} etter {1}";
    Hide, "Hide", "Skjul";
    Pin, "Pin", "Fest";
    Unpin, "Unpin", "Løsne";
    Isolate, "Isolate", "Isoler";
    Fit, "Fit to window", "Tilpass til vinduet";
    FitSelection, "Fit the selection", "Tilpass utvalget";
    FindHere, "Find here", "Finn her";
    RemoveFromPicture, "Remove from the picture", "Fjern fra bildet";
    Layout, "Layout: {0}", "Oppsett: {0}";
    SelectTool, "Select", "Velg";
    PanTool, "Move the picture", "Flytt bildet";
    GraphEmpty, "Search for something and open it here.", "Søk etter noe og åpne det her.";

    // Tables.
    Filter, "Filter", "Filter";
    AddFilter, "+ Filter", "+ Filter";
    Fields, "Fields", "Felt";
    Pivot, "Pivot", "Pivot";
    SortedUp, "sorted, smallest first", "sortert, minste først";
    SortedDown, "sorted, largest first", "sortert, største først";

    // Sources.
    Sources, "Sources", "Kilder";
    SourceSlow, "{0}: slow, {1}", "{0}: treg, {1}";
    SourceFailed, "{0}: not reachable", "{0}: ikke tilgjengelig";
    SourceWaiting, "{0}: waiting, {1}", "{0}: venter, {1}";
    TestConnection, "Test the connection", "Test forbindelsen";
    Connect, "Connect", "Koble til";
    NoSources, "There is no source yet.", "Det finnes ingen kilder ennå.";
    AddSource, "Add source…", "Legg til kilde…";
    UploadFile, "Upload file…", "Last opp fil…";

    // People and rights.
    People, "People", "Personer";
    Groups, "Groups", "Grupper";
    Roles, "Roles", "Roller";
    Permissions, "Permissions", "Rettigheter";
    NotAllowed, "You may not do this", "Du har ikke tilgang til dette";
    Audit, "Audit log", "Revisjonslogg";

    // The look.
    Appearance, "Appearance", "Utseende";
    ThemeSystem, "Follow the system", "Følg systemet";
    ThemeDark, "Dark", "Mørk";
    ThemeLight, "Light", "Lys";
    ThemeHighContrast, "High contrast", "Høy kontrast";
    ReducedMotion, "Reduce motion", "Mindre bevegelse";
    LanguageName, "Language", "Språk";
    About, "About", "Om";
    Licences, "Licences", "Lisenser";

    // Trouble.
    SomethingFailed, "This did not work", "Dette gikk ikke";
    Offline, "The server cannot be reached.", "Serveren kan ikke nås.";
    OfflineRemedy, "Check the network; it is tried again by itself.", "Sjekk nettverket; det prøves på nytt av seg selv.";
    ReloadNeeded, "A newer version is ready.", "En nyere versjon er klar.";
    ShowPassword, "Show the password", "Vis passordet";
    HidePassword, "Hide the password", "Skjul passordet";
    Dismiss, "Dismiss", "Lukk melding";
    Error, "Error", "Feil";
    Warning, "Warning", "Advarsel";
    RemoveNamed, "Remove {0}", "Fjern {0}";
}
