//! A program with the attributes is told what the same program without them is told, and does the
//! same.

mod project;
// Programs with a mistake: the first error is that of the plain twin.
mod mistakes;
// Programs that only draw warnings: the same ones, of the compiler and of clippy.
mod lints;
// When arguments and variables are dropped.
mod drops;
