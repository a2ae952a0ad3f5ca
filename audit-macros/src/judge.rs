//! What the arguments mean: a plan without contradictions, or a report.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::{Ident, LitStr, ext::IdentExt as _};

use crate::{
    parse::{Argument, Entry, Function, Input, Kind, Value, Word, tokens},
    report::{self, Report},
};

/// What is to be generated.
pub(crate) struct Plan {
    pub(crate) kind: Kind,
    /// The path of the runtime's hooks.
    pub(crate) hooks: TokenStream,
    pub(crate) operation: TokenStream,
    pub(crate) level: &'static str,
    pub(crate) message: Option<TokenStream>,
    pub(crate) slow_nanos: u64,
    /// The fields known at the start.
    pub(crate) fields: Vec<Field>,
    /// The fields known on success.
    pub(crate) after: Vec<Field>,
    /// How the error is written, and where that is said.
    pub(crate) error: Option<(Word, Span)>,
    /// Whether the returned value is looked at.
    pub(crate) outcome: bool,
    /// Whether the body may take the parameters, because nothing behind it uses them.
    pub(crate) takes_parameters: bool,
}

/// A value and its place in the line.
pub(crate) struct Field {
    pub(crate) part: &'static str,
    pub(crate) key: LitStr,
    pub(crate) value: Value,
}

/// The members that lines have of their own, so that no resource may be called so.
const RESERVED: [&str; 57] = [
    "timestamp",
    "level",
    "category",
    "component",
    "event",
    "message",
    "operation",
    "agent",
    "user",
    "outcome",
    "phase",
    "duration_ms",
    "before",
    "after",
    "changed",
    "details",
    "context",
    "error",
    "target",
    "fields",
    "span",
    "source",
    "request_id",
    "correlation_id",
    "user_id",
    "trace_id",
    "span_id",
    "host",
    "pid",
    "run_id",
    "file",
    "line",
    "function",
    "truncated",
    "stream",
    "n",
    "chain",
    "seq",
    "prev",
    "hash",
    "count",
    "errors",
    "min",
    "p50",
    "p90",
    "p99",
    "p999",
    "max",
    "mean",
    "sample",
    "cache",
    "hits",
    "misses",
    "ratio",
    "rss_bytes",
    "window_start",
    "window_end",
];

const LEVELS: [(&str, &str); 5] = [
    ("trace", "Trace"),
    ("debug", "Debug"),
    ("info", "Info"),
    ("warn", "Warn"),
    ("error", "Error"),
];

/// Judges the arguments.
pub(crate) fn plan(
    kind: Kind,
    arguments: Vec<Argument>,
    function: Option<&Function>,
    report: &mut Report,
) -> Plan {
    let name = function.map(|function| function.signature.ident.clone());
    let operation = name.map_or_else(String::new, |name| name.unraw().to_string());
    let mut judge = Judge {
        plan: Plan {
            kind,
            hooks: quote!(::audit_runtime::__private),
            operation: operation.to_token_stream(),
            level: "Info",
            message: None,
            slow_nanos: 0,
            fields: Vec::new(),
            after: Vec::new(),
            error: None,
            outcome: kind == Kind::Audited,
            takes_parameters: true,
        },
        parameters: function.map(Function::parameters),
        seen: Vec::new(),
        report,
    };
    for argument in arguments {
        judge.argument(argument);
    }
    judge.plan
}

struct Judge<'a> {
    plan: Plan,
    parameters: Option<Vec<String>>,
    seen: Vec<String>,
    report: &'a mut Report,
}

