//! Empty: the specification lives in `spec/`.
