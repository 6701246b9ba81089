//! The table that is printed at the end.

/// Rows of what was measured, beside what is wanted.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

struct Row {
    what: String,
    ours: String,
    theirs: String,
    ratio: String,
    wanted: String,
}

/// What is wanted of a ratio.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    AtLeast(f64),
    AtMost(f64),
    Nothing,
}

impl Wanted {
    fn shown(self, ratio: f64) -> String {
        let (sign, bound, is_reached) = match self {
            Self::AtLeast(bound) => ("at least", bound, ratio >= bound),
            Self::AtMost(bound) => ("at most", bound, ratio <= bound),
            Self::Nothing => return String::new(),
        };
        format!("{sign} {bound}: {}", if is_reached { "yes" } else { "no" })
    }
}

impl Table {
    /// Adds a row and shows it at once. `ratio` is what the row is about.
    pub(crate) fn add(&mut self, what: &str, ours: &str, theirs: &str, ratio: f64, wanted: Wanted) {
        let ratio_shown = format!("{ratio:.2}");
        let wanted = wanted.shown(ratio);
        println!("{what}: {ours} / {theirs} = {ratio_shown} {wanted}");
        let (what, ours, theirs) = (what.to_owned(), ours.to_owned(), theirs.to_owned());
        self.rows.push(Row { what, ours, theirs, ratio: ratio_shown, wanted });
    }

    /// Adds a row about what could not be measured.
    pub(crate) fn missing(&mut self, what: &str, why: &str) {
        println!("{what}: {why}");
        let (what, theirs) = (what.to_owned(), why.to_owned());
        self.rows.push(Row { what, ours: String::new(), theirs, ratio: String::new(), wanted: String::new() });
    }

    pub(crate) fn print(&self) {
        type Text = fn(&Row) -> &str;
        let columns: [(&str, Text); 5] = [
            ("what", |row| &row.what),
            ("ours", |row| &row.ours),
            ("theirs", |row| &row.theirs),
            ("ratio", |row| &row.ratio),
            ("wanted", |row| &row.wanted),
        ];
        let widths = columns.map(|(title, text)| {
            let cells = self.rows.iter().map(|row| text(row).chars().count());
            cells.chain([title.len()]).max().unwrap_or(0)
        });
        println!();
        print_line(columns.iter().map(|(title, _)| *title), &widths);
        println!("|{}", widths.map(|width| format!("{}|", "-".repeat(width + 2))).concat());
        for row in &self.rows {
            print_line(columns.iter().map(|(_, text)| text(row)), &widths);
        }
    }
}

fn print_line<'a>(cells: impl Iterator<Item = &'a str>, widths: &[usize]) {
    let cells: String = cells.zip(widths).map(|(cell, width)| format!(" {cell:width$} |")).collect();
    println!("|{cells}");
}
