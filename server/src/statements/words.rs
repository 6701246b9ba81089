//! A query as words and signs, read more strictly than any database reads it: what two readers could understand
//! differently is refused, so that the parser here and the one in the database see the same statement.
//!
//! Each refusal has its reason: PostgreSQL ends a `--` comment at a carriage return and nests `/* */`, MariaDB runs what is
//! in `/*! */`, `pg_hint_plan` obeys `/*+ */`, `U&"\0070g_sleep"` is a name that no list holds, a text behind a text goes on
//! with its escapes, `$a$` begins a text or ends a name.

use std::iter::Peekable;
use std::str::CharIndices;

use super::{Dialect, Refusal};

/// Where something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: u64,
    pub(super) column: u64,
}

impl Place {
    pub(super) const START: Self = Self { line: 1, column: 1 };
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word or a quoted name, in small letters.
    Name {
        /// The name.
        name: String,
        /// Whether it is quoted, so that it cannot be a keyword.
        quoted: bool,
    },
    /// A text between single quotes.
    Text,
    /// A digit, or a sign.
    Sign(char),
}

/// A word, a text or a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) place: Place,
}

impl Token {
    /// Whether it is this sign.
    pub(super) fn is(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }
}

/// Reads a query; comments and spaces are left out.
pub(super) fn read(dialect: Dialect, text: &str) -> Result<Vec<Token>, Refusal> {
    let mut reader =
        Reader { dialect, text, rest: text.char_indices().peekable(), place: Place::START, tokens: Vec::new() };
    while let Some((start, next)) = reader.peek() {
        reader.token(start, next)?;
    }
    Ok(reader.tokens)
}

struct Reader<'t> {
    dialect: Dialect,
    text: &'t str,
    rest: Peekable<CharIndices<'t>>,
    place: Place,
    tokens: Vec<Token>,
}

const PLAIN_TEXT: &str = "Write a plain text between single quotes.";
const WITHOUT: &str = "Leave it away, or make a view of it in the source.";

