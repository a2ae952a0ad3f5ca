//! A report as one JSON document.

use crate::escape::printable_json;
use crate::report::Report;

/// The document, with a line feed at its end.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    let text = serde_json::to_string_pretty(report)?;
    Ok(format!("{}\n", printable_json(&text)))
}
