//! Call sites without an attribute.

use audit_runtime::__private::Site;

/// A site as `#[timed]` makes it.
#[must_use]
pub const fn timed_site(operation: &'static str) -> Site {
    Site::timed(operation, "tests", "", 0, &[]).function("sampled")
}
