//! A task manager on Markdown task files.
