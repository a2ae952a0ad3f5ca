//! Tests of lists and filters: the traps of the grammar, and what holds for every text.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Dialect, Filter, List, filter::canonical, parse};
use crate::{
    config::{Effect, Profile, Rule, Threshold, problem::Finding},
    record::{Category, Level},
};

fn audit_log(text: &str) -> (List, Vec<Finding>) {
    parse(text, Dialect::AuditLog, "task-mgr")
}

fn rust_log(text: &str) -> (List, Vec<Finding>) {
    parse(text, Dialect::RustLog, "task-mgr")
}

#[test]
fn every_kind_of_directive() {
    let (list, findings) = audit_log("production,taskmgr::store=debug,performance=off,debug");
    assert_eq!(findings, []);
    assert_eq!(list.profile, Some(Profile::Production));
    assert_eq!(list.level, Some(Level::Debug.into()));
    assert_eq!(list.categories, BTreeMap::from([(Category::Performance, Rule::Off)]));
    let store = ("taskmgr::store".to_owned(), Level::Debug.into());
    assert_eq!(list.targets, BTreeMap::from([store]));
}

#[test]
fn forgiven_without_a_word() {
    for text in ["INFO , ,Hyper = warn,", ",info,Hyper=WARN", "  info,Hyper=warn  "] {
        let (list, findings) = audit_log(text);
        assert_eq!(findings, [], "{text}");
        assert_eq!(list.to_string(), "info,Hyper=warn", "{text}");
    }
}

