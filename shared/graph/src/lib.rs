//! Nodes, links, places.
