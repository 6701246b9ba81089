//! A query as the tree of its dialect's parser: an allow-list of what may be in it, at every depth.

use std::ops::ControlFlow;

use sqlparser::ast::{Query, Select, Statement, TableFactor, Visit as _, Visitor};
use sqlparser::dialect::{Dialect as Syntax, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::{Parser, ParserError};

use super::words::Place;
use super::{Dialect, Refusal};

/// How deep brackets may be nested.
const DEEPEST: usize = 60;

const ONLY_READING: &str = "Write one SELECT, WITH or VALUES.";

fn syntax(dialect: Dialect) -> Box<dyn Syntax> {
    match dialect {
        Dialect::PostgreSql => Box::new(PostgreSqlDialect {}),
        Dialect::Sqlite => Box::new(SQLiteDialect {}),
        Dialect::MariaDb => Box::new(MySqlDialect {}),
    }
}

/// Refuses what is not one statement that reads.
pub(super) fn check(dialect: Dialect, text: &str) -> Result<(), Refusal> {
    let syntax = syntax(dialect);
    let parsed = Parser::new(&*syntax).with_recursion_limit(DEEPEST).try_with_sql(text);
    let statements = parsed.and_then(|mut parser| parser.parse_statements()).map_err(|error| unread(&error))?;
    let [statement] = statements.as_slice() else {
        let sentence = format!("There are {} statements.", statements.len());
        return Err(Refusal::at(Place::START, sentence, ONLY_READING));
    };
    match statement.visit(&mut Reads { depth: 0 }) {
        ControlFlow::Break(what) => Err(Refusal::at(Place::START, format!("{what} is not allowed."), ONLY_READING)),
        ControlFlow::Continue(()) => Ok(()),
    }
}

/// The parser writes the place into its message: `Expected: ..., found: x at Line: 1, Column: 8`.
fn unread(error: &ParserError) -> Refusal {
    let said = match error {
        ParserError::TokenizerError(said) | ParserError::ParserError(said) => said.as_str(),
        ParserError::RecursionLimitExceeded => "It is nested too deeply",
    };
    let (what, place) = said.rsplit_once(" at Line: ").unwrap_or((said, ""));
    let numbers = place.split_once(", Column: ").and_then(|(line, column)| {
        Some(Place { line: line.trim().parse().ok()?, column: column.trim().parse().ok()? })
    });
    let remedy = "Correct it, write it more simply, or make a view of it in the source.";
    Refusal::at(numbers.unwrap_or(Place::START), format!("It cannot be read: {what}."), remedy)
}

/// Whether everything in a tree only reads; breaks with what does not.
struct Reads {
    depth: usize,
}

impl Visitor for Reads {
    type Break = &'static str;

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<Self::Break> {
        self.depth += 1;
        match statement {
            Statement::Query(_) if self.depth == 1 => ControlFlow::Continue(()),
            Statement::Query(_) => ControlFlow::Break("A statement inside a statement"),
            _ => ControlFlow::Break("A statement that does not only read"),
        }
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Self::Break> {
        if !query.locks.is_empty() {
            return ControlFlow::Break("A lock on rows (FOR UPDATE, FOR SHARE)");
        }
        let odd = query.for_clause.is_some()
            || query.settings.is_some()
            || query.format_clause.is_some()
            || !query.pipe_operators.is_empty();
        if odd { ControlFlow::Break("A clause that no dialect here knows") } else { ControlFlow::Continue(()) }
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Self::Break> {
        if select.into.is_some() {
            return ControlFlow::Break("SELECT ... INTO");
        }
        let odd = select.top.is_some()
            || !select.lateral_views.is_empty()
            || select.prewhere.is_some()
            || !select.cluster_by.is_empty()
            || !select.distribute_by.is_empty()
            || !select.optimizer_hints.is_empty()
            || select.value_table_mode.is_some();
        if odd { ControlFlow::Break("A clause that no dialect here knows") } else { ControlFlow::Continue(()) }
    }

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> ControlFlow<Self::Break> {
        match table {
            TableFactor::Table { .. }
            | TableFactor::Derived { .. }
            | TableFactor::Function { .. }
            | TableFactor::UNNEST { .. }
            | TableFactor::JsonTable { .. }
            | TableFactor::NestedJoin { .. } => ControlFlow::Continue(()),
            _ => ControlFlow::Break("This kind of table"),
        }
    }
}
