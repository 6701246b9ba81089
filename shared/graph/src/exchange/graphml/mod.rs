//! GraphML (<http://graphml.graphdrawing.org>), the XML that most graph programs read and write.
//!
//! Attributes are known by their `attr.name`:
//!
//! | of | names that are written | also read |
//! |---|---|---|
//! | nodes | `object_type`, `key_1`, `key_2` and so on, `key_parts` where keys differ in length, `label`, `sub_label`, `x`, `y`, `pinned`, `hidden` | `type`, `key`, `name` (where there is no label) |
//! | links | `link_type`, `label`, `count`, `sum`, `unsummed`, `first_micros`, `last_micros`, `directed` | `type`, `Edge Label`, `name`, `weight` (where there is no sum) |
//! | the graph | `note`, `cut_expansions`: see `Drawing` | |
//!
//! Of yEd's drawings the place and the first label are read as well. `y` runs down, as it does in yEd; Gephi draws it
//! upside down. A node without a key has its id for one, and a node without a label its key.
//!
//! ```xml
//! <graphml xmlns="http://graphml.graphdrawing.org/xmlns">
//! <key id="n_object_type" for="node" attr.name="object_type" attr.type="string"/>
//! <key id="n_key_1" for="node" attr.name="key_1" attr.type="string"/>
//! <graph edgedefault="directed">
//! <node id="n0"><data key="n_object_type">account</data><data key="n_key_1">NO9386011117947</data></node>
//! <edge source="n0" target="n0"/>
//! </graph>
//! </graphml>
//! ```
//!
//! Our graphs are flat, between pairs, and of objects alone: what GraphML has beyond that is flattened or left out, and
//! each such thing is told by a `Note`.

mod declared;
mod draft;
mod fields;
mod read;
mod write;

pub use read::read;
pub use write::write;

use std::fmt;

use super::Drawing;

/// What is said of the whole graph.
const NOTE: &str = "note";
const CUT: &str = "cut_expansions";

/// How to write undirected links among directed ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mixed {
    /// By the attribute of the edge that GraphML has for it. Gephi and yEd read this; networkx refuses such a file.
    OnEdges,
    /// Every edge is directed, and `directed` among the attributes says which truly are. Every program reads this, and draws
    /// arrows where none belong.
    AsAttribute,
}

/// What to call nodes and links whose file names no type: the slugs of an object type and of a link type.
#[derive(Clone, Copy, Debug)]
pub struct Assumed<'a> {
    pub object_type: &'a str,
    pub link_type: &'a str,
}

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// It has passed `Drawing::check`.
    pub drawing: Drawing,
    /// What the file had beyond it.
    pub notes: Vec<Note>,
}

/// Something that a file had and a drawing has not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// So many graphs lay inside of nodes or beside the first; their nodes now stand among the others.
    Flattened(usize),
    /// So many ports; links now end at the nodes themselves.
    Ports(usize),
    /// So many hyperedges, which link more than two nodes, were left out.
    Hyperedges(usize),
    /// Attributes of these names were left out, at most `LIMIT_NAMES` of them.
    LeftOut(Vec<String>),
}

/// The most names that a note gives.
pub const LIMIT_NAMES: usize = 50;

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flattened(graphs) => write!(f, "Groups taken apart: {graphs}. All nodes now stand in one graph."),
            Self::Ports(ports) => write!(f, "Ports left out: {ports}. Their links end at the nodes themselves."),
            Self::Hyperedges(edges) => {
                write!(f, "Hyperedges left out: {edges}. Only links between two nodes can be drawn.")
            }
            Self::LeftOut(names) => write!(f, "Attributes left out: {}.", names.join(", ")),
        }
    }
}