impl Reader<'_> {
    fn peek(&mut self) -> Option<(usize, char)> {
        self.rest.peek().copied()
    }

    fn next(&mut self) -> Option<char> {
        let (_, next) = self.rest.next()?;
        if next == '\n' {
            self.place = Place { line: self.place.line + 1, column: 1 };
        } else {
            self.place.column += 1;
        }
        Some(next)
    }

    /// The text that is still to be read.
    fn ahead(&mut self) -> &str {
        let start = self.peek().map_or(self.text.len(), |(start, _)| start);
        self.text.get(start..).unwrap_or_default()
    }

    fn push(&mut self, kind: Kind, place: Place) {
        self.tokens.push(Token { kind, place });
    }

    fn refuse<T>(&self, sentence: impl Into<String>, remedy: &str) -> Result<T, Refusal> {
        Err(Refusal::at(self.place, sentence, remedy))
    }

    fn token(&mut self, start: usize, next: char) -> Result<(), Refusal> {
        let ahead = self.ahead();
        let (line_comment, comment) = (ahead.starts_with("--"), ahead.starts_with("/*"));
        match next {
            '\r' if !ahead.starts_with("\r\n") => {
                self.refuse("A line ends with a carriage return alone.", "End lines with a line feed.")
            }
            ' ' | '\t' | '\n' | '\r' => {
                self.next();
                Ok(())
            }
            _ if line_comment => self.line_comment(),
            _ if comment => self.comment(),
            '\'' => self.text(false),
            '"' => self.quoted('"'),
            '`' if self.dialect != Dialect::PostgreSql => self.quoted('`'),
            '[' if self.dialect == Dialect::Sqlite => self.quoted(']'),
            _ if next.is_alphabetic() || next == '_' => self.word(start),
            _ => self.sign(next),
        }
    }

    fn line_comment(&mut self) -> Result<(), Refusal> {
        if self.dialect == Dialect::MariaDb && !self.ahead().starts_with("-- ") {
            return self.refuse("Two minus signs are no comment here.", "Put a space behind them.");
        }
        while let Some((_, next)) = self.peek()
            && next != '\n'
        {
            self.inside(next)?;
        }
        Ok(())
    }

    fn comment(&mut self) -> Result<(), Refusal> {
        let ahead = self.ahead();
        if ["/*!", "/*+", "/*M!", "/*m!"].iter().any(|start| ahead.starts_with(start)) {
            return self.refuse("This comment would be obeyed.", "Leave it away.");
        }
        let start = self.place;
        self.next();
        self.next();
        loop {
            let ahead = self.ahead();
            if ahead.starts_with("*/") {
                self.next();
                self.next();
                return Ok(());
            }
            if ahead.starts_with("/*") {
                return self.refuse("A comment begins inside a comment.", "Leave one of them away.");
            }
            match self.peek() {
                Some((_, next)) => self.inside(next)?,
                None => return Err(Refusal::at(start, "This comment has no end.", "Close it with */.")),
            }
        }
    }

    /// A character inside a comment, a text or a quoted name.
    fn inside(&mut self, next: char) -> Result<(), Refusal> {
        let lone = next == '\r' && !self.ahead().starts_with("\r\n");
        if lone || (next.is_control() && !matches!(next, '\t' | '\n' | '\r')) {
            return self.refuse("There is a control character.", "Take it out.");
        }
        self.next();
        Ok(())
    }

    /// A text between single quotes; `escapes` where a backslash makes the next character plain.
    fn text(&mut self, escapes: bool) -> Result<(), Refusal> {
        let place = self.place;
        if self.tokens.last().is_some_and(|last| last.kind == Kind::Text) {
            return self.refuse("A text stands directly behind a text.", "Make one text of them, or put || between.");
        }
        self.next();
        loop {
            let doubled = self.ahead().starts_with("''");
            match self.peek() {
                Some((_, '\'')) if doubled => {
                    self.next();
                    self.next();
                }
                Some((_, '\'')) => break,
                Some((_, '\\')) if self.dialect == Dialect::MariaDb => {
                    return self.refuse("There is a backslash in a text.", "Write the text without it.");
                }
                Some((_, '\\')) if escapes => {
                    self.next();
                    if let Some((_, escaped)) = self.peek() {
                        self.inside(escaped)?;
                    }
                }
                Some((_, next)) => self.inside(next)?,
                None => return Err(Refusal::at(place, "This text has no end.", "Close it with a single quote.")),
            }
        }
        self.next();
        self.push(Kind::Text, place);
        Ok(())
    }

    fn quoted(&mut self, end: char) -> Result<(), Refusal> {
        let place = self.place;
        let before = self.tokens.last().map(|token| token.kind.clone());
        // Two names without anything between them are one name to some.
        if matches!(before, Some(Kind::Name { quoted: true, .. })) && self.touches() {
            return self.refuse("A quoted name stands directly behind another.", "Put a space between them.");
        }
        self.next();
        let mut name = String::new();
        loop {
            let doubled = end != ']' && self.ahead().starts_with(&format!("{end}{end}"));
            match self.peek() {
                Some((_, next)) if next == end && doubled => {
                    self.next();
                    self.next();
                    name.push(end);
                }
                Some((_, next)) if next == end => break,
                // A text to MariaDB, where a backslash takes the next quote's meaning away.
                Some((_, '\\')) if self.dialect == Dialect::MariaDb && end == '"' => {
                    return self.refuse("There is a backslash in a text.", "Write the text without it.");
                }
                Some((_, next)) => {
                    name.push(next);
                    self.inside(next)?;
                }
                None => return Err(Refusal::at(place, "This name has no end.", "Close it with its quote.")),
            }
        }
        self.next();
        self.push(Kind::Name { name: name.to_lowercase(), quoted: true }, place);
        Ok(())
    }

    /// Whether nothing stands between the last character and the next one.
    fn touches(&mut self) -> bool {
        let start = self.text.len() - self.ahead().len();
        let before = self.text.get(..start).and_then(|before| before.chars().next_back());
        before.is_some_and(|before| !before.is_whitespace())
    }

    fn word(&mut self, start: usize) -> Result<(), Refusal> {
        let place = self.place;
        let mut end = start;
        while let Some((at, next)) = self.peek()
            && (next.is_alphanumeric() || next == '_')
        {
            end = at + next.len_utf8();
            self.next();
        }
        let name = self.text.get(start..end).unwrap_or_default().to_lowercase();
        match self.peek() {
            Some((_, '\'')) => self.prefixed(&name),
            Some((_, '"' | '`')) => self.refuse("A name stands directly before a quote.", "Put a space between them."),
            _ => {
                self.push(Kind::Name { name, quoted: false }, place);
                Ok(())
            }
        }
    }

    /// A text with letters before it: `e'\n'` and `x'00ff'` are well known, all others are not.
    fn prefixed(&mut self, prefix: &str) -> Result<(), Refusal> {
        match prefix {
            "e" if self.dialect == Dialect::PostgreSql => self.text(true),
            "x" | "b" => self.text(false),
            _ => self.refuse(format!("\"{prefix}\" stands directly before a text."), PLAIN_TEXT),
        }
    }

    fn sign(&mut self, next: char) -> Result<(), Refusal> {
        let quoted = ["&'", "&\""].iter().any(|start| self.ahead().starts_with(start));
        let here = match self.dialect {
            Dialect::PostgreSql => "()[],.;+-*/%<>=!~|&^:@#?",
            Dialect::Sqlite => "(),.;+-*/%<>=!~|&",
            Dialect::MariaDb => "(),.;+-*/%<>=!~|&^",
        };
        let place = self.place;
        match next {
            _ if quoted => self.refuse("A quote stands directly behind an ampersand.", "Put a space between them."),
            ';' => self.refuse("There is a semicolon.", "Write one statement, without a semicolon."),
            '$' | '?' | '@' | ':' if !here.contains(next) => {
                self.refuse(format!("\"{next}\" marks a value to be filled in, and there is none."), WITHOUT)
            }
            _ if next.is_ascii_digit() || here.contains(next) => {
                self.next();
                self.push(Kind::Sign(next), place);
                Ok(())
            }
            _ => self.refuse(format!("The character U+{:04X} has no place here.", u32::from(next)), "Take it out."),
        }
    }
}
