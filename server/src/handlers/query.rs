//! Queries of object types: who may write one, whether it can be used, and which columns it has.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::{Action, Need, SourceId};
use model::catalogue::Column;
use model::change::Change;
use model::project::{Origin, Project};
use wire::source::{CheckQuery, CheckedQuery, WrongQuery};
use wire::{Code, Fault};

use crate::Server;
use crate::connectors::{self, Connector, Undescribed};
use crate::gate::Allowed;
use crate::statements;

/// Checks a query, and asks the source for its columns.
///
/// # Errors
/// [`Fault`] `NotFound`, or what opening the source says; a query that cannot be used is no fault but an answer.
pub async fn check_query(server: Arc<Server>, call: Allowed<CheckQuery>) -> Result<CheckedQuery, Fault> {
    let CheckQuery { source, text, .. } = &call.request;
    let project = call.project(&call.request.project)?;
    if let Err(wrong) = read(&project, source, text) {
        return Ok(CheckedQuery { columns: Vec::new(), wrong: Some(wrong) });
    }
    let targets = server.targets.of(&call.config, &project, &call.who.caller.person);
    let described = server.broker.describe(project.shared(), source, text, targets).await?;
    let columns = described.map_err(|wrong| unknown(text, wrong)).and_then(named);
    Ok(match columns {
        Ok(columns) => CheckedQuery { columns, wrong: None },
        Err(wrong) => CheckedQuery { columns: Vec::new(), wrong: Some(wrong) },
    })
}

/// Whether a query is one that reads, in the language of its source.
fn read(project: &Project, source: &SourceId, text: &str) -> Result<(), WrongQuery> {
    let unplaced = |fault| WrongQuery { line: 0, column: 0, fault, said: None };
    let source = project.sources.get(source).ok_or_else(|| unplaced(Fault::not_found()))?;
    if source.is_internal() {
        let fault = Fault::invalid("A query reads a database, not a file.", "Choose the file's table.");
        return Err(unplaced(fault));
    }
    let dialect = connectors::of_kind(&source.kind).map(Connector::dialect);
    let dialect = dialect.ok_or_else(|| unplaced(Fault::not_found()))?;
    statements::check(dialect.into(), text).map_err(|refusal| WrongQuery {
        line: refusal.line,
        column: refusal.column,
        fault: Fault::invalid(refusal.sentence, refusal.remedy),
        said: None,
    })
}

/// What the source says about the text, and where.
fn unknown(text: &str, wrong: Undescribed) -> WrongQuery {
    let (line, column) = wrong.at.map_or((0, 0), |at| place(text, at));
    let said = wrong.said;
    WrongQuery { line, column, fault: Fault::from(wrong.failure), said }
}

/// Line and column of a character of a text.
fn place(text: &str, at: usize) -> (u64, u64) {
    let before: Vec<char> = text.chars().take(at).collect();
    let lines = before.iter().filter(|character| **character == '\n').count();
    let column = before.iter().rev().take_while(|character| **character != '\n').count();
    (lines as u64 + 1, column as u64 + 1)
}

/// Columns that have names, each its own.
fn named(columns: Vec<Column>) -> Result<Vec<Column>, WrongQuery> {
    let wrong = |sentence: String| {
        let fault = Fault::invalid(sentence, "Name it with AS.");
        Err(WrongQuery { line: 0, column: 0, fault, said: None })
    };
    let mut seen = BTreeSet::new();
    for (place, column) in columns.iter().enumerate() {
        if column.name.is_empty() || column.name == "?column?" {
            return wrong(format!("Column {} has no name of its own.", place + 1));
        }
        if !seen.insert(&column.name) {
            return wrong(format!("Two columns are called \"{}\".", column.name));
        }
    }
    Ok(columns)
}

/// The right to write queries, where a change writes, replaces or removes one; and the check of what it writes.
///
/// # Errors
/// [`Fault`] `Forbidden` without the right, `Invalid` for a query that does more than read.
pub(super) fn check_change<R>(call: &Allowed<R>, seen: &Project, change: &Change) -> Result<(), Fault> {
    let id = match change {
        Change::PutObjectType(kind) => &kind.id,
        Change::RemoveObjectType(id) => id,
        _ => return Ok(()),
    };
    let replaced = seen.object_types.get(id).is_some_and(|before| matches!(before.origin, Origin::Query(_)));
    if !replaced && change.query().is_none() {
        return Ok(());
    }
    call.also(&Need::project(Action::WriteQueries, &seen.id)).map_err(|fault| Fault {
        sentence: "An object type that comes from a query is written by an instance manager alone.".to_owned(),
        remedy: format!("{} Ask an instance manager.", fault.remedy),
        ..fault
    })?;
    let Change::PutObjectType(kind) = change else { return Ok(()) };
    let Some(text) = kind.origin.query() else { return Ok(()) };
    call.also(&Need::source(Action::SaveConfiguration, &seen.id, &kind.source))?;
    read(seen, &kind.source, text).map_err(|wrong| match (wrong.fault.code, wrong.line) {
        (Code::Invalid, line @ 1..) => {
            let sentence =
                format!("The query cannot be used. Line {line}, column {}: {}", wrong.column, wrong.fault.sentence);
            Fault::invalid(sentence, wrong.fault.remedy)
        }
        _ => wrong.fault,
    })
}
