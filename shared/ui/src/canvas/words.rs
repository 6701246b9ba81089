//! What is said of the graph to those who listen.

/// What is said to those who listen.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    pub graph: &'static str,
    pub overview: &'static str,
    pub link: &'static str,
    pub links: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    pub between: &'static str,
    pub and: &'static str,
}

impl Default for Words {
    fn default() -> Self {
        let overview = "Overview of the graph";
        Self {
            graph: "Graph",
            overview,
            link: "link",
            links: "links",
            from: "from",
            to: "to",
            between: "between",
            and: "and",
        }
    }
}
