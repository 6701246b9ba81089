//! The workspace: search, objects, the graph, and what is kept.

macro_rules! work_words {
    ($next:ident $($later:ident)*; $($before:tt)*) => { $next! { $($later)*; $($before)*
    // The workspace.
    KeepTyping, "Type at least two characters", "Skriv minst to tegn";
    LastSearches, "Last searches", "Siste søk";
    NoSearches, "Type a name, a number or an address. All sources are searched.", "Skriv et navn, et nummer eller en adresse. Alle kilder blir søkt i.";
    FoundIn, "{0} found", "{0} funnet";
    NothingFor, "Nothing found for “{0}”", "Ingen treff på «{0}»";
    SearchedIn, "Searched in: {0}.", "Søkt i: {0}.";
    DidNotAnswer, "Did not answer: {0}.", "Svarte ikke: {0}.";
    SearchKeys, "Enter opens · Ctrl+Enter opens and stays here", "Enter åpner · Ctrl+Enter åpner og blir her";
    ShowAsTable, "Show as table", "Vis som tabell";
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
    SumOf, "sum of {0}: {1}", "sum av {0}: {1}";
    First, "First", "Første";
    Last, "Last", "Siste";
    SumIncomplete, "{0} {0|row has|rows have} no amount", "{0} {0|rad|rader} mangler beløp";
    BySum, "sum", "sum";
    ByCount, "count", "antall";
    ByTime, "time", "tid";
    ByName, "name", "navn";
    Counting, "counting…", "teller…";
    ExpandOf, "Expand {0}", "Utvid {0}";
    ExpandFits, "Expand all that fit", "Utvid alt som får plass";
    ShowingSome, "Showing {0} of {1} {2}", "Viser {0} av {1} {2}";
    Added, "{0} {1} added", "{0} {1} lagt til";
    NothingLinked, "Nothing to show for “{0}”", "Ingenting å vise for «{0}»";
    PathNeedsTwo, "Select two objects to find the way between them.", "Velg to objekter for å finne veien mellom dem.";
    PathFound, "The shortest way has {0} {0|link|links}; it is selected.", "Den korteste veien har {0} {0|lenke|lenker}; den er valgt.";
    WayOf, "Way of {0} {0|link|links}", "Vei med {0} {0|lenke|lenker}";
    CopyWay, "Copy the way", "Kopier veien";
    NoPath, "There is no way between them within what is on the graph. Expand more, then try again.", "Det er ingen vei mellom dem i det som ligger på grafen. Utvid mer, og prøv igjen.";
    ShortestPath, "Shortest way", "Korteste vei";
    LayOutAgain, "Lay out again", "Legg ut på nytt";
    ShowHidden, "Show hidden", "Vis skjulte";
    ObjectsGone, "{0} {0|object is no longer in its source|objects are no longer in their sources}.", "{0} {0|objekt finnes ikke lenger i kilden|objekter finnes ikke lenger i kildene}.";
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
    RowsLeft, "{0} of {1} {1|row|rows}", "{0} av {1} {1|rad|rader}";
    AtMostRows, "At most {0}", "Høyst {0}";
    MostRows, "Most rows", "Høyst antall rader";
    Stop, "Stop", "Stopp";
    Stopped, "stopped", "stoppet";
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
    ListHint, "Values, one a line or separated by ;", "Verdier, én per linje eller skilt med ;";
    ValuesCount, "{0} {0|value|values}", "{0} {0|verdi|verdier}";
    TextTooLong, "This is longer than {0} characters, so its end was cut off. Use a shorter text, or several filters.", "Dette er lengre enn {0} tegn, så slutten ble kuttet. Bruk en kortere tekst, eller flere filtre.";
    TooManyValues, "These are {0} {0|value|values}; at most {1} can be asked for at once. Take some out, or ask several times.", "Dette er {0} {0|verdi|verdier}; høyst {1} kan spørres om på en gang. Ta ut noen, eller spør flere ganger.";
    BadNumber, "This is no number", "Dette er ikke et tall";
    BadDate, "Write it as 2024-03-14", "Skriv det som 2024-03-14";
    HasLink, "has “{0}”", "har «{0}»";
    HasNoLink, "has no “{0}”", "har ikke «{0}»";
    LinkFilter, "Links", "Lenker";
    CopiedRows, "{0} {0|row|rows} copied", "{0} {0|rad|rader} kopiert";
    CopiedSome, "{0} {0|row|rows} copied; {1} more {1|was|were} too many. Export them instead.", "{0} {0|rad|rader} kopiert; {1} til var for mange. Eksporter dem i stedet.";
    CauseBytes, "Cut at the limit of {0}", "Kuttet ved grensen på {0}";
    CauseCount, "Counting stopped at {0}", "Tellingen stoppet ved {0}";
    CauseKeys, "Only {0} {0|value was|values were} followed into the other source", "Bare {0} {0|verdi|verdier} ble fulgt til den andre kilden";
    CauseDuplicates, "{0} {0|row shares|rows share} a key with another row", "{0} {0|rad|rader} deler nøkkel med en annen rad";
    CauseEmptyKeys, "{0} {0|row has|rows have} no key and cannot be on the graph", "{0} {0|rad|rader} har ingen nøkkel og kan ikke ligge på grafen";
    CauseUnits, "amounts in several currencies are not summed", "beløp i flere valutaer er ikke summert";
    CauseAccents, "{0} tells letters with and without accents apart", "{0} skiller bokstaver med og uten aksenter";
    CauseOfSource, "{0}: {1}", "{0}: {1}";
    ExactInWords, "Everything is here.", "Alt er med.";
    WhatToDo, "Type to find a command", "Skriv for å finne en kommando";
    KeySearch, "Search", "Søk";
    KeyPalette, "Commands", "Kommandoer";
    SpaceKey, "Space", "Mellomrom";
    KeyKeys, "Show the keys", "Vis tastene";
    SelectAllOnGraph, "Select everything on the graph", "Velg alt på grafen";
    ToggleSide, "Show or hide the side panel", "Vis eller skjul sidepanelet";
    FocusTable, "Show the tables", "Vis tabellene";
    FocusGraph, "Show the graph", "Vis grafen";
    SelectedObjects, "{0} {0|object|objects} selected", "{0} {0|objekt valgt|objekter valgt}";
    LinkDetails, "Link", "Lenke";
    SourceAsked, "{0}: asked", "{0}: spurt";
    SourceDidFail, "{0}: failed", "{0}: feilet";
    GoBack, "Back to the graph", "Tilbake til grafen";

    // Steps of the investigation, as undo and redo name them.
    UndoStep, "Undo: {0}", "Angre: {0}";
    RedoStep, "Redo: {0}", "Gjør om: {0}";
    StepOpen, "Open {0}", "Åpne {0}";
    StepOpenMany, "Open {0} {0|object|objects}", "Åpne {0} {0|objekt|objekter}";
    StepShow, "Show", "Vis";
    StepMove, "Move", "Flytt";
    StepTooMany, "The graph holds at most {0} {0|object|objects} and {1} {1|link|links}. Start with fewer, or remove some.", "Grafen rommer høyst {0} {0|objekt|objekter} og {1} {1|lenke|lenker}. Begynn med færre, eller fjern noen.";
    StepFailed, "This could not be put on the graph: {0}.", "Dette kunne ikke legges på grafen: {0}.";

    // The expand menu.
    OrderedBy, "First by", "Først etter";
    NoAmount, "“{0}” has no amount to order by", "«{0}» har ikke noe beløp å sortere etter";
    NoTime, "“{0}” has no time to order by", "«{0}» har ikke noe tidspunkt å sortere etter";
    AtMost, "At most", "Høyst";
    BringsSome, "{0} of {1} {2}", "{0} av {1} {2}";
    BringsAll, "{0} {1}", "{0} {1}";

    // Finding on the graph.
    FindOnGraph, "Find on the graph", "Finn på grafen";
    FindHint, "Title or key…", "Tittel eller nøkkel…";
    FoundOf, "{0} of {1}", "{0} av {1}";
    NextFound, "Next", "Neste";
    PreviousFound, "Previous", "Forrige";

    // What goes on, and how it ends.
    ExpandingAlong, "Expanding: {0}", "Utvider: {0}";
    FetchingObjects, "Fetching: {0}", "Henter: {0}";
    Exporting, "Exporting", "Eksporterer";
    FileSaved, "{0} is saved · {1}", "{0} er lagret · {1}";
    ExportStopped, "The export was stopped because another project was opened. Nothing of it is saved.", "Eksporten ble stoppet fordi et annet prosjekt ble åpnet. Ingenting av den er lagret.";
    LayingOut, "Laying out {0} {0|object|objects}", "Legger ut {0} {0|objekt|objekter}";
    PuttingBack, "Putting the graph together again", "Setter sammen grafen igjen";
    WaitingForPlace, "waiting for a place at {0}, {1} before", "venter på plass hos {0}, {1} foran";
    ReadingKeys, "reading keys of {0}", "leser nøkler fra {0}";
    RowsSoFar, "{0} {0|row|rows} so far", "{0} {0|rad|rader} så langt";
    SearchStopped, "Stopped. These are the hits so far.", "Stoppet. Dette er treffene så langt.";
    IHaveSignedIn, "I have signed in", "Jeg har logget inn";

    // More commands.
    GoBackward, "Back to where I was", "Tilbake til der jeg var";
    GoForward, "Forward again", "Fram igjen";
    NextLink, "Select the next link of the object", "Velg neste lenke til objektet";
    NextTab, "Next table", "Neste tabell";
    CloseTable, "Close the table", "Lukk tabellen";
    BesideTable, "Show the table beside the others", "Vis tabellen ved siden av de andre";
    TogetherTable, "Show all tables in one pane", "Vis alle tabellene i ett felt";
    TabLeft, "Move the table to the left", "Flytt tabellen mot venstre";
    TabRight, "Move the table to the right", "Flytt tabellen mot høyre";
    ZoomIn, "Zoom in", "Zoom inn";
    ZoomOut, "Zoom out", "Zoom ut";
    Theme, "Colours: {0}", "Farger: {0}";
    InLanguage, "Language: {0}", "Språk: {0}";

    // The graph.
    Expand, "Expand", "Utvid";
    Hide, "Hide", "Skjul";
    Pin, "Pin", "Fest";
    Unpin, "Unpin", "Løsne";
    Isolate, "Isolate", "Isoler";
    Fit, "Fit to window", "Tilpass til vinduet";
    FitSelection, "Fit the selection", "Tilpass utvalget";
    RemoveFromPicture, "Remove from the picture", "Fjern fra bildet";
    SelectTool, "Select", "Velg";
    PanTool, "Move the picture", "Flytt bildet";
    GraphEmpty, "Search for something and open it here.", "Søk etter noe og åpne det her.";

    // What is kept, and what is not whole.
    TooLargeToKeep, "This graph is too large to be kept: at most {0} {0|object|objects} and {1} {1|link|links}.", "Grafen er for stor til å beholdes: høyst {0} {0|objekt|objekter} og {1} {1|lenke|lenker}.";
    TooLargeToKeepRemedy, "Remove what is not needed. What was kept before stays.", "Fjern det som ikke trengs. Det som ble beholdt før, står.";
    NotKept, "not kept", "ikke beholdt";
    NotPutBack, "not put together again", "ikke satt sammen igjen";
    KeptMissing, "Your investigation could not be read.", "Etterforskningen din kunne ikke leses.";
    KeptMissingSome, "Your investigation has {0} {0|object|objects} and {1} {1|link|links} that could not be fetched. It stays kept as it was until you decide.", "Etterforskningen din har {0} {0|objekt|objekter} og {1} {1|lenke|lenker} som ikke kunne hentes. Den står som den var til du bestemmer deg.";
    RestoringStopped, "You stopped this before all of it had come.", "Du stoppet dette før alt var kommet.";
    BeginAnew, "Begin anew", "Begynn på nytt";
    BeginAnewSentence, "What was kept is given up with your next step.", "Det som ble beholdt, gis opp med neste steg.";
    LinksGone, "{0} {0|link is no longer in its source|links are no longer in their sources}.", "{0} {0|lenke finnes ikke lenger i kilden|lenker finnes ikke lenger i kildene}.";
    AmongFailed, "Links among what is on the graph could not be looked for: {0}", "Lenker mellom det som er på grafen, kunne ikke finnes: {0}";
    NotAmong, "Links among the objects on the graph were not looked for", "Lenker mellom objektene på grafen ble ikke lett etter";
    ExpansionsCut, "{0} {0|expansion is|expansions are} not whole", "{0} {0|utvidelse er|utvidelser er} ikke hele";
    NotCounted, "not counted", "ikke talt";
    DuplicateKeyWhy, "Several rows have this key. The first one is shown.", "Flere rader har denne nøkkelen. Den første vises.";
    CurrenciesMayDiffer, "currencies may differ", "valutaene kan være ulike";
    NotNow, "Not now", "Ikke nå";
    ReloadSentence, "The server was updated since this page was loaded. Reload the page to go on; what was kept of your investigation comes back.", "Tjeneren er oppdatert siden siden ble lastet. Last siden på nytt for å fortsette; det som er beholdt av etterforskningen, kommer tilbake.";
    PeopleOfClew, "People sign in with Clew's own list, which is meant for trying it out. Whoever runs the server adds people with clew person add.", "Folk logger inn med Clews egen liste, som er ment for utprøving. Den som drifter tjeneren, legger til folk med clew person add.";
    PeopleOfProvider, "People and their roles come from the organisation's sign-in service. Somebody who has not signed in yet can be given access by e-mail.", "Folk og rollene deres kommer fra organisasjonens påloggingstjeneste. Den som ikke har logget inn ennå, kan få tilgang via e-post.";
    ReloadNeeded, "A newer version is ready.", "En nyere versjon er klar.";
    DuplicateKey, "duplicate key ({0})", "samme nøkkel ({0})";
    } };
}
pub(super) use work_words;
