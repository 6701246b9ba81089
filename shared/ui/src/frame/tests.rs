//! The frame says where one is, and every part of it can be reached by name and by key.
