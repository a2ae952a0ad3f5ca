//! The files as a whole.
//!
//! `rolling`: one file and its archives. `fallback`: the set, when its directory cannot be used.
//! `around`: what becomes of lines meanwhile, and the way back. `hung`: threads that hang in the
//! file. `processes`: several processes, and faults that need one of their own. `left`: private
//! directories of killed processes. `marks`: writing many lines and waiting once. `torture`: many
//! processes and threads at once. `mapped`, `control`: what is set, at the start and while the
//! program runs. `failures`: what makes other loggers fail. `jitter`: rotations that come later.
//! `tailers`: log shippers.

mod around;
mod control;
mod failures;
mod fallback;
mod hung;
mod jitter;
mod left;
mod mapped;
mod marks;
mod processes;
mod rolling;
pub(super) mod support;
mod tailers;
mod torture;
