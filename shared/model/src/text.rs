//! A project as a folder of plain text, in a stable order and without credentials.
