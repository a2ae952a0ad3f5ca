//! What the arguments mean: a plan without contradictions, or a report.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::{Ident, LitStr, ext::IdentExt as _};

use crate::{
    parse::{Argument, Entry, Function, Input, Kind, Value, Word, tokens},
    report::{self, Report},
    words::{LASTS, LEVELS, RESERVED, nanoseconds, one_in},
};

/// What is to be generated.
pub(crate) struct Plan {
    pub(crate) kind: Kind,
    /// The path of the runtime's hooks.
    pub(crate) hooks: TokenStream,
    pub(crate) operation: TokenStream,
    /// Whether the operation has another name than the function.
    pub(crate) is_named: bool,
    pub(crate) level: &'static str,
    pub(crate) message: Option<TokenStream>,
    pub(crate) slow_nanos: u64,
    /// One in so many calls is watched.
    pub(crate) sample: u32,
    /// The fields known at the start.
    pub(crate) fields: Vec<Field>,
    /// The fields known at the end, in the order of [`When`].
    pub(crate) ends: [Vec<Field>; 4],
    /// How the error is written, and where that is said.
    pub(crate) error: Option<(Word, Span)>,
    /// Whether the returned value is looked at.
    pub(crate) outcome: bool,
    /// What decides the outcome.
    pub(crate) rule: Option<syn::Expr>,
    /// The errors that mean that the caller was refused, and where that is said.
    pub(crate) denied: Option<(syn::Pat, Span)>,
    /// Where it is said that the body must not run unrecorded.
    pub(crate) required: Option<Span>,
    /// What holds of a record when its call returns.
    pub(crate) lasts: Option<&'static str>,
    /// Whether the body may take the parameters, because nothing behind it uses them.
    pub(crate) takes_parameters: bool,
}

/// A value and its place in the line.
#[derive(Clone)]
pub(crate) struct Field {
    pub(crate) part: &'static str,
    /// Where the list is named that it stands in.
    pub(crate) list: Span,
    pub(crate) key: LitStr,
    pub(crate) value: Value,
}

impl Field {
    /// The number of its part, as the runtime's `Part` counts them.
    pub(crate) fn part_number(&self) -> u8 {
        match self.part {
            "resource" => 0,
            "agent" => 1,
            "user" => 2,
            "before" => 3,
            "after" => 4,
            "context" => 6,
            _ => 5,
        }
    }
}

/// On which ends of a call a field is taken.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    /// `after(..)`: on success.
    After,
    /// `ok(..)`: on `Ok`.
    Ok,
    /// `err(..)`: on `Err`.
    Err,
    /// `ret(..)`: whenever something came back.
    Ret,
}