/// The text, what is kept of it, and for each finding the text it points at, its nearest match,
/// and whether the text was ignored.
type Case = (&'static str, &'static str, &'static [(&'static str, Option<&'static str>, bool)]);

fn check(cases: &[Case], read: fn(&str) -> (List, Vec<Finding>)) {
    for (text, kept, expected) in cases {
        let (list, findings) = read(text);
        assert_eq!(list.to_string(), *kept, "{text}");
        let found: Vec<_> = findings
            .iter()
            .map(|f| (&text[f.range.clone()], f.nearest.as_deref(), f.effect == Effect::Ignored))
            .collect();
        assert_eq!(found, *expected, "{text}: {findings:#?}");
    }
}

#[test]
fn traps_of_audit_log() {
    check(
        &[
            // A slip is never a target, and nothing is widened or closed by it.
            ("inof", "", &[("inof", Some("info"), true)]),
            ("warn,inof,hyper=error", "warn,hyper=error", &[("inof", Some("info"), true)]),
            ("prodution", "", &[("prodution", Some("production"), true)]),
            ("prd", "", &[("prd", Some("prod"), true)]),
            ("of", "", &[("of", Some("off"), true)]),
            ("audti", "", &[("audti", Some("audit=on"), true)]),
            // Words of other tools.
            ("warning", "", &[("warning", Some("warn"), true)]),
            ("none", "", &[("none", Some("off"), true)]),
            ("all", "", &[("all", Some("trace"), true)]),
            ("3", "", &[("3", Some("info"), true)]),
            // A bare target: all its levels, as in RUST_LOG; said where it may be something else.
            ("taskmgr::store", "taskmgr::store=trace", &[]),
            ("my_crate", "my_crate=trace", &[]),
            ("task_mgr", "task_mgr=trace", &[]),
            ("hyper", "hyper=trace", &[("hyper", None, false)]),
            ("quiet", "quiet=trace", &[("quiet", None, false)]),
            ("info/foo", "", &[("info/foo", None, true)]),
            ("*", "", &[("*", None, true)]),
            ("$LEVEL", "", &[("$LEVEL", None, true)]),
            // Separators.
            ("info;hyper=warn", "", &[("info;hyper=warn", Some("info,hyper=warn"), true)]),
            ("info hyper=warn", "", &[("info hyper=warn", Some("info,hyper=warn"), true)]),
            ("warn,info debug", "warn", &[("info debug", Some("info,debug"), true)]),
            ("a_b=warn;c=off", "", &[("a_b=warn;c=off", Some("a_b=warn,c=off"), true)]),
            // Levels of targets.
            ("hyper=inof", "", &[("inof", Some("info"), true)]),
            ("hyper=warning,x=off", "x=off", &[("warning", Some("warn"), true)]),
            ("hyper=", "", &[("hyper=", None, true)]),
            ("=debug", "", &[("=debug", None, true)]),
            ("::=debug", "", &[("::=debug", None, true)]),
            ("::0=trace", "", &[("::0", None, true)]),
            ("0=trace", "", &[("0", None, true)]),
            ("::0", "", &[("::0", None, true)]),
            ("a=b=c", "", &[("b=c", None, true)]),
            ("x=info/re", "", &[("info/re", None, true)]),
            ("a{b}=info", "", &[("a{b}", None, true)]),
            // What stands alone does not take a level.
            ("production=debug", "", &[("production=debug", None, true)]),
            ("info=debug", "", &[("info=debug", None, true)]),
            ("::production=debug", "::production=debug", &[]),
            // `-` is `_`.
            ("my-crate=debug", "my_crate=debug", &[("my-crate", None, false)]),
            // Twice: the last one holds.
            ("info,debug", "debug", &[("debug", None, false)]),
            ("dev,test", "test", &[("test", None, false)]),
            ("hyper=warn,hyper=off", "hyper=off", &[("hyper=off", None, false)]),
            ("system=on,system=off", "system=off", &[("system=off", None, false)]),
            // Categories.
            ("performance", "", &[("performance", None, true)]),
            ("debug=on,error=warn", "debug=on,error=warn", &[]),
            ("audit=off", "audit=off", &[]),
            ("audit=warn", "", &[("audit=warn", None, true)]),
            ("audit=of", "", &[("of", Some("off"), true)]),
            ("system=false", "", &[("false", Some("off"), true)]),
            ("audti=on", "", &[("audti=on", Some("audit=on"), true)]),
            ("audti=off", "audti=off", &[("audti", Some("audit"), false)]),
            ("::audit=off", "::audit=off", &[]),
            // Spans.
            (
                "[span{a=\"x,]\",b=1}]=debug,info",
                "info",
                &[("[span{a=\"x,]\",b=1}]=debug", None, true)],
            ),
            ("x[s]=debug,warn", "warn", &[("x[s]=debug", None, true)]),
            ("[open,warn", "warn", &[("[open", None, true)]),
        ],
        audit_log,
    );
}

#[test]
fn traps_of_rust_log() {
    check(
        &[
            // Shared with other programs: no profile and no category of ours.
            ("audit=off,info", "info,::audit=off", &[]),
            ("performance=off", "::performance=off", &[]),
            ("test=debug", "::test=debug", &[]),
            ("production", "", &[("production", None, true)]),
            ("prd", "", &[("prd", Some("AUDIT_LOG=prod"), true)]),
            ("inof", "", &[("inof", Some("info"), true)]),
            ("audit", "::audit=trace", &[("audit", None, false)]),
            ("off", "off", &[]),
        ],
        rust_log,
    );
}

#[test]
fn an_unknown_level_lists_the_six_words() {
    let (_, findings) = audit_log("hyper=loud");
    for word in Threshold::WORDS {
        assert!(findings[0].expected.contains(word), "{word}");
    }
    let (_, findings) = audit_log("inof");
    assert!(findings[0].expected.contains("'inof=trace'"), "{}", findings[0].expected);
}

#[test]
fn the_name_of_the_program_is_a_target_whatever_it_looks_like() {
    let (list, findings) = parse("prob", Dialect::AuditLog, "prob");
    assert_eq!((list.to_string().as_str(), findings.len()), ("prob=trace", 0));
    let (list, _) = parse("prob", Dialect::AuditLog, "other");
    assert_eq!(list, List::default());
}

#[test]
fn findings_are_bounded() {
    let (list, findings) = audit_log(&("inof,".repeat(20_000) + "warn"));
    assert_eq!(list.to_string(), "warn");
    assert_eq!(findings.len(), 17);
    assert_eq!(findings[16].reason, "and others: 19984 more findings");
    assert_eq!(findings[16].effect, Effect::Ignored);
    let (_, notes) = audit_log(&"warn,".repeat(100));
    assert_eq!(notes[16].effect, Effect::Applied);
}

#[test]
fn the_longest_prefix_on_a_boundary_wins() {
    let mut filter = Filter::new(Level::Info);
    filter.set("task-mgr", Level::Warn);
    filter.set("task_mgr::store", Level::Trace);
    filter.set("task_mgr::store::cache", Threshold::OFF);
    for (target, expected) in [
        ("task_mgr", Some(Level::Warn)),
        ("task-mgr", Some(Level::Warn)),
        ("task_mgr::store", Some(Level::Trace)),
        ("task-mgr::store::lock", Some(Level::Trace)),
        ("task_mgr::store::cache", None),
        ("task_mgr::store::cached", Some(Level::Trace)),
        ("task_mgr::storage", Some(Level::Warn)),
        ("task_mgrs", Some(Level::Info)),
        ("task", Some(Level::Info)),
        ("task_mgr:", Some(Level::Info)),
        ("", Some(Level::Info)),
    ] {
        assert_eq!(filter.level_for(target), expected, "{target}");
    }
    assert_eq!(filter.max_level(), Some(Level::Trace));
    filter.set("task_mgr::store", Level::Error);
    assert_eq!(filter.max_level(), Some(Level::Info), "the replaced one is gone");
    assert_eq!(
        filter.to_string(),
        "info,task_mgr=warn,task_mgr::store=error,task_mgr::store::cache=off"
    );
    assert_eq!(Filter::new(Threshold::OFF).max_level(), None);
}

/// The same, slow and obvious.
fn oracle(default: Threshold, directives: &[(String, Threshold)], target: &str) -> Option<Level> {
    let target = target.replace('-', "_");
    let mut best: Option<(usize, Threshold)> = None;
    for (prefix, threshold) in directives {
        let prefix = canonical(prefix);
        let covers = target == prefix || target.starts_with(&format!("{prefix}::"));
        if covers && best.is_none_or(|(length, _)| prefix.len() >= length) {
            best = Some((prefix.len(), *threshold));
        }
    }
    best.map_or(default, |(_, threshold)| threshold).0
}

fn threshold() -> impl Strategy<Value = Threshold> {
    prop::sample::select(Threshold::WORDS.map(|word| Threshold::parse(word).unwrap()).to_vec())
}

fn target() -> impl Strategy<Value = String> {
    "(a|b-c|b_c|audit|info|prod|é)(::(a|b|b-c)){0,3}"
}

fn rule(category: Category) -> impl Strategy<Value = Rule> {
    let levels =
        Level::ALL.into_iter().map(Rule::From).filter(move |_| category != Category::Audit);
    prop::sample::select(levels.chain([Rule::On, Rule::Off]).collect::<Vec<_>>())
}

fn list() -> impl Strategy<Value = List> {
    let categories = prop::sample::select(Category::ALL.to_vec())
        .prop_flat_map(|category| (Just(category), rule(category)));
    (
        prop::option::of(prop::sample::select(Profile::ALL.to_vec())),
        prop::option::of(threshold()),
        prop::collection::vec(categories, 0..4),
        prop::collection::btree_map(target().prop_map(|t| canonical(&t)), threshold(), 0..5),
    )
        .prop_map(|(profile, level, categories, targets)| List {
            profile,
            level,
            categories: categories.into_iter().collect(),
            targets,
        })
}

/// Texts that come close to the grammar.
fn near_lists() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "info",
        "inof",
        "prod",
        "audit",
        "=",
        ",",
        "::",
        "off",
        "-",
        "_",
        "[",
        "]",
        "\"",
        ";",
        " ",
        "a",
        "é",
        "hyper",
        "performance",
        "on",
        "/",
        "{",
        "\u{202e}",
        "0",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn the_filter_agrees_with_the_oracle(
        default in threshold(),
        directives in prop::collection::vec((target(), threshold()), 0..8),
        target in target(),
    ) {
        let mut filter = Filter::new(default);
        for (target, threshold) in &directives {
            filter.set(target, *threshold);
        }
        prop_assert_eq!(filter.level_for(&target), oracle(default, &directives, &target));
        let most = filter.directives().filter_map(|(_, t)| t.0).chain(default.0).min();
        prop_assert_eq!(filter.max_level(), most);
    }

    #[test]
    fn what_is_printed_reads_back_the_same(list in list()) {
        let (read, findings) = audit_log(&list.to_string());
        prop_assert_eq!(&read, &list, "{}", list);
        prop_assert!(findings.iter().all(|f| f.effect == Effect::Applied), "{:?}", findings);
    }

    #[test]
    fn any_text_is_read_and_its_canonical_form_means_the_same(
        text in prop_oneof![near_lists(), any::<String>()],
    ) {
        for dialect in [Dialect::AuditLog, Dialect::RustLog] {
            let (list, findings) = parse(&text, dialect, "app");
            for finding in findings {
                prop_assert!(text.get(finding.range.clone()).is_some(), "{:?}", finding);
                let problem = finding.of("AUDIT_LOG", Some(&text));
                prop_assert!(!problem.to_string().contains('\n'));
                prop_assert!(!problem.caret().contains(char::from_u32(0x202e).unwrap()));
            }
            prop_assert_eq!(audit_log(&list.to_string()).0, list, "{}", text);
        }
    }

    #[test]
    fn good_parts_hold_beside_anything_without_a_comma(
        before in near_lists(), after in near_lists(),
    ) {
        let safe = |text: String| text.replace([',', '[', '"'], ".");
        let text = format!("{},q::r=warn,{}", safe(before), safe(after));
        let (list, _) = audit_log(&text);
        prop_assert_eq!(list.targets.get("q::r"), Some(&Level::Warn.into()), "{}", text);
    }
}
