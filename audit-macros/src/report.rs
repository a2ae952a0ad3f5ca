//! Every message that the attributes give, and the collector that gives them all at once.
//!
//! A message says what is wrong, what is accepted, and where that is not plain, what to write.
//! Each has a test in `tests/ui/fail` of the same name.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};

use crate::{parse::Kind, words::LASTS};

/// The mistakes of one attribute.
#[derive(Default)]
pub(crate) struct Report(Option<syn::Error>);

impl Report {
    /// Adds a mistake at that place.
    pub(crate) fn at(&mut self, place: Span, message: String) {
        let error = syn::Error::new(place, message);
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Adds the mistakes of another report that this one does not have yet.
    pub(crate) fn merge(&mut self, other: Self) {
        // No more of a span can be told on a stable compiler, and it is enough.
        let key = |error: &syn::Error| (format!("{:?}", error.span()), error.to_string());
        let known: Vec<_> =
            self.0.iter().flat_map(|own| own.clone().into_iter().map(|e| key(&e))).collect();
        for error in other.0.into_iter().flatten() {
            if !known.contains(&key(&error)) {
                self.at(error.span(), error.to_string());
            }
        }
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// One compile error for each.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.map(|errors| errors.to_compile_error()).unwrap_or_default()
    }
}

// What the attribute stands on.

pub(crate) fn not_a_function() -> String {
    "expected a function: this attribute goes on a `fn` that has a body, or over an `impl` block, a \
     trait or an inline module"
        .to_owned()
}

pub(crate) fn not_a_signature(problem: &str) -> String {
    format!("this signature cannot be read: {problem}")
}

pub(crate) fn no_body() -> String {
    "this function has no body; put the attribute on the implementation, or give the trait \
     method a default body"
        .to_owned()
}

pub(crate) fn const_function() -> String {
    "a `const fn` cannot be instrumented: it may run at compile time, where nothing can be \
     recorded"
        .to_owned()
}

pub(crate) fn future_elsewhere() -> String {
    "this returns a future that is built elsewhere, and only its making would be recorded; write \
     `async fn`, or end the body with `Box::pin(async move { .. })` or `async move { .. }`"
        .to_owned()
}

pub(crate) fn early_return() -> String {
    "a future returned here would leave no record; put the decision inside the `async` block at \
     the end"
        .to_owned()
}

// The arguments as they are typed.

pub(crate) fn not_an_argument(kind: Kind) -> String {
    format!("expected the name of an argument; {}", accepted(kind))
}

pub(crate) fn unknown_argument(kind: Kind, name: &str) -> String {
    let hint = match hint(kind, name) {
        Some(Hint::Name(near)) => format!("; did you mean `{near}`?"),
        Some(Hint::Text(text)) => format!("; {text}."),
        None => ";".to_owned(),
    };
    let accepted = accepted(kind);
    format!("unknown argument `{name}`{hint} {accepted}")
}

pub(crate) fn audited_only(name: &str) -> String {
    format!("`{name}` belongs to `#[audited]`; {}", accepted(Kind::Timed))
}

pub(crate) fn outcome_is_known() -> String {
    "`#[audited]` always records the outcome; to decide it, write `outcome = path`".to_owned()
}

pub(crate) fn outcome_decides() -> String {
    "`denied` cannot stand beside `outcome = ..`, which decides alone; return `Outcome::Denied` \
     from there"
        .to_owned()
}

pub(crate) fn sample_audited() -> String {
    "`sample` cannot be used on `#[audited]`: an audit trail must be complete".to_owned()
}

pub(crate) fn given_twice(name: &str) -> String {
    format!("`{name}` is given twice; keep one")
}

pub(crate) fn after_name(name: &impl Display) -> String {
    format!("expected `{name} = value`, `{name}(..)`, or a comma")
}

pub(crate) fn comma_expected() -> String {
    "expected a comma, or the end of the value".to_owned()
}

pub(crate) fn takes_value(name: &str, example: &str) -> String {
    format!("`{name}` takes one value: `{example}`")
}

pub(crate) fn takes_list(name: &str, example: &str) -> String {
    format!("`{name}` takes a list in parentheses: `{example}`")
}

pub(crate) fn takes_nothing(name: &str) -> String {
    format!("`{name}` takes no value: write `{name}` alone")
}

pub(crate) fn value_missing(name: &impl Display) -> String {
    format!("`{name}` needs a value after the `=`")
}

// Their values.

pub(crate) fn not_an_expression(problem: &str) -> String {
    let problem = problem.trim_start_matches("expected an expression");
    let problem = problem.trim_start_matches("unexpected end of input, ");
    let colon = if problem.is_empty() { "" } else { ": " };
    format!("this is not an expression yet{colon}{problem}")
}

pub(crate) fn word_takes_one(word: &impl Display) -> String {
    format!("`{word}` takes one expression: `{word}(x)`")
}

pub(crate) fn sign_needs_value() -> String {
    "expected an expression after `%` (as text, by Display) or `?` (as text, by Debug)".to_owned()
}

pub(crate) fn key_missing() -> String {
    "this value needs a key: write `key = value`; only a variable can stand alone".to_owned()
}

pub(crate) fn key_empty() -> String {
    "a key needs at least one character".to_owned()
}

pub(crate) fn key_twice(list: &str, key: &str) -> String {
    format!("`{key}` is given twice in `{list}`; keep one, or rename it")
}

pub(crate) fn key_elsewhere(key: &str, member: &str) -> String {
    format!(
        "`{key}` is written into `{member}` by another argument already; keep one, or rename it"
    )
}

pub(crate) fn key_reserved(key: &str) -> String {
    format!(
        "`{key}` is a member that every line may have; give the resource another key, such as \
         `task_id`"
    )
}

pub(crate) fn not_a_name(argument: &str) -> String {
    format!("`{argument}` takes a string literal or the path of a `const` of type `&'static str`")
}

pub(crate) fn name_empty(argument: &str) -> String {
    format!("`{argument}` is empty; leave it out, or say something")
}

pub(crate) fn bad_level() -> String {
    r#"expected one of "trace", "debug", "info", "warn", "error""#.to_owned()
}

pub(crate) fn bad_durability(given: &str) -> String {
    let names = LASTS.map(|(name, _)| name);
    let meant = nearest(&names, given);
    let meant = meant.map_or_else(String::new, |name| format!("; did you mean \"{name}\"?"));
    format!(r#"expected one of "spooled", "written", "synced"{meant}"#)
}

pub(crate) fn bad_duration() -> String {
    r#"expected a duration above zero: a whole number and ns, us, ms or s, such as "250ms" or "2s""#
        .to_owned()
}

pub(crate) fn bad_sample() -> String {
    "`sample` takes one over a whole number: `sample = 1 / 64` watches one call in 64".to_owned()
}

pub(crate) fn bad_crate() -> String {
    "`crate` takes the path of the runtime: `crate = ::audit_runtime`".to_owned()
}

pub(crate) fn bad_err() -> String {
    "`err` takes `%`, `?` or `json`, the way in which the error is written (`err = %`), or a list \
     of values of the error (`err(code = err.code())`)"
        .to_owned()
}

pub(crate) fn bad_outcome() -> String {
    "`outcome` takes a path or a closure that gets `&R`, what the function returns, and gives an \
     `audit_runtime::Outcome`: `outcome = judge`, `outcome = |ret| ..`"
        .to_owned()
}

pub(crate) fn not_a_pattern() -> String {
    "`denied` takes a pattern of the errors that mean that the caller was refused: \
     `denied = Error::Forbidden { .. } | Error::Auth(_)`"
        .to_owned()
}

pub(crate) fn no_receiver() -> String {
    "this function has no `self`; name one of its parameters".to_owned()
}

pub(crate) fn leaves_function() -> String {
    "a field must not leave the function: the body would not run; use a value that is there \
     already, or `.ok()`"
        .to_owned()
}

fn accepted(kind: Kind) -> String {
    format!("`#[{}]` takes {}", kind.name(), kind.takes().join(", "))
}

enum Hint {
    Name(&'static str),
    Text(&'static str),
}

/// What other frameworks call it.
const ALIASES: [(&str, &[&str]); 28] = [
    ("op", &["operation"]),
    ("name", &["operation"]),
    ("label", &["operation"]),
    ("action", &["operation"]),
    ("fields", &["details", "context"]),
    ("properties", &["details", "context"]),
    ("props", &["details", "context"]),
    ("tags", &["details", "context"]),
    ("extra", &["details", "context"]),
    ("actor", &["agent"]),
    ("who", &["agent"]),
    ("target", &["resource"]),
    ("object", &["resource"]),
    ("entity", &["resource"]),
    ("old", &["before"]),
    ("new", &["after"]),
    ("error", &["err"]),
    ("changed", &["change"]),
    ("diff", &["change"]),
    ("result", &["ret"]),
    ("success", &["ok"]),
    ("forbidden", &["denied"]),
    ("must", &["required"]),
    ("severity", &["level"]),
    ("msg", &["message"]),
    ("threshold", &["slow"]),
    ("warn_over", &["slow"]),
    ("slower_than", &["slow"]),
];

/// What was meant, as far as one can tell: an argument of that attribute.
fn hint(kind: Kind, name: &str) -> Option<Hint> {
    match name {
        "skip" | "skip_all" => {
            return Some(Hint::Text("nothing is recorded unless it is named"));
        }
        _ => {}
    }
    let takes = kind.takes();
    let own = takes.iter().map(|known| (*known, *known));
    let others = ALIASES.iter().filter_map(|(alias, meant)| {
        Some((*alias, *meant.iter().find(|known| takes.contains(known))?))
    });
    own.chain(others)
        .map(|(written, meant)| (distance(written, name), written, meant))
        .filter(|(distance, written, _)| *distance <= written.len() / 3)
        .min()
        .map(|(_, _, meant)| Hint::Name(meant))
}

/// The one of `known` that was meant, as far as one can tell.
pub(crate) fn nearest<'a>(known: &[&'a str], name: &str) -> Option<&'a str> {
    let near = known.iter().map(|known| (distance(known, name), *known));
    near.filter(|(distance, known)| *distance <= known.len() / 3).min().map(|(_, known)| known)
}

/// How many characters have to be added, removed, changed or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                let best = changed.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if swapped { best.min(rows[i - 2][j - 2] + 1) } else { best }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_miss_is_named_and_a_far_one_is_not() {
        let text = |name| unknown_argument(Kind::Audited, name);
        assert!(text("detials").contains("did you mean `details`?"), "{}", text("detials"));
        assert!(text("fields").contains("did you mean `details`?"));
        assert!(!text("banana").contains("did you mean"), "{}", text("banana"));
    }

    #[test]
    fn a_swap_is_one_mistake() {
        assert_eq!(distance("level", "leevl"), 1);
        assert_eq!(distance("slow", ""), 4);
    }
}
