//! Every message about blocks. Each has a test in `tests/ui/fail` of the same name.

use std::fmt::Display;

use crate::parse::Kind;

pub(super) fn no_block() -> String {
    "only a module whose functions stand here can be watched: put the attribute on an inline \
     `mod name { .. }`, or on the functions"
        .to_owned()
}

pub(super) fn nothing_to_watch(block: &str) -> String {
    format!(
        "there is nothing to watch: this {block} has no public function with a body; `private` \
         takes the others in"
    )
}

pub(super) fn takes_names(argument: &str) -> String {
    format!("`{argument}` takes names of functions: `{argument}(open, close)`")
}

pub(super) fn skip_or_only(first: &str) -> String {
    format!("`{first}` decides already which functions are watched; keep one of `skip` and `only`")
}

pub(super) fn private_is_useless(first: &str) -> String {
    format!("all that `{first}` names are watched, private or not; leave `private` out")
}

pub(super) fn not_in_block(block: &str, name: &str, near: Option<&str>) -> String {
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    format!("this {block} has no function `{name}`{hint}")
}

pub(super) fn no_such_parameter(kind: Kind, function: &str, name: &str, has: &[String]) -> String {
    let has = match has {
        [] => "it has none".to_owned(),
        names => format!("its parameters are {}", names.join(", ")),
    };
    let attribute = kind.name();
    format!(
        "`{function}` has no parameter `{name}`: {has}; leave it out with `skip({function})`, or \
         give it an `#[{attribute}(..)]` of its own"
    )
}

pub(super) fn unknown_placeholder(name: &impl Display) -> String {
    format!("unknown placeholder `{{{name}}}`; `operation` knows `{{type}}` and `{{fn}}`")
}
