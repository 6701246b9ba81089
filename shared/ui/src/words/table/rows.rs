//! Tables of rows.

macro_rules! rows_words {
    ($next:ident $($later:ident)*; $($before:tt)*) => { $next! { $($later)*; $($before)*
    // Tables.
    Filter, "Filter", "Filter";
    AddFilter, "+ Filter", "+ Filter";
    Fields, "Fields", "Felt";

    // The table's own words.
    RowWord, "Row", "Rad";
    SortUp, "Sort ascending", "Sorter stigende";
    SortDown, "Sort descending", "Sorter synkende";
    FilterColumn, "Filter…", "Filtrer…";
    FitWidth, "Fit width", "Tilpass bredden";
    FirstRowsPut, "The objects of the first {0} of {1} rows are put on the graph.", "Objektene i de første {0} av {1} rader legges på grafen.";
    FirstRowsFollowed, "On the graph, the objects of the first {0} of {1} selected rows are selected.", "På grafen er objektene i de første {0} av {1} valgte rader valgt.";
    HideColumn, "Hide column", "Skjul kolonnen";
    ShowAllColumns, "Show all columns", "Vis alle kolonner";
    LinkWord, "link", "lenke";
    LinksWord, "links", "lenker";
    FromWord, "from", "fra";
    ToWord, "to", "til";
    BetweenWord, "between", "mellom";
    AndWord, "and", "og";
    } };
}
pub(super) use rows_words;
