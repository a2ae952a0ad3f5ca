//! Call sites without an attribute.

use audit_runtime::__private::{Callsite, Category, Level, Site};

/// A site as `#[timed]` makes it.
#[must_use]
pub const fn timed_site(operation: &'static str) -> Site {
    Site::new(Callsite {
        category: Category::Performance,
        level: Level::Info,
        event: "timing",
        operation,
        component: "tests",
        message: None,
        function: "sampled",
        file: "",
        line: 0,
        slow_nanos: 0,
        fields: &[],
    })
}
