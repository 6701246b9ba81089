//! The graph engine as a Web Worker module.
