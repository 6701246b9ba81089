//! Why a file is not read or a picture not drawn: each in a sentence that says where, why, and what to do.

use super::{LIMIT_KEY_PARTS, LIMIT_LINKS, LIMIT_NODES, LIMIT_TYPES};

/// `at` names a line of the file, or a node or link by its number from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the file is longer than 256 MiB; divide the graph and read its parts one by one")]
    TooLong,
    #[error("the file is not text in UTF-8 from byte {byte} on; save it as UTF-8 and try again")]
    NotText { byte: usize },
    #[error("the file says that it is written in {encoding}; save it as UTF-8 and try again")]
    Encoding { encoding: String },
    #[error("the file is no {expected}; save it in that form, or choose another file")]
    NotAGraph { expected: &'static str },
    #[error(
        "the file is of version {version}, and only versions up to {known} are read; update Clew, or save it again there"
    )]
    Newer { version: u64, known: u64 },
    #[error("line {line}, column {column}: {why}; mend it there, or save the file again")]
    Json { line: usize, column: usize, why: String },
    #[error("line {line}: {why}; mend it there, or save the file again")]
    Xml { line: usize, why: String },
    #[error(
        "line {line}: the file has a document type (DOCTYPE), which could read other files; take it out and try again"
    )]
    DocumentType { line: usize },
    #[error("line {line}: &{name}; stands for a text that XML does not know; write the text itself")]
    Entity { line: usize, name: String },
    #[error("line {line}: elements lie in each other {limit} deep; save the graph without groups")]
    TooDeep { line: usize, limit: usize },
    #[error("line {line}: more than {limit} attributes; save the graph with fewer")]
    TooManyAttributes { line: usize, limit: usize },
    #[error("the file ends before its last element does; it was cut off, so save or fetch it again")]
    CutOff,
    #[error("{at} has no {attribute}; mend it there, or save the file again")]
    NoAttribute { at: String, attribute: &'static str },
    #[error("the file has more than {LIMIT_NODES} nodes; divide the graph and read its parts one by one")]
    TooManyNodes,
    #[error("the file has more than {LIMIT_LINKS} links; divide the graph and read its parts one by one")]
    TooManyLinks,
    #[error(
        "the file has more than {LIMIT_TYPES} types of nodes or of links; give another name to what holds them there"
    )]
    TooManyTypes,
    #[error("{at}: {field} is longer than 64 KiB; shorten it there")]
    LongText { at: String, field: &'static str },
    #[error("{at}: {field} is \"{text}\", which is no number that can be used; correct it there, or take it out")]
    BadNumber { at: String, field: &'static str, text: String },
    #[error("{at}: {field} is \"{text}\" instead of true or false; correct it there")]
    BadFlag { at: String, field: &'static str, text: String },
    #[error("{at} has a key of {parts} parts; give it between 1 and {LIMIT_KEY_PARTS}")]
    BadKey { at: String, parts: usize },
    #[error("{at} is the same node as {first}; take one of them out")]
    DuplicateNode { at: String, first: String },
    #[error("{at} names the node \"{node}\", which the file does not have; add the node, or take the link out")]
    UnknownNode { at: String, node: String },
    #[error("a page of {width} by {height} points cannot be drawn; choose sides between 1 and 1,000,000")]
    PageSize { width: String, height: String },
    #[error("a font cannot be put into the file: {why}; give a TrueType font that may be embedded")]
    Font { why: String },
}