impl Judge<'_> {
    fn argument(&mut self, Argument { name, input }: Argument) {
        let kind = self.plan.kind;
        let word = name.unraw().to_string();
        if !kind.takes().contains(&word.as_str()) {
            let message = if word == "outcome" {
                report::outcome_is_known()
            } else if Kind::Audited.takes().contains(&word.as_str()) {
                report::audited_only(&word)
            } else {
                report::unknown_argument(kind, &word)
            };
            return self.report.at(name.span(), message);
        }
        if self.seen.contains(&word) {
            return self.report.at(name.span(), report::given_twice(&word));
        }
        self.seen.push(word.clone());
        match word.as_str() {
            "resource" => self.list(&name, "resource", "resource(task_id = id)", input),
            "before" => self.list(&name, "before", "before(status = old)", input),
            "after" => self.list(&name, "after", "after(status = ret.status)", input),
            "details" => self.list(&name, "details", "details(title = %title)", input),
            "context" => self.list(&name, "context", "context(attempt = n)", input),
            "agent" => self.person(&name, "agent", "agent = %name", input),
            "user" => self.person(&name, "user", "user = hash(email)", input),
            "outcome" => match input {
                Input::Flag => self.plan.outcome = true,
                Input::Broken => {}
                _ => self.report.at(name.span(), report::takes_nothing(&word)),
            },
            "operation" => {
                if let Some(text) = self.text(&name, r#"operation = "STATUS_CHANGE""#, input) {
                    self.plan.operation = text;
                }
            }
            "message" => {
                self.plan.message = self.text(&name, r#"message = "status changed""#, input);
            }
            _ => self.setting(&name, &word, input),
        }
    }

    fn setting(&mut self, name: &Ident, word: &str, input: Input) {
        let example = match word {
            "level" => r#"level = "info""#,
            "slow" => r#"slow = "50ms""#,
            "err" => "err = %",
            _ => "crate = ::audit_runtime",
        };
        let Some(value) = self.value(name, example, input) else { return };
        let place = value.place();
        match word {
            "level" => {
                let level = value.literal().map(LitStr::value);
                match LEVELS.iter().find(|(name, _)| level.as_deref() == Some(name)) {
                    Some((_, variant)) => self.plan.level = variant,
                    None => self.report.at(place, report::bad_level()),
                }
            }
            "slow" => match value.literal().and_then(|text| nanoseconds(&text.value())) {
                Some(nanos) => self.plan.slow_nanos = nanos,
                None => self.report.at(place, report::bad_duration()),
            },
            "err" => match (value.word, value.expression) {
                (Word::Display | Word::Debug, None) => {
                    self.plan.error = Some((value.word, name.span()));
                }
                _ => self.report.at(place, report::bad_err()),
            },
            _ => match value.path() {
                Some(path) => self.plan.hooks = quote!(#path::__private),
                None => self.report.at(place, report::bad_crate()),
            },
        }
    }

    /// The value of `name = value`.
    fn value(&mut self, name: &Ident, example: &str, input: Input) -> Option<Value> {
        match input {
            Input::Value(value) => Some(value),
            Input::Broken => None,
            Input::Flag | Input::List(_) => {
                let word = name.unraw().to_string();
                self.report.at(name.span(), report::takes_value(&word, example));
                None
            }
        }
    }

    /// Text of the program's own source: a literal or a constant.
    fn text(&mut self, name: &Ident, example: &str, input: Input) -> Option<TokenStream> {
        let value = self.value(name, example, input)?;
        let word = name.unraw().to_string();
        if let Some(text) = value.literal() {
            if text.value().trim().is_empty() {
                self.report.at(text.span(), report::name_empty(&word));
                return None;
            }
            return Some(text.to_token_stream());
        }
        if let Some(path) = value.path() {
            return Some(path.to_token_stream());
        }
        self.report.at(value.place(), report::not_a_name(&word));
        None
    }

    fn person(&mut self, name: &Ident, part: &'static str, example: &str, input: Input) {
        if let Some(value) = self.value(name, example, input) {
            self.field(part, LitStr::new(part, name.span()), value);
        }
    }

    fn list(&mut self, name: &Ident, part: &'static str, example: &str, input: Input) {
        let entries = match input {
            Input::List(entries) if !entries.is_empty() => entries,
            Input::Broken => return,
            _ => return self.report.at(name.span(), report::takes_list(part, example)),
        };
        let mut keys: Vec<String> = Vec::new();
        for Entry { key, value } in entries {
            let Some(key) = key else {
                self.report.at(value.place(), report::key_missing());
                continue;
            };
            let text = key.value();
            if text.trim().is_empty() {
                self.report.at(key.span(), report::key_empty());
            } else if keys.contains(&text) {
                self.report.at(key.span(), report::key_twice(part, &text));
            } else if part == "resource" && RESERVED.contains(&text.as_str()) {
                self.report.at(key.span(), report::key_reserved(&text));
            } else {
                self.field(part, key, value);
            }
            keys.push(text);
        }
    }

    fn field(&mut self, part: &'static str, key: LitStr, value: Value) {
        let Some(expression) = &value.expression else {
            return self.report.at(value.span, report::sign_needs_value());
        };
        let used = expression.to_token_stream();
        if let Some(exit) = tokens::exit(&used) {
            return self.report.at(exit.span(), report::leaves_function());
        }
        if let Some(parameters) = &self.parameters {
            let receiver = parameters.iter().any(|name| name == "self");
            if !receiver && let Some(own) = tokens::mention(&used, "self") {
                return self.report.at(own, report::no_receiver());
            }
            if part == "after"
                && parameters
                    .iter()
                    .any(|name| name != "ret" && tokens::usage(&used, name).is_some())
            {
                self.plan.takes_parameters = false;
            }
        }
        let fields = if part == "after" { &mut self.plan.after } else { &mut self.plan.fields };
        fields.push(Field { part, key, value });
    }
}

/// The nanoseconds of `50ms` and the like; zero is none.
fn nanoseconds(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let factor = match unit {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor).filter(|nanos| *nanos > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_whole_numbers_with_a_unit() {
        for (text, nanos) in [
            ("5ns", Some(5)),
            ("250us", Some(250_000)),
            ("50ms", Some(50_000_000)),
            ("2s", Some(2_000_000_000)),
            ("0s", None),
            ("50", None),
            ("ms", None),
            ("1.5s", None),
            ("50 ms", None),
            ("18446744073709551615s", None),
        ] {
            assert_eq!(nanoseconds(text), nanos, "{text}");
        }
    }
}
