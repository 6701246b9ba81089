//! What the model and the server say in English, and the same in Norwegian: told by their sentences, which stand here as
//! they are there. A sentence that is not here is shown as it is, behind what says whose it is.

macro_rules! said_words {
    ($next:ident $($later:ident)*; $($before:tt)*) => { $next! { $($later)*; $($before)*
    CheckSays, "The check says: “{0}”", "Kontrollen sier: «{0}»";

    SaidName, "Give it a name of 1 to 120 characters.", "Gi den et navn på 1 til 120 tegn.";
    SaidPrivate, "A source that everyone has cannot be private to one person. Set the role that it requires.", "En kilde som alle har, kan ikke være privat for én person. Angi rollen som den krever.";
    SaidLimitRows, "Its limit of rows is {0}. Choose 1 to {1}.", "Grensen for rader er {0}. Velg 1 til {1}.";
    SaidLimitMegabytes, "Its limit of megabytes is {0}. Choose 1 to {1}.", "Grensen for megabyte er {0}. Velg 1 til {1}.";
    SaidLimitSeconds, "Its limit of seconds is {0}. Choose 1 to {1}.", "Grensen for sekunder er {0}. Velg 1 til {1}.";
    SaidLimitQuestions, "Its limit of questions at once is {0}. Choose 1 to {1}.", "Grensen for samtidige spørsmål er {0}. Velg 1 til {1}.";
    SaidAddressSecret, "An address has a name or a password in it. Enter them in fields of their own.", "En adresse har et navn eller passord i seg. Skriv dem inn i egne felt.";
    SaidVariable, "The secret \"{0}\" may come from a variable like {1}, no other.", "Hemmeligheten «{0}» kan komme fra en variabel som {1}, ingen annen.";
    SaidNames, "Give it a name and a plural of 1 to 120 characters.", "Gi den et navn og en flertallsform på 1 til 120 tegn.";
    SaidNoSource, "Its source \"{0}\" does not exist. Choose another.", "Kilden «{0}» finnes ikke. Velg en annen.";
    SaidColour, "Choose a colour from 0 to 5.", "Velg en farge fra 0 til 5.";
    SaidKey, "The key names \"{0}\", which is no property of it.", "Nøkkelen nevner «{0}», som ikke er en egenskap ved den.";
    SaidTitle, "The title names {0}, which is no property of it.", "Tittelen nevner {0}, som ikke er en egenskap ved den.";
    SaidMostProperties, "It has more than {0} properties. Leave some out.", "Den har mer enn {0} egenskaper. Utelat noen.";
    SaidTwice, "Two properties have the id \"{0}\". Rename one.", "To egenskaper har id-en «{0}». Gi den ene et annet navn.";
    SaidPropertyName, "Give property \"{0}\" a name of 1 to 120 characters.", "Gi egenskapen «{0}» et navn på 1 til 120 tegn.";
    SaidNoColumn, "Property \"{0}\" names no column.", "Egenskapen «{0}» nevner ingen kolonne.";
    SaidThreeNames, "Give it a name, a reverse name and a plural of 1 to 120 characters.", "Gi den et navn, et motsatt navn og en flertallsform på 1 til 120 tegn.";
    SaidNoProperty, "It names \"{0}\", which is no property of it.", "Den nevner «{0}», som ikke er en egenskap ved den.";
    SaidNoEnd, "One of the object types that it joins does not exist. Choose others.", "En av objekttypene som den knytter sammen, finnes ikke. Velg andre.";
    SaidNotOf, "\"{0}\" is no property of {1}.", "«{0}» er ikke en egenskap ved {1}.";
    SaidNoPairs, "Say which columns or properties must be equal.", "Si hvilke kolonner eller egenskaper som må være like.";
    SaidAbsentSource, "There is no source \"{0}\" in this project. Somebody may have removed it.", "Det er ingen kilde «{0}» i dette prosjektet. Noen kan ha fjernet den.";
    SaidAbsentObjectType, "There is no object type \"{0}\" in this project. Somebody may have removed it.", "Det er ingen objekttype «{0}» i dette prosjektet. Noen kan ha fjernet den.";
    SaidAbsentLinkType, "There is no link type \"{0}\" in this project. Somebody may have removed it.", "Det er ingen lenketype «{0}» i dette prosjektet. Noen kan ha fjernet den.";
    SaidAbsentGrant, "There is no grant for \"{0}\" in this project. Somebody may have removed it.", "Det er ingen tilgang for «{0}» i dette prosjektet. Noen kan ha fjernet den.";
    SaidNeeded, "\"{0}\" is still needed by {1}. Change or remove that first.", "«{0}» trengs fortsatt av {1}. Endre eller fjern det først.";
    SaidLastOwn, "The last Own of a project cannot be taken away. Give Own to somebody else first.", "Den siste Own i et prosjekt kan ikke tas bort. Gi Own til noen andre først.";
    SaidNotPersonal, "Access and the project's name cannot be changed for oneself only.", "Tilgang og prosjektets navn kan ikke endres bare for en selv.";
    SaidTableHasKey, "The table {0} has the key {1}.", "Tabellen {0} har nøkkelen {1}.";
    SaidJoinsNone, "It joins tables of which one becomes no object type.", "Den knytter sammen tabeller der en av dem ikke blir noen objekttype.";
    SaidJoins, "{0} joins {1} and {2}.", "{0} knytter sammen {1} og {2}.";
    SaidPointsAt, "{0} points at {1}.", "{0} peker på {1}.";
    SaidThereAlready, "It is already there as \"{0}\".", "Den finnes allerede som «{0}».";
    SaidMostTypes, "Only {0} types are suggested at once. Save these, then ask again.", "Bare {0} typer foreslås på en gang. Lagre disse, og spør igjen.";
    SaidViewWithoutKey, "A view without a key can be browsed, but its rows cannot be told apart on the graph.", "En visning uten nøkkel kan blas i, men radene kan ikke skilles fra hverandre på grafen.";
    SaidTableWithoutKey, "A table without a key can be browsed, but its rows cannot be told apart on the graph.", "En tabell uten nøkkel kan blas i, men radene kan ikke skilles fra hverandre på grafen.";
    SaidReadSettings, "Read the settings", "Les innstillingene";
    SaidComplete, "Complete.", "Komplett.";
    SaidReach, "Reach {0} and sign in", "Nå {0} og logg inn";
    SaidVerified, "PostgreSQL {0}, encrypted, certificate checked.", "PostgreSQL {0}, kryptert, sertifikatet er kontrollert.";
    SaidUnverified, "PostgreSQL {0}, encrypted, certificate NOT checked.", "PostgreSQL {0}, kryptert, sertifikatet er IKKE kontrollert.";
    SaidPlain, "PostgreSQL {0}, NOT encrypted.", "PostgreSQL {0}, IKKE kryptert.";
    SaidNothingWritten, "Make sure that nothing can be written", "Sikre at ingenting kan skrives";
    SaidWritingRefused, "Writing is refused in Clew's sessions.", "Skriving avvises i Clews økter.";
    SaidLookForTables, "Look for tables", "Se etter tabeller";
    SaidTables, "{0} tables and views.", "{0} {0|tabell eller visning|tabeller og visninger}.";
    SaidFirstPage, "Read the first page of {0}", "Les den første siden av {0}";
    SaidNoRecords, "It has no records, so no columns were found.", "Den har ingen poster, så det ble ikke funnet noen kolonner.";
    SaidGivenValues, "It is asked for given values of: {0}.", "Den spørres etter gitte verdier av: {0}.";
    SaidOpenReadOnly, "Open the file read-only", "Åpne filen skrivebeskyttet";
    SaidIsSqlite, "It is a SQLite file.", "Det er en SQLite-fil.";
    SaidOpenUploaded, "Open the uploaded file", "Åpne den opplastede filen";
    SaidCanBeRead, "It can be read.", "Den kan leses.";
    SaidRagged, "{0} cells instead of {1}", "{0} {0|celle|celler} i stedet for {1}";
    SaidUndecodable, "bytes that the chosen encoding does not know; try another encoding", "byte som den valgte tegnkodingen ikke kjenner; prøv en annen tegnkoding";
    SaidQuoteOpen, "a quote is opened and never closed; close it or choose no quote", "et anførselstegn åpnes og lukkes aldri; lukk det, eller velg ingen anførselstegn";
    SaidAfterQuote, "text after a closing quote; a quote inside a cell is written twice", "tekst etter et avsluttende anførselstegn; et anførselstegn inne i en celle skrives to ganger";
    SaidNul, "a NUL character, which no text holds", "et NUL-tegn, som ingen tekst inneholder";
    SaidCellTooLong, "a cell of more than {0} bytes", "en celle på mer enn {0} byte";
    SaidTooManyCells, "more than {0} cells", "mer enn {0} celler";
    SaidByteOrder, "A byte order mark says {0}.", "Et byterekkefølgemerke sier {0}.";
    SaidEncoding, "The encoding looks like {0}. Look at letters with accents before you confirm.", "Tegnkodingen ser ut som {0}. Se på bokstaver med aksenter før du bekrefter.";
    SaidOnlyHeader, "There is a header and no row under it.", "Det er en overskrift og ingen rad under den.";
    SaidLoneCr, "Some rows end in a bare carriage return, as on an old Macintosh.", "Noen rader slutter med bare vognretur, som på en gammel Macintosh.";
    SaidDosEnd, "The file ends in the DOS end-of-file byte 0x1A; it is left out.", "Filen slutter med DOS-filsluttbyten 0x1A; den er utelatt.";
    SaidHeaderWidth, "The header has {0} names, the rows have {1} cells.", "Overskriften har {0} navn, radene har {1} {1|celle|celler}.";
    SaidNamesChanged, "Some names were empty, double or too long and were changed.", "Noen navn var tomme, doble eller for lange og ble endret.";
    SaidQuotesPlain, "The quotes of the file do not match up, so they are read as ordinary characters.", "Anførselstegnene i filen går ikke opp, så de leses som vanlige tegn.";
    } };
}
pub(super) use said_words;
