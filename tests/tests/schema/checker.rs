//! As much of JSON Schema 2020-12 as the schema uses; a keyword that is not known here panics, so
//! that nothing in the schema goes unchecked.

use serde_json::{Map, Value};

/// Keywords that say nothing about a value.
const NOTES: [&str; 5] = ["$schema", "$id", "$defs", "title", "description"];

pub(crate) struct Schema(Value);

impl Schema {
    pub(crate) fn new(schema: Value) -> Self {
        Self(schema)
    }

    /// The members that the schema names.
    pub(crate) fn members(&self) -> Vec<String> {
        self.0["properties"].as_object().unwrap().keys().cloned().collect()
    }

    /// What keeps the value from being one of the schema.
    pub(crate) fn faults(&self, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        self.check(&self.0, value, "", &mut faults);
        faults
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let rules = schema.as_object().expect("a schema is an object");
        for (keyword, rule) in rules {
            let holds = match keyword.as_str() {
                "$ref" => {
                    let name =
                        rule.as_str().unwrap().strip_prefix("#/$defs/").expect("a local name");
                    self.check(&self.0["$defs"][name], value, at, faults);
                    true
                }
                "type" => match rule {
                    Value::Array(kinds) => kinds.iter().any(|kind| is_of(value, kind)),
                    kind => is_of(value, kind),
                },
                "enum" => rule.as_array().unwrap().contains(value),
                "minimum" => value.as_f64().is_none_or(|n| n >= rule.as_f64().unwrap()),
                "minLength" => length(value).is_none_or(|n| n >= rule.as_u64().unwrap()),
                "maxLength" => length(value).is_none_or(|n| n <= rule.as_u64().unwrap()),
                "format" => {
                    assert_eq!(rule, "date-time");
                    value.as_str().is_none_or(is_time)
                }
                "required" => has_all(value, rule),
                "dependentRequired" => {
                    rule.as_object().unwrap().iter().all(|(member, needed)| {
                        value.get(member).is_none() || has_all(value, needed)
                    })
                }
                "items" => {
                    for (number, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, item, &format!("{at}/{number}"), faults);
                    }
                    true
                }
                "properties" | "additionalProperties" => {
                    for (name, member) in members(rules, keyword, value) {
                        let rule = if keyword == "properties" { &rule[name] } else { rule };
                        self.check(rule, member, &format!("{at}/{name}"), faults);
                    }
                    true
                }
                note => {
                    assert!(NOTES.contains(&note), "the keyword {note} is not known here");
                    true
                }
            };
            if !holds {
                faults.push(format!("{at}: {value} is against {keyword} {rule}"));
            }
        }
    }
}

/// The members of the value that `properties` names, or those that it does not.
fn members<'a>(
    rules: &Map<String, Value>,
    keyword: &str,
    value: &'a Value,
) -> Vec<(&'a String, &'a Value)> {
    let named = |name: &str| rules.get("properties").is_some_and(|p| p.get(name).is_some());
    let all = value.as_object().into_iter().flatten();
    all.filter(|(name, _)| named(name) == (keyword == "properties")).collect()
}

fn is_of(value: &Value, kind: &Value) -> bool {
    match kind.as_str().unwrap() {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        kind => panic!("the type {kind} is not known here"),
    }
}

fn has_all(value: &Value, names: &Value) -> bool {
    let mut names = names.as_array().unwrap().iter();
    names.all(|name| value.get(name.as_str().unwrap()).is_some())
}

fn length(value: &Value) -> Option<u64> {
    Some(value.as_str()?.chars().count() as u64)
}

/// RFC 3339 in UTC, as far as the form goes.
fn is_time(text: &str) -> bool {
    let shape = |c: char| if c.is_ascii_digit() { '0' } else { c };
    let form: String = text.chars().map(shape).collect();
    form.strip_prefix("0000-00-00T00:00:00")
        .and_then(|rest| rest.strip_suffix('Z'))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
