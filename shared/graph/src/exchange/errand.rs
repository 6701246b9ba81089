//! Reading and writing files as one function from bytes to bytes: what stands at the border of a module of its own.

use super::graphml::{self, Assumed, Mixed};
use super::{Chart, Drawing, DrawnLink, DrawnNode, Fault, json, pdf, svg};
use crate::Place;

/// What nodes and links of a file are called that names no types.
const ASSUMED: Assumed<'_> = Assumed { object_type: "node", link_type: "edge" };

/// What is to be done. The numbers are those of the border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Errand {
    /// A [`Chart`] as JSON becomes an SVG; the second part is the font of the icons.
    Svg = 0,
    /// The same as a PDF; the further parts are the fonts of the text, in the order in which a letter is looked for.
    Pdf = 1,
    /// A [`Drawing`] as JSON becomes GraphML.
    GraphMl = 2,
    /// The same as a file of our own format.
    Json = 3,
    /// A file of either format, once it has passed `Drawing::check`, becomes a [`Read`] as JSON.
    Read = 4,
}

/// What is taken from a file: its nodes, its links, and what it had beyond them, in sentences. Lists without names, because
/// the page reads them and every name in it is code there.
pub type Read = (Vec<ReadNode>, Vec<ReadLink>, Vec<String>);
/// The type of a node, its key, its place, whether it is pinned, and whether hidden.
pub type ReadNode = (String, Vec<String>, Option<Place>, bool, bool);
/// The type of a link, and its ends by their positions in the list of nodes.
pub type ReadLink = (String, u32, u32);

impl Errand {
    const ALL: [Self; 5] = [Self::Svg, Self::Pdf, Self::GraphMl, Self::Json, Self::Read];

    /// The errand of a number.
    pub fn of_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|errand| *errand as u32 == number)
    }

    /// Does it. A part that is missing is as one that is empty.
    ///
    /// # Errors
    /// If the file or what is to become one is not as it must be.
    pub fn run(self, parts: &[Vec<u8>]) -> Result<Vec<u8>, Fault> {
        let content = parts.first().map(Vec::as_slice).unwrap_or_default();
        let icons = parts.get(1).map(Vec::as_slice).filter(|font| !font.is_empty());
        match self {
            Self::Svg => Ok(svg::write(&chart(content)?.page(icons)?)?.into_bytes()),
            Self::Pdf => {
                let regular: Vec<&[u8]> = parts.iter().skip(2).map(Vec::as_slice).collect();
                let fonts = pdf::Fonts { regular: &regular, bold: &[] };
                Ok(pdf::write(&chart(content)?.page(icons)?, &fonts)?.bytes)
            }
            Self::GraphMl => Ok(graphml::write(&drawing(content)?, Mixed::OnEdges).into_bytes()),
            Self::Json => Ok(json::write(&drawing(content)?).into_bytes()),
            Self::Read => serde_json::to_vec(&read(content)?).map_err(|error| json::fault(&error)),
        }
    }
}

fn chart(bytes: &[u8]) -> Result<Chart, Fault> {
    serde_json::from_slice(bytes).map_err(|error| json::fault(&error))
}

fn drawing(bytes: &[u8]) -> Result<Drawing, Fault> {
    serde_json::from_slice(bytes).map_err(|error| json::fault(&error))
}

/// What begins with a bracket, as no XML can, is JSON.
fn read(bytes: &[u8]) -> Result<Read, Fault> {
    let begins = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if begins.starts_with(b"<") {
        let import = graphml::read(bytes, &ASSUMED)?;
        return Ok(taken(import.drawing, import.notes.iter().map(ToString::to_string).collect()));
    }
    if begins.starts_with(b"{") {
        return Ok(taken(json::read(bytes)?, Vec::new()));
    }
    Err(Fault::NotAGraph { expected: "graph as GraphML or as JSON of Clew" })
}

fn taken(drawing: Drawing, notes: Vec<String>) -> Read {
    let node = |node: DrawnNode| (node.object_type, node.key, node.place, node.pinned, node.hidden);
    let link = |link: DrawnLink| (link.link_type, link.from, link.to);
    (drawing.nodes.into_iter().map(node).collect(), drawing.links.into_iter().map(link).collect(), notes)
}
