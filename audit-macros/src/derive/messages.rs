//! Every message that the derives give. Each has a test in `tests/ui/fail` of the same name.

use std::fmt::Display;

use super::Kind;

pub(super) fn no_union() -> String {
    "a union has no field that is known to be there; implement `AuditValue` by hand".to_owned()
}

pub(super) fn variant_with_fields(kind: Kind, name: &impl Display) -> String {
    let attribute = kind.attribute();
    let word = if kind == Kind::Cleared { "display" } else { "mask" };
    format!(
        "the variant `{name}` has fields, and a variant is written as its name; put a word on the \
         enum that writes all of it, such as `#[{attribute}({word})]`, or implement `AuditValue` \
         by hand"
    )
}

pub(super) fn unknown_word(kind: Kind, name: &str, near: Option<&str>) -> String {
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    let attribute = kind.attribute();
    let accepted = kind.words().join(", ");
    let colon = if hint.is_empty() { ";" } else { "" };
    format!("unknown word `{name}`{hint}{colon} `#[{attribute}(..)]` takes {accepted}")
}

pub(super) fn not_a_word(kind: Kind) -> String {
    let attribute = kind.attribute();
    format!("expected a word; `#[{attribute}(..)]` takes {}", kind.words().join(", "))
}

pub(super) fn word_missing(kind: Kind) -> String {
    let attribute = kind.attribute();
    format!("`#[{attribute}]` needs a word: `#[{attribute}({})]`", kind.words().join("|"))
}

pub(super) fn word_with_value(kind: Kind, name: &str) -> String {
    format!("`{name}` takes no value: write `#[{}({name})]`", kind.attribute())
}

pub(super) fn two_words(first: &str, second: &str) -> String {
    format!("it is written in one way: keep `{first}` or `{second}`")
}

pub(super) fn bad_rename() -> String {
    r#"`rename` takes a name in quotes: `rename = "name"`"#.to_owned()
}

pub(super) fn rename_without_key() -> String {
    "there is no key to rename: only named fields and variants have one".to_owned()
}

pub(super) fn same_key(key: &str) -> String {
    format!("`{key}` is the key of another one already; rename one of them")
}

pub(super) fn word_on_variant() -> String {
    "a variant is written as its name; only `rename = \"name\"` goes here".to_owned()
}

pub(super) fn word_on_both() -> String {
    "the word on the type says how all of it is written; take this one away, or that one".to_owned()
}

pub(super) fn word_on_type(name: &str) -> String {
    format!("`{name}` goes on a field; on the type it would leave nothing, or hide nothing")
}

pub(super) fn crate_on_type() -> String {
    "`crate` goes on the type, outside of its fields".to_owned()
}

pub(super) fn crate_path() -> String {
    "`crate` takes the path of the runtime: `crate = ::audit_runtime`".to_owned()
}