impl When {
    pub(crate) const ALL: [Self; 4] = [Self::After, Self::Ok, Self::Err, Self::Ret];
}

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
            is_named: false,
            level: "Info",
            message: None,
            slow_nanos: 0,
            sample: 1,
            fields: Vec::new(),
            ends: [const { Vec::new() }; 4],
            error: None,
            outcome: kind == Kind::Audited,
            rule: None,
            denied: None,
            required: None,
            lasts: None,
            takes_parameters: true,
        },
        parameters: function.map(Function::parameters),
        seen: Vec::new(),
        report,
    };
    for argument in arguments {
        judge.argument(argument);
    }
    judge.together();
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
            let message = if word == "sample" {
                report::sample_audited()
            } else if Kind::Audited.takes().contains(&word.as_str()) {
                report::audited_only(&word)
            } else {
                report::unknown_argument(kind, &word)
            };
            return self.report.at(name.span(), message);
        }
        // `err = %` and `err(..)` are two arguments with one name.
        let seen = if matches!(input, Input::List(_)) && word == "err" {
            "err(..)".to_owned()
        } else {
            word.clone()
        };
        if self.seen.contains(&seen) {
            return self.report.at(name.span(), report::given_twice(&seen));
        }
        self.seen.push(seen);
        match word.as_str() {
            "resource" => self.list(&name, "resource", "resource(task_id = id)", input),
            "before" => self.list(&name, "before", "before(status = old)", input),
            "after" => self.list(&name, "after", "after(status = ret.status)", input),
            "change" => self.list(&name, "change", "change(total = self.total)", input),
            "ok" => self.list(&name, "ok", "ok(id = ret.id)", input),
            "err" if matches!(input, Input::List(_)) => {
                self.list(&name, "err", "err(code = err.code())", input);
            }
            "ret" => self.list(&name, "ret", "ret(size = len(ret))", input),
            "details" => self.list(&name, "details", "details(title = %title)", input),
            "context" => self.list(&name, "context", "context(attempt = n)", input),
            "agent" => self.person(&name, "agent", "agent = %name", input),
            "user" => self.person(&name, "user", "user = hash(email)", input),
            "outcome" => self.outcome(&name, input),
            "denied" => match input {
                Input::Pattern(pattern) => self.plan.denied = Some((*pattern, name.span())),
                Input::Broken => {}
                _ => {
                    let example = "denied = Error::Forbidden { .. }";
                    self.report.at(name.span(), report::takes_value(&word, example));
                }
            },
            "required" => match input {
                Input::Flag => self.plan.required = Some(name.span()),
                Input::Broken => {}
                _ => self.report.at(name.span(), report::takes_nothing(&word)),
            },
            "operation" => {
                if let Some(text) = self.text(&name, r#"operation = "STATUS_CHANGE""#, input) {
                    self.plan.operation = text;
                    self.plan.is_named = true;
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
            "durability" => r#"durability = "synced""#,
            "slow" => r#"slow = "50ms""#,
            "err" => "err = %",
            "sample" => "sample = 1 / 64",
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
            "durability" => {
                let text = value.literal().map(LitStr::value).unwrap_or_default();
                match LASTS.iter().find(|(name, _)| text == *name) {
                    Some((_, variant)) => self.plan.lasts = Some(variant),
                    None => self.report.at(place, report::bad_durability(&text)),
                }
            }
            "slow" => match value.literal().and_then(|text| nanoseconds(&text.value())) {
                Some(nanos) => self.plan.slow_nanos = nanos,
                None => self.report.at(place, report::bad_duration()),
            },
            "sample" => match value.expression.as_ref().and_then(one_in) {
                Some(calls) if value.word == Word::Bare => self.plan.sample = calls,
                _ => self.report.at(place, report::bad_sample()),
            },
            "err" => {
                let json = value.path().is_some_and(|path| path.is_ident("json"));
                match (value.word, value.expression) {
                    (word @ (Word::Display | Word::Debug), None) => {
                        self.plan.error = Some((word, name.span()));
                    }
                    (Word::Bare, Some(_)) if json => {
                        self.plan.error = Some((Word::Json, name.span()));
                    }
                    _ => self.report.at(place, report::bad_err()),
                }
            }
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
            Input::Flag | Input::List(_) | Input::Pattern(_) => {
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
            self.field(name.span(), part, LitStr::new(part, name.span()), value);
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
                self.field(name.span(), part, key, value);
            }
            keys.push(text);
        }
    }

    fn field(&mut self, list: Span, part: &'static str, key: LitStr, value: Value) {
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
            let bound = if part == "err" { "err" } else { "ret" };
            if ["after", "change", "ok", "err", "ret"].contains(&part)
                && parameters
                    .iter()
                    .any(|name| name != bound && tokens::usage(&used, name).is_some())
            {
                self.plan.takes_parameters = false;
            }
        }
        let field = Field { part, list, key, value };
        let plan = &mut self.plan;
        match part {
            "after" => plan.ends[When::After as usize].push(field),
            "ok" => plan.ends[When::Ok as usize].push(field),
            "err" => plan.ends[When::Err as usize].push(field),
            "ret" => plan.ends[When::Ret as usize].push(field),
            "change" => {
                plan.fields.push(Field { part: "before", ..field.clone() });
                plan.ends[When::After as usize].push(Field { part: "after", ..field });
            }
            _ => plan.fields.push(field),
        }
    }

    /// `outcome` of `#[timed]`, `outcome = path`.
    fn outcome(&mut self, name: &Ident, input: Input) {
        let place = name.span();
        match input {
            Input::Broken => {}
            Input::Flag if self.plan.kind == Kind::Timed => self.plan.outcome = true,
            Input::Flag => self.report.at(place, report::outcome_is_known()),
            Input::Value(Value { word: Word::Bare, expression: Some(rule), .. })
                if matches!(rule, syn::Expr::Path(_) | syn::Expr::Closure(_)) =>
            {
                self.plan.outcome = true;
                self.plan.rule = Some(rule);
            }
            Input::Value(value) => self.report.at(value.place(), report::bad_outcome()),
            Input::List(_) | Input::Pattern(_) => self.report.at(place, report::bad_outcome()),
        }
    }

    /// What no argument can be judged for alone.
    fn together(&mut self) {
        let Plan { fields, ends, rule, denied, .. } = &self.plan;
        if let (Some(_), Some((_, place))) = (rule, denied) {
            self.report.at(*place, report::outcome_decides());
        }
        // Lists that are written into one member of the line.
        let [after, ok, err, ret] = ends;
        let find = |part, key: &LitStr| {
            fields.iter().any(|field| field.part == part && field.key.value() == key.value())
        };
        for field in ok.iter().chain(err).chain(ret) {
            let elsewhere = field.part != "ret"
                && ret.iter().any(|other| other.key.value() == field.key.value());
            if find("details", &field.key) || elsewhere {
                let message = report::key_elsewhere(&field.key.value(), "details");
                self.report.at(field.key.span(), message);
            }
        }
        let mut keys: Vec<(&str, String)> = Vec::new();
        for field in fields.iter().filter(|field| field.part == "before").chain(after) {
            let key = (field.part, field.key.value());
            if keys.contains(&key) {
                let message = report::key_elsewhere(&key.1, field.part);
                self.report.at(field.key.span(), message);
            }
            keys.push(key);
        }
    }
}
