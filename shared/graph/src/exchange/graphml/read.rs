//! Reads GraphML event by event: a stack of open elements, one node and link after the other.

use std::collections::{BTreeSet, HashMap};

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};

use super::declared::{Attributes, Declared, Key};
use super::draft::{LinkDraft, NodeDraft};
use super::fields::{self, Field, Value};
use super::{Assumed, CUT, Import, LIMIT_NAMES, NOTE, Note};
use crate::exchange::drawing::Element;
use crate::exchange::{Drawing, DrawnNode, Fault, LIMIT_BYTES, LIMIT_LINKS, LIMIT_NODES, LIMIT_TEXT, text};

/// The most elements within each other.
const LIMIT_DEPTH: usize = 128;
/// The most attributes of an element; yEd writes some thirty.
const LIMIT_ATTRIBUTES: usize = 64;
/// The most attributes that are declared.
const LIMIT_KEYS: usize = 10_000;

/// A drawing that has passed `Drawing::check`, and what the file had beyond it.
///
/// # Errors
/// If the bytes are no GraphML, or break a limit.
pub fn read(bytes: &[u8], assumed: &Assumed<'_>) -> Result<Import, Fault> {
    let mut reader = Reader::new(text(bytes)?, assumed);
    reader.read_elements()?;
    reader.into_import()
}

/// An element whose end has not come.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    Root,
    Key,
    Default,
    Graph {
        directed: bool,
    },
    Node,
    Edge,
    Data(Field),
    /// What is said of the whole graph.
    OfGraph,
    /// Within what yEd draws.
    Graphics,
    /// The text that yEd draws.
    Label,
    /// Passed over, with all that is in it.
    Other,
}

