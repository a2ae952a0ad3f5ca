//! Functions and methods of every form: each compiles, does what it did, and is recorded.

// Patterns, macros, names, inner items, generics, qualifiers, the order of drops.
mod forms;
// Receivers, borrows of `self`, traits.
mod methods;
// Coercions, opaque types, diverging bodies, ways out.
mod returns;

#[derive(Debug, PartialEq)]
struct E;
