//! What the form says of tables, line by line.
//!
//! ```text
//! people = /people at /data              a name, a path, and where the records are in an answer
//! person = /people/{id}                  one value of the column `id`, as one segment
//! deals  = /deals?state=open&buyer={b}   a parameter that is left out where the question names no value of `b`
//!
//! people: id integer, name text, address.city text, amount decimal(2)
//! ```

use model::kind::Kind;

/// The most tables of a source.
const MOST_TABLES: usize = 20;
/// The most columns of a table.
pub(super) const MOST_COLUMNS: usize = 200;
/// The longest name of a table or column, in bytes.
const LONGEST_NAME: usize = 120;

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TableSpec {
    pub(super) name: String,
    /// The segments of its path behind the base.
    pub(super) segments: Vec<Vec<Part>>,
    /// Its query, name by name.
    pub(super) query: Vec<(String, Vec<Part>)>,
    /// Where its records are: a JSON pointer, empty for the answer itself.
    pub(super) place: String,
    /// `None`: they are found in the first page.
    pub(super) columns: Option<Vec<Column>>,
}

/// A piece of a path or of a parameter's value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    Text(String),
    /// The value of a column that the question asks for.
    Column(String),
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Digits behind the point of a decimal.
    pub(super) digits: Option<u8>,
}

/// What is wrong: whether with the columns, and what to do.
pub(super) type Wrong = (bool, String);

impl TableSpec {
    /// The columns whose values its path cannot do without.
    pub(super) fn needed(&self) -> Vec<&str> {
        columns_of(self.segments.iter())
    }

    /// Every column whose values it can ask for.
    pub(super) fn asked(&self) -> Vec<&str> {
        columns_of(self.segments.iter().chain(self.query.iter().map(|(_, value)| value)))
    }
}

fn columns_of<'a>(parts: impl Iterator<Item = &'a Vec<Part>>) -> Vec<&'a str> {
    let mut found = Vec::new();
    for part in parts.flatten() {
        if let Part::Column(name) = part
            && !found.contains(&name.as_str())
        {
            found.push(name.as_str());
        }
    }
    found
}

/// Reads both fields.
pub(super) fn read(tables: &str, columns: &str) -> Result<Vec<TableSpec>, Wrong> {
    let mut found: Vec<TableSpec> = Vec::new();
    for line in lines(tables) {
        let table = table(line).map_err(|remedy| (false, format!("In \"{}\": {remedy}", shortened(line))))?;
        if found.iter().any(|known| known.name.eq_ignore_ascii_case(&table.name)) {
            return Err((false, format!("Name each table once; \"{}\" is there twice.", table.name)));
        }
        found.push(table);
    }
    if found.is_empty() || found.len() > MOST_TABLES {
        return Err((false, format!("Enter 1 to {MOST_TABLES} tables, one line each: people = /people")));
    }
    for line in lines(columns) {
        let (name, list) = line
            .split_once(':')
            .ok_or_else(|| (true, "Write each line as table: column kind, column kind".to_owned()))?;
        let table = found.iter_mut().find(|table| table.name.eq_ignore_ascii_case(name.trim()));
        let table = table.ok_or_else(|| (true, format!("There is no table \"{}\" above.", shortened(name.trim()))))?;
        table.columns = Some(
            list.split(',')
                .map(column)
                .collect::<Result<Vec<_>, _>>()
                .and_then(distinct)
                .map_err(|remedy| (true, remedy))?,
        );
    }
    match found.iter().find(|table| !table.needed().is_empty() && table.columns.is_none()) {
        Some(table) => Err((
            true,
            format!("Enter the columns of \"{}\": its path asks for a value, so none can be looked up.", table.name),
        )),
        None => Ok(found),
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

fn table(line: &str) -> Result<TableSpec, String> {
    let (name, rest) = line.split_once('=').ok_or("Write name = /path")?;
    let name = plain_name(name)?;
    let (path, place) = match rest.trim().split_once(" at ") {
        Some((path, place)) => (path.trim(), place.trim()),
        None => (rest.trim(), ""),
    };
    if !place.is_empty() && !place.starts_with('/') {
        return Err("Where the records are begins with a slash: at /data/items".to_owned());
    }
    let path = path.strip_prefix('/').ok_or("A path begins with one slash: /people")?;
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    if path.contains(['#', '\\']) || path.starts_with('/') {
        return Err("A path has no #, no \\ and no second slash at its beginning.".to_owned());
    }
    let segments: Vec<Vec<Part>> = match path {
        "" => Vec::new(),
        path => path.split('/').map(parts).collect::<Result<_, _>>()?,
    };
    if segments.iter().any(|parts| matches!(parts.as_slice(), [Part::Text(text)] if is_dots(text))) {
        return Err("A path has no . and no .. in it.".to_owned());
    }
    let query = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Ok((name.to_owned(), parts(value)?))
    });
    Ok(TableSpec {
        name,
        segments,
        query: query.collect::<Result<_, String>>()?,
        place: place.to_owned(),
        columns: None,
    })
}

/// Segments that lead elsewhere.
pub(super) fn is_dots(text: &str) -> bool {
    matches!(text, "." | "..")
}

fn parts(text: &str) -> Result<Vec<Part>, String> {
    let braces = || "Close each brace that is opened: {id}".to_owned();
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        let (column, after) = behind.split_once('}').ok_or_else(braces)?;
        if before.contains('}') {
            return Err(braces());
        }
        if !before.is_empty() {
            found.push(Part::Text(before.to_owned()));
        }
        found.push(Part::Column(plain_name(column)?));
        rest = after;
    }
    if rest.contains('}') {
        return Err(braces());
    }
    if !rest.is_empty() || found.is_empty() {
        found.push(Part::Text(rest.to_owned()));
    }
    Ok(found)
}

fn plain_name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.is_empty() || name.len() > LONGEST_NAME || name.contains(char::is_control) {
        return Err(format!("Give a name of 1 to {LONGEST_NAME} characters."));
    }
    Ok(name.to_owned())
}

fn column(text: &str) -> Result<Column, String> {
    let text = text.trim();
    let (name, kind) =
        text.rsplit_once(' ').ok_or_else(|| format!("Write \"{}\" as column kind: name text", shortened(text)))?;
    let (kind, digits) = match kind.strip_suffix(')').and_then(|kind| kind.split_once('(')) {
        Some((kind, digits)) => (
            kind,
            Some(digits.parse().ok().filter(|digits| *digits <= 38).ok_or("A decimal has 0 to 38 digits: decimal(2)")?),
        ),
        None => (kind, None),
    };
    let kinds = Kind::ALL.map(Kind::name).join(", ");
    let kind = Kind::ALL.into_iter().find(|known| known.name() == kind);
    let kind = kind.filter(|kind| digits.is_none() || *kind == Kind::Decimal);
    let kind = kind.ok_or_else(|| format!("The kind of \"{}\" is one of {kinds}.", shortened(name)))?;
    Ok(Column { name: plain_name(name)?, kind, digits })
}

fn distinct(columns: Vec<Column>) -> Result<Vec<Column>, String> {
    let mut names: Vec<String> = columns.iter().map(|column| column.name.to_lowercase()).collect();
    names.sort();
    names.dedup();
    if names.len() < columns.len() {
        return Err("Name each column once, in capitals or not.".to_owned());
    }
    if columns.len() > MOST_COLUMNS {
        return Err(format!("A table has at most {MOST_COLUMNS} columns."));
    }
    Ok(columns)
}
