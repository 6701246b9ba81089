//! The chapters of the specification.
