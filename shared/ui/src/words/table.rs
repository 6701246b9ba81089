//! The table of texts: a key, English, Norwegian. `{0}`, `{1}`, ... are filled by `Words::with`;
//! `{0|one|many}` is the form that goes with the number in `{0}`.

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
    SignedInAs, "Signed in as {0}", "Logget inn som {0}";
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
    Sampled, "sampled", "utvalg";
    Partial, "partial", "ufullstendig";
    CauseLimit, "Cut at the limit of {0} {0|row|rows}", "Kuttet ved grensen på {0} {0|rad|rader}";
    CauseTime, "Stopped after {0}", "Stoppet etter {0}";
    CauseUnreadable, "{0} {0|value|values} could not be read", "{0} {0|verdi|verdier} kunne ikke leses";

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

    // Tables.
    Filter, "Filter", "Filter";
    AddFilter, "+ Filter", "+ Filter";
    Fields, "Fields", "Felt";

    // Sources.
    Sources, "Sources", "Kilder";
    SourceSlow, "{0}: slow, {1}", "{0}: treg, {1}";
    SourceWaiting, "{0}: waiting, {1}", "{0}: venter, {1}";
    TestConnection, "Test the connection", "Test forbindelsen";
    NoSources, "There is no source yet.", "Det finnes ingen kilder ennå.";
    AddSource, "Add source…", "Legg til kilde…";
    UploadFile, "Upload file…", "Last opp fil…";

    // The look.
    Appearance, "Appearance", "Utseende";
    ThemeSystem, "Follow the system", "Følg systemet";
    ThemeDark, "Dark", "Mørk";
    ThemeLight, "Light", "Lys";
    ThemeHighContrast, "High contrast", "Høy kontrast";
    ReducedMotion, "Reduce motion", "Mindre bevegelse";
    LanguageName, "Language", "Språk";

    // Trouble.
    ShowPassword, "Show the password", "Vis passordet";
    HidePassword, "Hide the password", "Skjul passordet";
    Dismiss, "Dismiss", "Lukk melding";
    RemoveNamed, "Remove {0}", "Fjern {0}";

    // Configuration screens.
    AccessPage, "Access", "Tilgang";
    AccessTitle, "Who may work in this project", "Hvem som kan arbeide i dette prosjektet";
    AccessSentence, "A role here counts together with the roles that the identity provider gives.", "En rolle her gjelder sammen med rollene fra identitetsleverandøren.";
    AccessOnlyOwn, "Only an Own of the project sees and changes who has access.", "Bare en Own i prosjektet ser og endrer hvem som har tilgang.";
    NoGrants, "Nobody has a role here yet.", "Ingen har en rolle her ennå.";
    GranteeRole, "role", "rolle";
    GranteePerson, "person", "person";
    GranteeEmail, "invited", "invitert";
    LastOwn, "The last Own stays: give Own to somebody else first.", "Den siste Own blir: gi Own til noen andre først.";
    RoleOf, "Role of {0}", "Rollen til {0}";
    TakeAccess, "Take access from {0}", "Ta tilgangen fra {0}";
    GiveAccess, "Give access", "Gi tilgang";
    ToRole, "To a role", "Til en rolle";
    ToPerson, "To a person", "Til en person";
    Email, "E-mail", "E-post";
    RoleName, "Role from the identity provider", "Rolle fra identitetsleverandøren";
    KnownRoles, "Known", "Kjente";
    RoleToGive, "Role to give", "Rolle som gis";
    Give, "Give", "Gi";
    TypeEmail, "Type an e-mail address", "Skriv en e-postadresse";
    TypeRole, "Type or choose a role", "Skriv eller velg en rolle";
    PersonHint, "Also before the first sign-in: it is bound to the person who signs in with this verified address.", "Også før første innlogging: den knyttes til den som logger inn med denne bekreftede adressen.";
    RoleHint, "Everybody who has this role at the identity provider.", "Alle som har denne rollen hos identitetsleverandøren.";
    WhatRolesMay, "What each role may do", "Hva hver rolle kan";
    RoleReadMay, "reads data and configuration; changes configuration for oneself", "leser data og oppsett; endrer oppsett for seg selv";
    RoleManageMay, "also saves configuration for everyone", "lagrer også oppsett for alle";
    RoleOwnMay, "also gives and takes access", "gir og tar også tilgang";
    RoleOrchestrateMay, "a machine that deploys configuration and sees no data", "en maskin som ruller ut oppsett og ikke ser data";
    NeedsRight, "This takes {0}.", "Dette krever {0}.";
    OwnChanges, "You have {0} {0|change|changes} of your own.", "Du har {0} {0|egen endring|egne endringer}.";
    OwnMisfits, "{0} no longer {0|fits|fit}", "{0} passer ikke lenger";
    ShowOwnChanges, "Show my changes", "Vis endringene mine";
    HideOwnChanges, "Hide my changes", "Skjul endringene mine";
    ForgetNamed, "Forget: {0}", "Glem: {0}";
    ChangeDescribe, "Project name {0}", "Prosjektnavn {0}";
    ChangePutSource, "Source {0}", "Kilde {0}";
    ChangeRemoveSource, "Without source {0}", "Uten kilden {0}";
    ChangePutObjectType, "Object type {0}", "Objekttype {0}";
    ChangeRemoveObjectType, "Without object type {0}", "Uten objekttypen {0}";
    ChangePutLinkType, "Link type {0}", "Lenketype {0}";
    ChangeRemoveLinkType, "Without link type {0}", "Uten lenketypen {0}";
    ChangePutGrant, "Access {0}", "Tilgang {0}";
    ChangeRemoveGrant, "Without access{0}", "Uten tilgang{0}";
    BeforeItWorks, "Before this works", "Før dette virker";
    SaveForEveryone, "Save for everyone", "Lagre for alle";
    SaveForMe, "Save for me", "Lagre for meg";
    DiscardChanges, "Discard changes", "Forkast endringer";
    RemoveEllipsis, "Remove…", "Fjern…";
    RemoveQuestion, "Remove {0}?", "Fjerne {0}?";
    StillNeeded, "It is still needed by: {0}. Change or remove these first.", "Den trengs fortsatt av: {0}. Endre eller fjern disse først.";
    ForEveryone, "For everyone", "For alle";
    ForMe, "Only for me", "Bare for meg";
    ForWhom, "For whom", "For hvem";
    RemoveForMe, "It goes from your own view of the project; for everybody else it stays.", "Den forsvinner fra din egen visning av prosjektet; for alle andre blir den.";
    RemoveForEveryone, "It goes from the project for everybody. The data in the source is not touched.", "Den forsvinner fra prosjektet for alle. Dataene i kilden røres ikke.";
    NothingChanged, "Nothing has changed.", "Ingenting er endret.";
    CannotBeId, "“{0}” cannot be an id: use a-z, 0-9, - and _.", "«{0}» kan ikke være en id: bruk a-z, 0-9, - og _.";
    GiveName, "Give it a name first.", "Gi den et navn først.";
    Id, "Id", "Id";
    IdIs, "id {0}", "id {0}";
    Icon, "Icon", "Ikon";
    IconNamed, "Icon: {0}", "Ikon: {0}";
    SearchIcons, "Find an icon…", "Finn et ikon…";
    ColourNumber, "Colour {0}", "Farge {0}";
    Plural, "Plural", "Flertall";
    TypeNameHint, "Person", "Person";
    TypePluralHint, "People", "Personer";
    Source, "Source", "Kilde";
    TableOrView, "Table or view", "Tabell eller visning";
    ComesFrom, "Where it comes from", "Hvor den kommer fra";
    PropertiesHint, "A property shows one column. The key names one object; the search box looks where “find” is ticked.", "En egenskap viser én kolonne. Nøkkelen navngir ett objekt; søket ser der «finn» er krysset av.";
    AddProperty, "Add property", "Legg til egenskap";
    AddColumns, "Add the other columns", "Legg til de andre kolonnene";
    Column, "Column", "Kolonne";
    KindTitle, "Kind", "Slag";
    Unit, "Unit", "Enhet";
    KeyTitle, "Key", "Nøkkel";
    FindTitle, "Find", "Finn";
    HideTitle, "Hide", "Skjul";
    OfProperty, "{0} of property {1}", "{0} for egenskap {1}";
    KeyOf, "{0} is part of the key", "{0} er en del av nøkkelen";
    FindIn, "Search looks in {0}", "Søket ser i {0}";
    HideProperty, "Hide {0} unless asked for", "Skjul {0} til noen spør";
    MoveUp, "Move {0} up", "Flytt {0} opp";
    MoveDown, "Move {0} down", "Flytt {0} ned";
    TitleTemplate, "What one of them is called", "Hva én av dem heter";
    TitleLabel, "Title", "Tittel";
    TitleHelp, "Looks like: {0}", "Ser ut som: {0}";
    NewObjectType, "New object type…", "Ny objekttype…";
    NoObjectTypes, "There are no object types yet.", "Det finnes ingen objekttyper ennå.";
    NoObjectTypesSentence, "An object type says which table holds people, companies, accounts. A source can suggest a first model, too.", "En objekttype sier hvilken tabell som har personer, firmaer, kontoer. En kilde kan også foreslå en første modell.";
    TypesNeedSource, "Object types come from sources: connect one first.", "Objekttyper kommer fra kilder: koble til en først.";
    GoToSources, "Go to sources", "Gå til kilder";
    UnnamedType, "New type", "Ny type";
    NewLinkType, "New link type…", "Ny lenketype…";
    ConfigNoLinkTypes, "There are no link types yet.", "Det finnes ingen lenketyper ennå.";
    NoLinkTypesSentence, "A link type says how two objects belong together: owns, paid to, lives at.", "En lenketype sier hvordan to objekter hører sammen: eier, betalte til, bor på.";
    LinksNeedObjects, "Links join objects: make an object type first.", "Lenker binder objekter sammen: lag en objekttype først.";
    GoToObjectTypes, "Go to object types", "Gå til objekttyper";
    FillPairs, "Fill in both sides of every pair.", "Fyll ut begge sider av hvert par.";
    FromType, "From", "Fra";
    ToType, "To", "Til";
    LinkName, "Read forward", "Lest forover";
    LinkReverse, "Read backward", "Lest bakover";
    LinkPlural, "Many of them", "Flere av dem";
    LinkNameHint, "paid to", "betalte til";
    LinkReverseHint, "received from", "mottok fra";
    LinkPluralHint, "transfers", "overføringer";
    HasDirection, "The direction means something", "Retningen betyr noe";
    LinksFound, "Where the links are found", "Hvor lenkene finnes";
    ByProperties, "By equal properties", "Ved like egenskaper";
    ByTable, "In a link table", "I en lenketabell";
    ByPropertiesHint, "Two objects are linked where these properties are equal; they may come from different sources.", "To objekter er lenket der disse egenskapene er like; de kan komme fra ulike kilder.";
    ByTableHint, "Each row of the table is one link, with properties of its own.", "Hver rad i tabellen er én lenke, med egne egenskaper.";
    FromProperty, "Property of the first object", "Egenskap ved det første objektet";
    ToProperty, "Property of the second object", "Egenskap ved det andre objektet";
    PointsAt, "These columns point at {0}", "Disse kolonnene peker på {0}";
    ColumnOfTable, "Column of the link table", "Kolonne i lenketabellen";
    PropertyOfObject, "Property of the object", "Egenskap ved objektet";
    RemovePair, "Remove pair {0}", "Fjern par {0}";
    AddPair, "Add a pair", "Legg til et par";
    IgnoreCase, "Ignore upper and lower case when comparing", "Se bort fra store og små bokstaver";
    PropertiesOfLink, "Properties of the link", "Egenskaper ved lenken";
    LinkTime, "When it happened", "Når det skjedde";
    LinkAmount, "How much", "Hvor mye";
    LinkCurrency, "In which currency", "I hvilken valuta";
    KindText, "text", "tekst";
    KindInteger, "whole number", "heltall";
    KindDecimal, "decimal", "desimaltall";
    KindFloat, "float", "flyttall";
    KindBool, "yes or no", "ja eller nei";
    KindDate, "date", "dato";
    KindInstant, "moment", "tidspunkt";
    KindLocalTime, "local time", "lokal tid";
    KindBytes, "bytes", "byte";
    FirstSource, "Connect a database, or bring in a CSV file. Data stays where it is.", "Koble til en database, eller hent inn en CSV-fil. Data blir der de er.";
    FirstFile, "Bring in a CSV file for yourself. Databases are connected by an instance manager who is project Manage or Own.", "Hent inn en CSV-fil for deg selv. Databaser kobles til av en administrator som er prosjekt Manage eller Own.";
    ChooseKind, "What kind of source is it?", "Hva slags kilde er det?";
    UnnamedSource, "New source", "Ny kilde";
    EditSource, "Edit source ({0})", "Rediger kilde ({0})";
    NewSourceOf, "New source ({0})", "Ny kilde ({0})";
    SourceNameHint, "Core banking", "Kjernebank";
    ConfigSourceName, "Name of the source", "Navn på kilden";
    FillMarked, "Fill in what is marked.", "Fyll ut det som er markert.";
    NumberBetween, "Type a whole number from {0} to {1}", "Skriv et helt tall fra {0} til {1}";
    SecretSet, "set", "satt";
    SecretNotSet, "not set", "ikke satt";
    SecretKeep, "set, leave empty to keep", "satt, la stå tom for å beholde";
    SecretFromVariable, "from {0}", "fra {0}";
    SecretVariableMissing, "from {0}, which is not set on the server", "fra {0}, som ikke er satt på serveren";
    SecretMissing, "secret missing", "hemmelighet mangler";
    OnlyForYou, "only for you", "bare for deg";
    LimitsTitle, "Limits of one question", "Grenser for ett spørsmål";
    LimitsHint, "What one question to this source may take at most. Answers that were cut say so.", "Hva ett spørsmål til denne kilden høyst kan ta. Svar som ble kuttet, sier det.";
    LimitRows, "Rows", "Rader";
    LimitMegabytes, "Megabytes", "Megabyte";
    LimitSeconds, "Seconds", "Sekunder";
    LimitAtOnce, "Questions at once", "Spørsmål samtidig";
    WhoSees, "Who sees it", "Hvem som ser den";
    RequiredRole, "Role that is required", "Rolle som kreves";
    EveryoneInProject, "Everyone in the project", "Alle i prosjektet";
    KeepModelVisible, "Others still see type names, icons and field names", "Andre ser fortsatt typenavn, ikoner og feltnavn";
    TestOk, "The source can be used", "Kilden kan brukes";
    TestFailed, "The source cannot be used yet", "Kilden kan ikke brukes ennå";
    SetUp, "Set-up", "Oppsett";
    Contents, "Contents", "Innhold";
    FirstModel, "Suggested model", "Foreslått modell";
    PartsOfSource, "Parts of the source", "Deler av kilden";
    UsedBy, "Used by", "Brukt av";
    UsedByNothing, "No type comes from it yet. Look at the suggested model.", "Ingen type kommer fra den ennå. Se på den foreslåtte modellen.";
    ConfigNoTables, "The source shows no tables.", "Kilden viser ingen tabeller.";
    ConfigNoTablesSentence, "Check that its user may read some, then read again.", "Sjekk at brukeren kan lese noen, og les på nytt.";
    ReadAgain, "Read again", "Les på nytt";
    ChooseTable, "Choose a table at the left to see its columns and some rows.", "Velg en tabell til venstre for å se kolonnene og noen rader.";
    FindTable, "Find a table…", "Finn en tabell…";
    CatalogueCut, "There are more tables than are listed here. Narrow what its user may see.", "Det finnes flere tabeller enn de som er listet. Begrens hva brukeren kan se.";
    AboutRows, "~{0} {0|row|rows}", "~{0} {0|rad|rader}";
    View, "view", "visning";
    TableWord, "table", "tabell";
    ColumnsCount, "{0} {0|column|columns}", "{0} {0|kolonne|kolonner}";
    NativeType, "Type in the source", "Type i kilden";
    KeysTitle, "Keys", "Nøkler";
    MayBeEmpty, "may be empty", "kan være tom";
    NeverEmpty, "never empty", "aldri tom";
    PrimaryKey, "primary key", "primærnøkkel";
    UniqueKey, "unique", "unik";
    SampleRows, "Sample rows", "Eksempelrader";
    SampleHint, "Reads up to 200 rows from the source; none of them is kept.", "Leser inntil 200 rader fra kilden; ingen av dem beholdes.";
    RowsShown, "{0} {0|row|rows}", "{0} {0|rad|rader}";
    SuggestTitle, "A first model of this source", "En første modell av denne kilden";
    SuggestSentence, "Keys and names of tables tell which could be objects and which links. You choose what is added.", "Nøkler og navn på tabeller viser hva som kan være objekter og lenker. Du velger hva som legges til.";
    SuggestModel, "Suggest a model", "Foreslå en modell";
    ChooseSome, "Tick something first.", "Kryss av noe først.";
    AddChosen, "Add {0}:", "Legg til {0}:";
    NothingSuggested, "Everything that could be suggested is in the project already.", "Alt som kunne foreslås, er allerede i prosjektet.";
    NeedsType, "needs the object type {0}", "trenger objekttypen {0}";
    LeftOut, "Left out", "Utelatt";
    BringingIn, "Bringing in {0}", "Henter inn {0}";
    ChooseAnother, "Choose another file…", "Velg en annen fil…";
    ProblemsTotal, "{0} {0|problem|problems}", "{0} {0|problem|problemer}";
    ProblemsMore, "and {0} more", "og {0} til";
    LineNumber, "line {0}", "linje {0}";
    AcceptForEveryone, "Add for everyone", "Legg til for alle";
    AcceptForMe, "Add for me only", "Legg til bare for meg";
    ReadingWhole, "Reading the whole file…", "Leser hele filen…";
    FileAccepted, "{0} is in: {1} {1|row|rows}", "{0} er inne: {1} {1|rad|rader}";
    CellsUnreadable, "{0} {0|cell|cells} did not fit {0|its|their} kind and {0|is|are} empty now.", "{0} {0|celle|celler} passet ikke slaget sitt og er {0|tom|tomme} nå.";
    NoProblems, "Nothing was wrong in the file.", "Det var ingenting galt i filen.";
    Encoding, "Encoding", "Tegnkoding";
    Delimiter, "Delimiter", "Skilletegn";
    Quote, "Quote", "Anførselstegn";
    Comma, "comma ,", "komma ,";
    Semicolon, "semicolon ;", "semikolon ;";
    TabSign, "tab", "tabulator";
    FirstRowNames, "The first row names the columns", "Første rad navngir kolonnene";
    NullWords, "Words that mean nothing is there", "Ord som betyr at ingenting er der";
    NullWordsHelp, "Separated by commas, as they stand in the file: NULL, n/a", "Skilt med komma, slik de står i filen: NULL, n/a";
    ColumnNumber, "Name of column {0}", "Navn på kolonne {0}";
    KindOfColumn, "Kind of column {0}", "Slag for kolonne {0}";
    ChooseSource, "Choose a source first.", "Velg en kilde først.";
    TestingConnection, "Testing the connection…", "Tester forbindelsen…";
    ReadingContents, "Reading what the source contains…", "Leser hva kilden inneholder…";
    MakingModel, "Reading the source to suggest a model…", "Leser kilden for å foreslå en modell…";
    ReadingStopped, "Reading the source was stopped.", "Lesingen av kilden ble stoppet.";
    ReadingStoppedRemedy, "Try again when you want.", "Prøv igjen når du vil.";
    ReachableAt, "reachable {0}", "tilgjengelig {0}";
    NotReachableAt, "not reachable {0}", "ikke tilgjengelig {0}";
    SecretComesFrom, "{0} comes from", "{0} kommer fra";
    SecretTyped, "What is typed here", "Det som skrives her";
    SecretOfServer, "A variable of the server", "En variabel på serveren";
    VariableOf, "Variable for {0}", "Variabel for {0}";
    VariableHelp, "Set by whoever runs the server. The name begins with CLEW_SOURCE_ and has capital letters, digits and _.", "Settes av den som driver serveren. Navnet begynner med CLEW_SOURCE_ og har store bokstaver, tall og _.";
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
    ListHint, "Values, separated by ;", "Verdier, skilt med ;";
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
    KeyKeys, "Show the keys", "Vis tastene";
    SelectAllOnGraph, "Select everything on the graph", "Velg alt på grafen";
    ToggleSide, "Show or hide the side panel", "Vis eller skjul sidepanelet";
    FocusTable, "Show the tables", "Vis tabellene";
    FocusGraph, "Show the graph", "Vis grafen";
    SelectedObjects, "{0} {0|object|objects} selected", "{0} {0|objekt valgt|objekter valgt}";
    LinkDetails, "Link", "Lenke";
    SourceAsked, "{0}: asked", "{0}: spurt";
    Unreachable, "{0}: not reachable", "{0}: ikke tilgjengelig";
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

    // The table's own words.
    RowWord, "Row", "Rad";
    SortUp, "Sort ascending", "Sorter stigende";
    SortDown, "Sort descending", "Sorter synkende";
    FilterColumn, "Filter…", "Filtrer…";
    FitWidth, "Fit width", "Tilpass bredden";
    HideColumn, "Hide column", "Skjul kolonnen";
    Columns, "Columns", "Kolonner";
    ShowAllColumns, "Show all columns", "Vis alle kolonner";
    LinkWord, "link", "lenke";
    LinksWord, "links", "lenker";

    // What is kept, and what is not whole.
    TooLargeToKeep, "This graph is too large to be kept: at most {0} {0|object|objects} and {1} {1|link|links}.", "Grafen er for stor til å beholdes: høyst {0} {0|objekt|objekter} og {1} {1|lenke|lenker}.";
    TooLargeToKeepRemedy, "Remove what is not needed. What was kept before stays.", "Fjern det som ikke trengs. Det som ble beholdt før, står.";
    NotKept, "not kept", "ikke beholdt";
    NotPutBack, "not put together again", "ikke satt sammen igjen";
    KeptMissing, "Your investigation could not be read.", "Etterforskningen din kunne ikke leses.";
    KeptMissingSome, "Your investigation has {0} {0|object|objects} and {1} {1|link|links} that could not be fetched. It stays kept as it was until you decide.", "Etterforskningen din har {0} {0|objekt|objekter} og {1} {1|lenke|lenker} som ikke kunne hentes. Den står som den var til du bestemmer deg.";
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
}