struct Reader<'a> {
    text: &'a str,
    assumed: &'a Assumed<'a>,
    open: Vec<Open>,
    /// Where the event that is being read begins.
    at: usize,
    key: Key,
    of_nodes: Declared,
    of_links: Declared,
    /// Names by their ids.
    of_graph: HashMap<String, String>,
    /// How much text came from defaults: a small file could make a large graph with them.
    default_bytes: usize,
    /// The text of the innermost element, and which attribute it is.
    buffer: String,
    data_name: String,
    open_nodes: Vec<NodeDraft>,
    open_links: Vec<LinkDraft>,
    /// Ids are numbered as they come, of nodes and of ends alike; links hold these numbers until all nodes are known.
    ids: HashMap<String, u32>,
    positions: Vec<Option<u32>>,
    drawing: Drawing,
    nodes_at: Vec<u32>,
    links_at: Vec<u32>,
    graphs: usize,
    ports: usize,
    hyperedges: usize,
    left_out: BTreeSet<String>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, assumed: &'a Assumed<'a>) -> Self {
        Self {
            text,
            assumed,
            open: Vec::new(),
            at: 0,
            key: Key::default(),
            of_nodes: Declared::default(),
            of_links: Declared::default(),
            of_graph: HashMap::new(),
            default_bytes: 0,
            buffer: String::new(),
            data_name: String::new(),
            open_nodes: Vec::new(),
            open_links: Vec::new(),
            ids: HashMap::new(),
            positions: Vec::new(),
            drawing: Drawing::default(),
            nodes_at: Vec::new(),
            links_at: Vec::new(),
            graphs: 0,
            ports: 0,
            hyperedges: 0,
            left_out: BTreeSet::new(),
        }
    }

    fn read_elements(&mut self) -> Result<(), Fault> {
        let mut xml = quick_xml::Reader::from_str(self.text);
        xml.config_mut().expand_empty_elements = true;
        let mut has_root = false;
        loop {
            self.at = xml.buffer_position() as usize;
            match xml.read_event() {
                Ok(Event::Eof) if !has_root => return Err(Fault::NotAGraph { expected: "GraphML" }),
                Ok(Event::Eof) if self.open.is_empty() => return Ok(()),
                Ok(Event::Eof) => return Err(Fault::CutOff),
                Ok(event) => self.event(&event)?,
                Err(error) => return Err(self.xml_fault(xml.error_position() as usize, &error)),
            }
            has_root |= !self.open.is_empty();
        }
    }

    fn event(&mut self, event: &Event<'_>) -> Result<(), Fault> {
        match event {
            Event::Start(element) => self.start(element),
            Event::End(_) => self.end(),
            Event::Text(text) => self.append(&text.xml10_content()),
            Event::CData(text) => self.append(&text.xml10_content()),
            Event::GeneralRef(reference) => self.append_reference(reference),
            Event::Decl(declaration) => self.check_encoding(declaration),
            Event::DocType(_) => Err(Fault::DocumentType { line: self.line() }),
            Event::Empty(_) | Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), Fault> {
        if self.default_bytes > LIMIT_BYTES {
            return Err(Fault::TooLong);
        }
        if self.open.len() == LIMIT_DEPTH {
            return Err(Fault::TooDeep { line: self.line(), limit: LIMIT_DEPTH });
        }
        let attributes = self.attributes(element)?;
        let name = element.local_name();
        let opened = match (self.open.last().copied(), name.as_ref()) {
            (None, "graphml") => Open::Root,
            (None, _) => return Err(Fault::NotAGraph { expected: "GraphML" }),
            (Some(Open::Root), "key") => self.open_key(&attributes)?,
            (Some(Open::Key), "default") => self.open_text(Open::Default),
            (Some(Open::Root | Open::Node | Open::Edge), "graph") => self.open_graph(&attributes),
            (Some(Open::Graph { .. }), "node") => self.open_node(&attributes)?,
            (Some(Open::Graph { directed }), "edge") => self.open_link(&attributes, directed)?,
            (Some(Open::Graph { .. }), "hyperedge") => self.pass_over(|reader| reader.hyperedges += 1),
            (Some(Open::Node), "port") => self.pass_over(|reader| reader.ports += 1),
            (Some(owner @ (Open::Node | Open::Edge)), "data") => self.open_data(owner, &attributes)?,
            (Some(Open::Graph { .. }), "data") if self.open.len() == 2 => self.open_of_graph(&attributes)?,
            (Some(Open::Data(Field::Graphics) | Open::Graphics), name) => self.open_graphics(name, &attributes)?,
            _ => Open::Other,
        };
        self.open.push(opened);
        Ok(())
    }

    fn end(&mut self) -> Result<(), Fault> {
        match self.open.pop() {
            Some(Open::Key) => self.close_key()?,
            Some(Open::Default) => self.key.default = Some(std::mem::take(&mut self.buffer)),
            Some(Open::Node) => self.close_node(),
            Some(Open::Edge) => self.close_link(),
            Some(Open::Data(field)) => self.close_data(field)?,
            Some(Open::OfGraph) => self.close_of_graph(),
            Some(Open::Label) => self.close_label(),
            _ => {}
        }
        Ok(())
    }

    fn pass_over(&mut self, count: impl FnOnce(&mut Self)) -> Open {
        count(self);
        Open::Other
    }

    fn open_text(&mut self, opened: Open) -> Open {
        self.buffer.clear();
        opened
    }

    fn open_key(&mut self, attributes: &Attributes<'_>) -> Result<Open, Fault> {
        let id = self.required(attributes, "id", "an attribute")?;
        let name = attributes.get("attr.name").or(attributes.get("yfiles.type")).unwrap_or(id);
        self.key = Key {
            id: id.to_owned(),
            domain: attributes.get("for").unwrap_or("all").to_owned(),
            name: name.to_owned(),
            kind: attributes.get("attr.type").unwrap_or_default().to_owned(),
            default: None,
        };
        Ok(Open::Key)
    }

    fn close_key(&mut self) -> Result<(), Fault> {
        let key = std::mem::take(&mut self.key);
        if self.of_nodes.keys.len() + self.of_links.keys.len() + self.of_graph.len() >= LIMIT_KEYS {
            return Err(Fault::TooManyAttributes { line: self.line(), limit: LIMIT_KEYS });
        }
        let is_for = |domain: &str| key.domain == domain || key.domain == "all";
        if is_for("node") {
            self.of_nodes.declare(&key, fields::of_node);
        }
        if is_for("edge") {
            self.of_links.declare(&key, fields::of_link);
        }
        if is_for("graph") {
            self.of_graph.insert(key.id.clone(), key.name.clone());
        }
        Ok(())
    }

    fn open_graph(&mut self, attributes: &Attributes<'_>) -> Open {
        self.graphs += 1;
        Open::Graph { directed: attributes.get("edgedefault") == Some("directed") }
    }

    fn open_node(&mut self, attributes: &Attributes<'_>) -> Result<Open, Fault> {
        let position = self.drawing.nodes.len();
        let id = self.required(attributes, "id", "a node")?;
        let number = self.number(id)?;
        let slot = self.positions.get_mut(number as usize);
        if let Some(first) = slot.and_then(|slot| slot.replace(position as u32)) {
            let first = self.nodes_at.get(first as usize).map_or(0, |&at| at as usize);
            let first = format!("the one of line {}", self.line_of(first));
            return Err(Fault::DuplicateNode { at: format!("line {}: node \"{id}\"", self.line()), first });
        }
        self.nodes_at.push(self.at as u32);
        // Keeps its place in the order: what lies inside of it ends before it does.
        self.drawing.nodes.push(DrawnNode::default());
        let mut draft = NodeDraft::new(position, id);
        self.default_bytes += self.of_nodes.default_bytes();
        for (field, text) in &self.of_nodes.defaults {
            draft.set(&Value { field: *field, text, line: &|| self.line() })?;
        }
        self.open_nodes.push(draft);
        Ok(Open::Node)
    }

    fn close_node(&mut self) {
        let Some(draft) = self.open_nodes.pop() else { return };
        if let Some(slot) = self.drawing.nodes.get_mut(draft.position) {
            *slot = draft.finish(self.assumed);
        }
    }

    fn open_link(&mut self, attributes: &Attributes<'_>, directed: bool) -> Result<Open, Fault> {
        if self.drawing.links.len() + self.open_links.len() == LIMIT_LINKS {
            return Err(Fault::TooManyLinks);
        }
        let from = self.required(attributes, "source", "an edge")?;
        let to = self.required(attributes, "target", "an edge")?;
        let directed = match attributes.get("directed") {
            Some(text) => Value { field: Field::Directed, text, line: &|| self.line() }.flag()?,
            None => directed,
        };
        let mut draft = LinkDraft::new(self.number(from)?, self.number(to)?, directed);
        self.default_bytes += self.of_links.default_bytes();
        for (field, text) in &self.of_links.defaults {
            draft.set(&Value { field: *field, text, line: &|| self.line() })?;
        }
        self.open_links.push(draft);
        Ok(Open::Edge)
    }

    fn close_link(&mut self) {
        let Some(draft) = self.open_links.pop() else { return };
        self.links_at.push(self.at as u32);
        self.drawing.links.push(draft.finish(self.assumed));
    }

    fn open_data(&mut self, owner: Open, attributes: &Attributes<'_>) -> Result<Open, Fault> {
        let id = self.required(attributes, "key", "data")?;
        let (declared, of): (_, fn(&str) -> Field) = match owner {
            Open::Node => (&self.of_nodes, fields::of_node),
            _ => (&self.of_links, fields::of_link),
        };
        // Some programs declare nothing; then the id is the name.
        let (field, name) = declared.keys.get(id).map_or((of(id), id), |(field, name)| (*field, name.as_str()));
        self.data_name.clear();
        self.data_name.push_str(name);
        Ok(self.open_text(Open::Data(field)))
    }

    fn open_of_graph(&mut self, attributes: &Attributes<'_>) -> Result<Open, Fault> {
        let id = self.required(attributes, "key", "data")?;
        let name = self.of_graph.get(id).map_or(id, String::as_str);
        if name != NOTE && name != CUT {
            return Ok(Open::Other);
        }
        self.data_name = name.to_owned();
        Ok(self.open_text(Open::OfGraph))
    }

    /// A number that is none says nothing.
    fn close_of_graph(&mut self) {
        let text = std::mem::take(&mut self.buffer);
        match self.data_name.as_str() {
            NOTE => self.drawing.note = text,
            CUT => self.drawing.cut_expansions = text.trim().parse().unwrap_or_default(),
            _ => {}
        }
    }

    fn close_data(&mut self, field: Field) -> Result<(), Fault> {
        let text = std::mem::take(&mut self.buffer);
        let (at, whole) = (self.at, self.text);
        let value = Value { field, text: &text, line: &|| line_of(whole, at) };
        match self.open.last() {
            Some(Open::Node) => self.open_nodes.last_mut().map_or(Ok(()), |draft| draft.set(&value)),
            _ => self.open_links.last_mut().map_or(Ok(()), |draft| draft.set(&value)),
        }
    }

    fn open_graphics(&mut self, name: &str, attributes: &Attributes<'_>) -> Result<Open, Fault> {
        match name {
            "Geometry" => self.place_drawn(attributes, ["x", "y", "width", "height"]),
            "RectD" => self.place_drawn(attributes, ["X", "Y", "Width", "Height"]),
            "NodeLabel" | "EdgeLabel" | "Label.Text" => Ok(self.open_text(Open::Label)),
            _ => Ok(Open::Graphics),
        }
    }

    /// The middle of the rectangle that a node is drawn as.
    fn place_drawn(&mut self, attributes: &Attributes<'_>, names: [&str; 4]) -> Result<Open, Fault> {
        let number = |name: &str, field: Field| {
            let text = attributes.get(name).unwrap_or("0");
            Value { field, text, line: &|| self.line() }.coordinate()
        };
        let [x, y, width, height] = names;
        let (width, height) = (number(width, Field::X)?, number(height, Field::Y)?);
        let place = [number(x, Field::X)? + width / 2.0, number(y, Field::Y)? + height / 2.0];
        if self.owner() == Some(Open::Node) {
            self.open_nodes.last_mut().into_iter().for_each(|draft| draft.set_drawn_place(place));
        }
        Ok(Open::Graphics)
    }

    fn close_label(&mut self) {
        let text = std::mem::take(&mut self.buffer);
        match self.owner() {
            Some(Open::Node) => {
                self.open_nodes.last_mut().into_iter().for_each(|draft| draft.set_drawn_label(text.trim()));
            }
            _ => self.open_links.last_mut().into_iter().for_each(|draft| draft.set_drawn_label(text.trim())),
        }
    }

    /// Whether what is open belongs to a node or to an edge.
    fn owner(&self) -> Option<Open> {
        self.open.iter().rev().copied().find(|open| matches!(open, Open::Node | Open::Edge))
    }

    fn append(&mut self, text: &str) -> Result<(), Fault> {
        let field = match self.open.last() {
            Some(Open::Default | Open::Label | Open::OfGraph) => Field::Label,
            Some(Open::Data(Field::Graphics)) => return Ok(()),
            Some(Open::Data(Field::Other)) => {
                if self.left_out.len() < LIMIT_NAMES && !text.trim().is_empty() {
                    self.left_out.insert(self.data_name.chars().take(100).collect());
                }
                return Ok(());
            }
            Some(Open::Data(field)) => *field,
            _ => return Ok(()),
        };
        if self.buffer.len() + text.len() > LIMIT_TEXT {
            return Err(Fault::LongText { at: format!("line {}", self.line()), field: fields::name(field) });
        }
        self.buffer.push_str(text);
        Ok(())
    }

    fn append_reference(&mut self, reference: &BytesRef<'_>) -> Result<(), Fault> {
        let letter = reference.resolve_char_ref().map_err(|error| self.xml_fault(self.at, &error))?;
        if let Some(letter) = letter {
            return self.append(letter.encode_utf8(&mut [0; 4]));
        }
        let name = reference.xml10_content();
        match resolve_xml_entity(&name) {
            Some(text) => self.append(text),
            None => Err(Fault::Entity { line: self.line(), name: name.chars().take(40).collect() }),
        }
    }

    /// What is all ASCII reads the same in every encoding that a file may name.
    fn check_encoding(&self, declaration: &BytesDecl<'_>) -> Result<(), Fault> {
        match declaration.encoding() {
            Some(Ok(encoding)) if !encoding.eq_ignore_ascii_case("utf-8") && !self.text.is_ascii() => {
                Err(Fault::Encoding { encoding: encoding.chars().take(40).collect() })
            }
            Some(Err(error)) => Err(Fault::Xml { line: self.line(), why: error.to_string() }),
            _ => Ok(()),
        }
    }

    fn attributes<'e>(&self, element: &'e BytesStart<'_>) -> Result<Attributes<'e>, Fault> {
        let mut list = Vec::new();
        for attribute in element.attributes() {
            if list.len() == LIMIT_ATTRIBUTES {
                return Err(Fault::TooManyAttributes { line: self.line(), limit: LIMIT_ATTRIBUTES });
            }
            let attribute = attribute.map_err(|error| Fault::Xml { line: self.line(), why: error.to_string() })?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| self.xml_fault(self.at, &error))?;
            if value.len() > LIMIT_TEXT {
                return Err(Fault::LongText { at: format!("line {}", self.line()), field: "an attribute" });
            }
            list.push((attribute.key.local_name().into_inner(), value));
        }
        Ok(Attributes(list))
    }

    fn required<'b>(&self, attributes: &'b Attributes<'_>, name: &'static str, what: &str) -> Result<&'b str, Fault> {
        let missing = || Fault::NoAttribute { at: format!("line {}: {what}", self.line()), attribute: name };
        attributes.get(name).ok_or_else(missing)
    }

    /// The number of an id, a new one if it is new. Each must turn out to be a node, so there are at most as many.
    fn number(&mut self, id: &str) -> Result<u32, Fault> {
        if let Some(&known) = self.ids.get(id) {
            return Ok(known);
        }
        if self.positions.len() == LIMIT_NODES {
            return Err(Fault::TooManyNodes);
        }
        let number = self.positions.len() as u32;
        self.ids.insert(id.to_owned(), number);
        self.positions.push(None);
        Ok(number)
    }

    fn into_import(mut self) -> Result<Import, Fault> {
        let mut drawing = std::mem::take(&mut self.drawing);
        for (position, link) in drawing.links.iter_mut().enumerate() {
            for end in [&mut link.from, &mut link.to] {
                let known = self.positions.get(*end as usize).copied().flatten();
                *end = known.ok_or_else(|| self.unknown_node(position, *end))?;
            }
        }
        let line = |positions: &[u32], at: usize| self.line_of(positions.get(at).map_or(0, |&at| at as usize));
        drawing.check_at(&|element| match element {
            Element::Node(at) => format!("the node of line {}", line(&self.nodes_at, at)),
            Element::Link(at) => format!("the link of line {}", line(&self.links_at, at)),
        })?;
        Ok(Import { drawing, notes: self.notes() })
    }

    fn unknown_node(&self, link: usize, number: u32) -> Fault {
        let at = self.links_at.get(link).map_or(0, |&at| at as usize);
        let id = self.ids.iter().find(|(_, known)| **known == number).map(|(id, _)| id.chars().take(100).collect());
        Fault::UnknownNode { at: format!("the link of line {}", self.line_of(at)), node: id.unwrap_or_default() }
    }

    fn notes(&self) -> Vec<Note> {
        let counted = [
            (self.graphs.saturating_sub(1), Note::Flattened as fn(usize) -> Note),
            (self.ports, Note::Ports),
            (self.hyperedges, Note::Hyperedges),
        ];
        let mut notes: Vec<Note> =
            counted.into_iter().filter(|(count, _)| *count > 0).map(|(count, note)| note(count)).collect();
        if !self.left_out.is_empty() {
            notes.push(Note::LeftOut(self.left_out.iter().cloned().collect()));
        }
        notes
    }

    fn xml_fault(&self, at: usize, error: &quick_xml::Error) -> Fault {
        Fault::Xml { line: self.line_of(at), why: error.to_string() }
    }

    fn line(&self) -> usize {
        self.line_of(self.at)
    }

    fn line_of(&self, at: usize) -> usize {
        line_of(self.text, at)
    }
}

/// Only faults need a line, so it is counted when one is told.
fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|&byte| byte == b'\n').count()
}
