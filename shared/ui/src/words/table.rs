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

    // The workspace.
    KeepTyping, "Type at least two characters", "Skriv minst to tegn";
    LastSearches, "Last searches", "Siste søk";
    NoSearches, "Type a name, a number or an address. All sources are searched.", "Skriv et navn, et nummer eller en adresse. Alle kilder blir søkt i.";
    Searching, "Searching {0}…", "Søker i {0}…";
    FoundIn, "{0} found", "{0} funnet";
    NothingFor, "Nothing found for “{0}”", "Ingen treff på «{0}»";
    SearchedIn, "Searched in: {0}.", "Søkt i: {0}.";
    DidNotAnswer, "Did not answer: {0}.", "Svarte ikke: {0}.";
    SearchKeys, "Enter opens · Ctrl+Enter opens and stays here", "Enter åpner · Ctrl+Enter åpner og blir her";
    ShowAsTable, "Show as table", "Vis som tabell";
    Ready, "{0}", "{0}";
    PutOnGraph, "Put on the graph", "Legg på grafen";
    CopyLink, "Copy link", "Kopier lenke";
    LinkCopied, "The link is copied.", "Lenken er kopiert.";
    OpenObject, "Open", "Åpne";
    SourceName, "Source", "Kilde";
    NoLinkTypes, "No link types lead here.", "Ingen lenketyper fører hit.";
    NothingSelected, "Nothing is selected", "Ingenting er valgt";
    SelectSomething, "Click an object, or drag with Shift to select several.", "Klikk et objekt, eller dra med Shift for å velge flere.";
    ShowRows, "Show the rows", "Vis radene";
    From, "From", "Fra";
    To, "To", "Til";
    Count, "Count", "Antall";
    Sum, "Sum", "Sum";
    First, "First", "Første";
    Last, "Last", "Siste";
    SumIncomplete, "{0} rows have no amount", "{0} rader mangler beløp";
    Top, "Top", "Topp";
    By, "by", "etter";
    BySum, "sum", "sum";
    ByCount, "count", "antall";
    ByTime, "time", "tid";
    ByName, "name", "navn";
    Counting, "counting…", "teller…";
    ExpandOf, "Expand {0}", "Utvid {0}";
    ExpandFits, "Expand all that fit", "Utvid alt som får plass";
    OneTypeOnly, "Select objects of one type to expand them together.", "Velg objekter av én type for å utvide dem sammen.";
    ShowingSome, "Showing {0} of {1} {2}", "Viser {0} av {1} {2}";
    Added, "{0} {1} added", "{0} {1} lagt til";
    NothingLinked, "Nothing to show for “{0}”", "Ingenting å vise for «{0}»";
    PathNeedsTwo, "Select two objects to find the way between them.", "Velg to objekter for å finne veien mellom dem.";
    PathFound, "The shortest way has {0} links; it is selected.", "Den korteste veien har {0} lenker; den er valgt.";
    NoPath, "There is no way between them within what is on the graph. Expand more, then try again.", "Det er ingen vei mellom dem i det som ligger på grafen. Utvid mer, og prøv igjen.";
    ShortestPath, "Shortest way", "Korteste vei";
    LayOutAgain, "Lay out again", "Legg ut på nytt";
    ShowHidden, "Show hidden", "Vis skjulte";
    ObjectsGone, "{0} objects are no longer in their sources.", "{0} objekter finnes ikke lenger i kildene.";
    GraphEmptyTitle, "The graph is empty", "Grafen er tom";
    NoTypes, "There is nothing to search yet", "Det er ingenting å søke i ennå";
    NoTypesSentence, "Connect a source and say what its tables hold.", "Koble til en kilde og si hva tabellene inneholder.";
    NoTypesAsk, "Ask somebody who may change this project to connect a source.", "Be noen som kan endre prosjektet om å koble til en kilde.";
    OpenConfiguration, "Open the configuration", "Åpne oppsettet";
    NoTables, "No table is open", "Ingen tabell er åpen";
    NoTablesSentence, "Choose what to see as rows.", "Velg hva du vil se som rader.";
    OpenTable, "Open a table", "Åpne en tabell";
    NoRows, "No rows", "Ingen rader";
    NoRowsSentence, "Nothing fits the filters.", "Ingenting passer med filtrene.";
    NoRowsAtAll, "The source has none.", "Kilden har ingen.";
    ClearFilters, "Clear the filters", "Fjern filtrene";
    MostRows, "Most rows", "Høyst antall rader";
    Stop, "Stop", "Stopp";
    Stopped, "stopped", "stoppet";
    SoFar, "{0} so far…", "{0} så langt…";
    ExportCsv, "Table as CSV", "Tabell som CSV";
    ExportPng, "Graph as picture (PNG)", "Graf som bilde (PNG)";
    PictureSaved, "The picture is saved.", "Bildet er lagret.";
    PictureFailed, "The picture could not be made.", "Bildet kunne ikke lages.";
    Apply, "Apply", "Bruk";
    Contains, "contains", "inneholder";
    StartsWith, "starts with", "begynner med";
    Equals, "equals", "er lik";
    OneOf, "one of", "en av";
    IsEmpty, "is empty", "er tom";
    IsFilled, "is filled", "har verdi";
    FromValue, "From", "Fra og med";
    ToValue, "To", "Til og med";
    ValueHint, "Value", "Verdi";
    ListHint, "Values, separated by ;", "Verdier, skilt med ;";
    BadNumber, "This is no number", "Dette er ikke et tall";
    BadDate, "Write it as 2024-03-14", "Skriv det som 2024-03-14";
    HasLink, "has “{0}”", "har «{0}»";
    HasNoLink, "has no “{0}”", "har ikke «{0}»";
    LinkFilter, "Links", "Lenker";
    CopiedRows, "{0} rows copied", "{0} rader kopiert";
    CopiedSome, "{0} rows copied; {1} more were too many. Export them instead.", "{0} rader kopiert; {1} til var for mange. Eksporter dem i stedet.";
    CauseBytes, "Cut at the limit of {0}", "Kuttet ved grensen på {0}";
    CauseCount, "Counting stopped at {0}", "Tellingen stoppet ved {0}";
    CauseKeys, "Only {0} values were followed into the other source", "Bare {0} verdier ble fulgt til den andre kilden";
    CauseDuplicates, "{0} rows share a key with another row", "{0} rader deler nøkkel med en annen rad";
    CauseEmptyKeys, "{0} rows have no key and cannot be on the graph", "{0} rader har ingen nøkkel og kan ikke ligge på grafen";
    CauseAccents, "{0} tells letters with and without accents apart", "{0} skiller bokstaver med og uten aksenter";
    CauseOfSource, "{0}: {1}", "{0}: {1}";
    ExactInWords, "Everything is here.", "Alt er med.";
    WhatToDo, "Type to find a command", "Skriv for å finne en kommando";
    KeySearch, "Search", "Søk";
    KeyPalette, "Commands", "Kommandoer";
    KeyKeys, "Show the keys", "Vis tastene";
    SelectAllOnGraph, "Select everything on the graph", "Velg alt på grafen";
    ToggleSide, "Show or hide the side panel", "Vis eller skjul sidepanelet";
    FocusTable, "Show the tables", "Vis tabellene";
    FocusGraph, "Show the graph", "Vis grafen";
    KeepWithin, "Bring everything into view", "Vis alt";
    Expanding, "expanding…", "utvider…";
    SelectedObjects, "{0} objects selected", "{0} objekter valgt";
    RowsSelected, "{0} rows selected", "{0} rader valgt";
    LinkDetails, "Link", "Lenke";
    SourceAsked, "{0}: asked", "{0}: spurt";
    Unreachable, "{0}: not reachable", "{0}: ikke tilgjengelig";
    GoBack, "Back to the graph", "Tilbake til grafen";
}
