//! A first model from a catalogue: object types from tables with a key, link types from foreign keys and link tables.
