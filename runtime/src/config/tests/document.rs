//! docs/configuration.md agrees with the code.

use std::{env, fs, path::Path};

use crate::config::reference;

const BEGIN: &str = "<!-- made by config::reference();";
const END: &str = "<!-- end of what config::reference() makes -->";

#[test]
fn the_reference_in_the_documentation_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md");
    let text = fs::read_to_string(&path).expect("docs/configuration.md can be read");
    let (before, rest) = text.split_once(BEGIN).expect("the block has a beginning");
    let (comment, rest) = rest.split_once('\n').expect("the beginning has a line of its own");
    let (block, after) = rest.split_once(END).expect("the block has an end");
    let wanted = format!("\n{}\n", reference());
    if env::var_os("BLESS").is_some() {
        let text = format!("{before}{BEGIN}{comment}\n{wanted}{END}{after}");
        fs::write(&path, text).expect("docs/configuration.md can be written");
    } else {
        assert_eq!(
            block, wanted,
            "docs/configuration.md is behind the code; to renew it run `cargo xtask bless`, \
             or this test with BLESS=1"
        );
    }
}

#[test]
fn no_cell_breaks_its_table() {
    let text = reference();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| line.starts_with('|')) {
        let columns =
            if at < text.lines().position(|l| l == "### Variables").unwrap() { 7 } else { 6 };
        assert_eq!(line.matches('|').count(), columns, "{line}");
        assert!(!line.contains("|  |"), "an empty cell: {line}");
    }
}
