//! The graph as a file, and a file as a graph.

macro_rules! exchange_words {
    ($next:ident $($later:ident)*; $($before:tt)*) => { $next! { $($later)*; $($before)*
    ExportGraph, "Export the graph…", "Eksporter grafen …";
    ExportGraphTitle, "Export the graph", "Eksporter grafen";
    SaveFile, "Save the file", "Lagre filen";
    ExportFormat, "Format", "Format";
    ExportWhat, "What", "Hva";
    ExportShown, "Everything shown", "Alt som vises";
    ExportView, "What is in view", "Det som er i bildet";
    ExportSelection, "The selection", "Utvalget";
    ExportSharpness, "Sharpness", "Skarphet";
    ExportTimes, "{0}×", "{0}×";
    ExportHolds, "{0} {0|object|objects}, {1} {1|link|links}", "{0} {0|objekt|objekter}, {1} {1|lenke|lenker}";
    ExportPixels, "{0} × {1} pixels", "{0} × {1} piksler";
    ExportTooLarge, "{0} × {1} pixels is more than a picture may have: at most {2} on a side and {3} in all. Choose {4}× or less, or SVG or PDF.", "{0} × {1} piksler er mer enn et bilde kan ha: høyst {2} langs en side og {3} i alt. Velg {4}× eller mindre, eller SVG eller PDF.";
    ExportStamp, "In the file stands who took it out and when, from which sources, and how complete it is. The audit log notes it.", "I filen står hvem som tok den ut og når, fra hvilke kilder, og hvor komplett den er. Det føres i revisjonsloggen.";
    ExportCut, "{0} {0|expansion is|expansions are} not whole; that stands in the file.", "{0} {0|utvidelse er|utvidelser er} ikke hele; det står i filen.";
    ExportPngWhy, "Pixels, with the legend, for a document or a screen.", "Piksler, med tegnforklaring, for et dokument eller en skjerm.";
    ExportSvgWhy, "Vectors with the legend; text stays text, for drawing programs and the web.", "Vektorer med tegnforklaring; tekst forblir tekst, for tegneprogrammer og nettet.";
    ExportPdfWhy, "Vectors with the legend on one page; text can be searched, for print.", "Vektorer med tegnforklaring på én side; teksten kan søkes i, for utskrift.";
    ExportGraphMlWhy, "Objects and links as data, for Gephi, yEd, networkx and others, and to bring back here.", "Objekter og lenker som data, for Gephi, yEd, networkx og andre, og for å hente inn igjen her.";
    ExportJsonWhy, "Objects and links as data, for scripts, and to bring back here.", "Objekter og lenker som data, for skript, og for å hente inn igjen her.";
    NothingToExport, "There is nothing to export, or you may not export", "Det er ingenting å eksportere, eller du har ikke lov til å eksportere";
    ExportFailed, "The graph could not be saved: {0}", "Grafen kunne ikke lagres: {0}";
    ExchangeMissing, "what reads and writes files could not be loaded; reload the page", "det som leser og skriver filer, kunne ikke lastes; last siden på nytt";
    ImportGraph, "Import a graph…", "Importer en graf …";
    ImportGraphTitle, "Import a graph", "Importer en graf";
    ImportSentence, "The file says only which objects and links, and where they lie; what they are is asked of the sources with your rights, and what no source has is marked as missing.", "Filen sier bare hvilke objekter og lenker, og hvor de ligger; hva de er, spørres kildene om med dine rettigheter, og det ingen kilde har, merkes som manglende.";
    ImportFormats, "GraphML, or JSON that was exported here: at most {0} {0|object|objects} and {1} {1|link|links}. All of it is one step that can be undone.", "GraphML, eller JSON som er eksportert herfra: høyst {0} {0|objekt|objekter} og {1} {1|lenke|lenker}. Alt er ett steg som kan angres.";
    ChooseFile, "Choose a file…", "Velg en fil …";
    Importing, "Importing {0}", "Importerer {0}";
    StepImport, "Import {0}", "Importer {0}";
    ImportFailedTitle, "{0} was not imported", "{0} ble ikke importert";
    ImportedTitle, "{0} was imported, but not all of it", "{0} ble importert, men ikke alt";
    Imported, "{0} was imported: {1} {1|object|objects}, {2} {2|link|links}", "{0} ble importert: {1} {1|objekt|objekter}, {2} {2|lenke|lenker}";
    ImportObjectsGone, "{0} {0|object was not found in its source and stands on the graph by its key|objects were not found in their sources and stand on the graph by their keys}, marked as missing.", "{0} {0|objekt ble ikke funnet i kilden og står på grafen med nøkkelen sin|objekter ble ikke funnet i kildene og står på grafen med nøklene sine}, merket som manglende.";
    ImportLinksGone, "{0} {0|link was|links were} left out, because no source has {0|it|them}.", "{0} {0|lenke|lenker} ble utelatt, fordi ingen kilde har {0|den|dem}.";
    ImportAnother, "Choose another file…", "Velg en annen fil …";
    ImportTooLong, "The file is longer than {0}. Divide the graph and import its parts one by one.", "Filen er lengre enn {0}. Del grafen og importer delene hver for seg.";
    ImportTooMany, "At most {0} {0|object|objects} and {1} {1|link|links} can be asked for at once. Divide the graph and import its parts one by one.", "Høyst {0} {0|objekt|objekter} og {1} {1|lenke|lenker} kan spørres om på en gang. Del grafen og importer delene hver for seg.";
    ImportNothing, "The file has no object that you can see in this project.", "Filen har ingen objekter du kan se i dette prosjektet.";
    ObjectsLeftOut, "{0} {0|object was|objects were} left out, because you see no such type in this project or the key does not fit: {1}", "{0} {0|objekt|objekter} ble utelatt, fordi du ikke ser noen slik type i dette prosjektet eller nøkkelen ikke passer: {1}";
    LinksLeftOut, "{0} {0|link was|links were} left out, because an end was, or you see no such type between these: {1}", "{0} {0|lenke|lenker} ble utelatt, fordi en ende ble det, eller du ikke ser noen slik type mellom disse: {1}";

    // What a file has that cannot be read, as `graph::exchange` says it.
    FileSays, "“{0}”", "«{0}»";
    SaidFileNotText, "The file is not text in UTF-8 from byte {0} on; save it as UTF-8 and try again.", "Filen er ikke tekst i UTF-8 fra byte {0}; lagre den som UTF-8 og prøv igjen.";
    SaidFileNoGraph, "The file is no {0}; save it in that form, or choose another file.", "Filen er ingen {0}; lagre den i den formen, eller velg en annen fil.";
    SaidFileDocumentType, "Line {0}: the file has a document type (DOCTYPE), which could read other files; take it out and try again.", "Linje {0}: filen har en dokumenttype (DOCTYPE), som kunne lese andre filer; ta den ut og prøv igjen.";
    SaidFileCutOff, "The file ends before its last element does; it was cut off, so save or fetch it again.", "Filen slutter før det siste elementet; den ble kuttet, så lagre eller hent den på nytt.";
    SaidFileAttribute, "{0} has no {1}; mend it there, or save the file again.", "{0} mangler {1}; rett det der, eller lagre filen på nytt.";
    SaidFileJson, "Line {0}, column {1}: {2}; mend it there, or save the file again.", "Linje {0}, kolonne {1}: {2}; rett det der, eller lagre filen på nytt.";
    SaidFileXml, "Line {0}: {1}; mend it there, or save the file again.", "Linje {0}: {1}; rett det der, eller lagre filen på nytt.";
    } };
}
pub(super) use exchange_words;
