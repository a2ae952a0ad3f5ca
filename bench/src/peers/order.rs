//! What one record says.

/// What each record names, to tell it from the lines that a logger writes about itself.
pub(crate) const OPERATION: &str = "bench-order";

/// The eight fields; a line that lacks one is not counted.
pub(crate) const KEYS: [&str; 8] =
    ["order_id", "agent", "user", "shelf", "cents", "weight", "express", "note"];

pub(crate) struct Order<'a> {
    pub(crate) id: u64,
    pub(crate) shelf: u32,
    pub(crate) cents: i64,
    pub(crate) weight: f64,
    pub(crate) express: bool,
    pub(crate) note: &'a str,
}

impl<'a> Order<'a> {
    pub(crate) fn new(n: u64, note: &'a str) -> Self {
        Self {
            id: n,
            shelf: (n % 97) as u32,
            cents: (n * 31 % 10_000) as i64,
            weight: n as f64 / 7.0,
            express: n.is_multiple_of(2),
            note,
        }
    }
}
