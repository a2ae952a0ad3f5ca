//! The sample tasks that the program carries with it: a town library's way to its new catalogue.

use super::plan::Start;
use crate::front_matter::Document;
use crate::task::{Defaults, Task};

macro_rules! samples {
    ($($name:literal)*) => {
        /// Name and text of each sample file, by name.
        pub(super) const FILES: &[(&str, &str)] =
            &[$((concat!($name, ".md"), include_str!(concat!("../../samples/", $name, ".md")))),*];
    };
}

samples! {
    "accessible-catalogue-page"
    "audit-who-read-what"
    "design-catalogue-schema"
    "fax-interlibrary-loans"
    "import-old-card-index"
    "label-printer-drops-umlauts"
    "load-test-returns"
    "nightly-backup"
    "opening-hours-widget"
    "remind-of-overdue-loans"
    "renew-by-telephone"
    "search-by-author"
    "set-up-build-server"
    "stocktaking-by-phone"
    "wait-for-card-readers"
    "write-desk-handbook"
}

/// The samples as plans see them. They are read by the tests, so none is left out here.
pub(super) fn starts() -> Vec<Start> {
    FILES
        .iter()
        .filter_map(|(name, text)| {
            let document = Document::parse(text.as_bytes().to_vec()).ok()?;
            let stem = name.strip_suffix(".md")?;
            let task = Task::read(&document, stem, Defaults::default()).ok()?;
            Some(Start { id: task.id, status: task.status })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::Status;

    fn tasks() -> Vec<Task> {
        let read = |(name, text): &(&str, &str)| {
            let document = Document::parse(text.as_bytes().to_vec()).unwrap();
            Task::read(&document, name.strip_suffix(".md").unwrap(), Defaults::default()).unwrap()
        };
        FILES.iter().map(read).collect()
    }

    #[test]
    fn every_sample_is_a_task_under_its_own_name() {
        let tasks = tasks();
        assert!(tasks.len() >= 12);
        assert_eq!(starts().len(), tasks.len());
        for (task, (name, _)) in tasks.iter().zip(FILES) {
            assert_eq!(format!("{}.md", task.id), *name);
        }
        for status in Status::ALL {
            assert!(tasks.iter().any(|task| task.status == status), "no sample is {status}");
        }
    }

    /// Otherwise what an agent may do would depend on what another has done.
    #[test]
    fn samples_depend_on_complete_ones_only() {
        let tasks = tasks();
        for task in &tasks {
            for dependency in &task.dependencies {
                let other = tasks.iter().find(|other| other.id.as_str() == dependency).unwrap();
                assert_eq!(other.status, Status::Complete, "{} waits for {dependency}", task.id);
            }
        }
    }
}
