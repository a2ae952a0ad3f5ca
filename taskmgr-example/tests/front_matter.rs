//! Whatever a task file looks like and whatever a key is changed to: every other byte stays.

use proptest::collection::vec;
use proptest::prelude::*;
use taskmgr::front_matter::{Document, NewValue, Node};

/// One entry as people and programs write it; `@` stands for its key.
const ENTRIES: [&str; 16] = [
    "@: plain words\n",
    "@: word # with a comment\n",
    "@: 'it''s quoted'\n",
    "@: 'quoted' # comment\n",
    "@: \"esc \\u202e \\n\\\n  more\"\n",
    "@: null\n",
    "@:\n",
    "@: 3.5\n",
    "@: 'folded over\n\n  two lines'\n",
    "@: plain over\n  two lines # comment\n",
    "@: |\n  literal\n\n    more\n  # no comment\n",
    "@: >-\n  folded\n  block\n",
    "@:\n- a\n- b # comment\n",
    "@:\n  - a\n  - - nested\n    - list\n",
    "@: [a, {b: c}] # comment\n",
    "@:\n  k: v\n  日本: '✅'\n",
];

const FILLERS: [&str; 3] = ["", "# a comment: of nobody\n", "\n"];

/// A file in three parts: before the entry to be changed, that entry, after it.
#[derive(Debug, Clone)]
struct Parts {
    before: Vec<u8>,
    entry: Vec<u8>,
    after: Vec<u8>,
}

fn parts() -> impl Strategy<Value = Parts> {
    let entry = (0..ENTRIES.len(), 0..FILLERS.len());
    (
        vec(entry, 1..8),
        any::<prop::sample::Index>(),
        0..3usize,
        any::<bool>(),
        vec(any::<u8>(), 0..40),
    )
        .prop_map(|(entries, target, eol, bom, body)| {
            let target = target.index(entries.len());
            let mut parts = [Vec::new(), Vec::new(), Vec::new()];
            let mut lines = 0;
            let mut write = |part: &mut Vec<u8>, text: &str| {
                for line in text.split_inclusive('\n') {
                    lines += 1;
                    // LF, CRLF, or one after the other.
                    let crlf = eol == 1 || (eol == 2 && lines % 2 == 0);
                    let line = line.trim_end_matches('\n');
                    part.extend_from_slice(line.as_bytes());
                    part.extend_from_slice(if crlf { b"\r\n" } else { b"\n" });
                }
            };
            write(&mut parts[0], if bom { "\u{feff}---\n" } else { "---\n" });
            for (n, (entry, filler)) in entries.into_iter().enumerate() {
                let text = ENTRIES[entry].replace('@', &format!("key{n}"));
                let side = match n.cmp(&target) {
                    std::cmp::Ordering::Less => 0,
                    std::cmp::Ordering::Equal => 1,
                    std::cmp::Ordering::Greater => 2,
                };
                let key = if side == 1 { text.replace(&format!("key{n}"), "target") } else { text };
                write(&mut parts[side], &key);
                write(&mut parts[if side == 1 { 2 } else { side }], FILLERS[filler]);
            }
            write(&mut parts[2], "---\n");
            parts[2].extend_from_slice(&body);
            let [before, entry, after] = parts;
            Parts { before, entry, after }
        })
}

fn value() -> impl Strategy<Value = NewValue> {
    prop_oneof![
        any::<String>().prop_map(NewValue::Text),
        "[ -~\n]{0,60}".prop_map(NewValue::Text),
        "(\\[2026\\] [a-zé: #'\"-]{1,20}\n\n?){1,4}end".prop_map(NewValue::Text),
        Just(NewValue::Null),
        Just(NewValue::Number("2.5".to_owned())),
        Just(NewValue::Quoted("2026-01-01T00:00:00.000000+00:00".to_owned())),
        vec("[ -~]{0,12}", 0..4).prop_map(NewValue::List),
        prop::collection::btree_map("[a-z_]{1,8}", "[ -~]{0,12}", 0..4)
            .prop_map(|map| NewValue::Map(map.into_iter().collect())),
    ]
}

fn text(node: &Node) -> Option<&str> {
    match node {
        Node::Scalar { text, .. } => Some(text),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_the_changed_key_changes(parts in parts(), value in value()) {
        let whole = [&*parts.before, &parts.entry, &parts.after].concat();
        let document = Document::parse(whole).unwrap();
        let edited = document.edit(&[("target", value.clone())]).unwrap();
        let bytes = edited.bytes();
        prop_assert!(bytes.starts_with(&parts.before), "{:?}", String::from_utf8_lossy(bytes));
        prop_assert!(bytes.ends_with(&parts.after), "{:?}", String::from_utf8_lossy(bytes));
        let entry = &bytes[parts.before.len()..bytes.len() - parts.after.len()];
        prop_assert!(entry.starts_with(b"target:"));
        prop_assert_eq!(entry.ends_with(b"\r\n"), parts.entry.ends_with(b"\r\n"));
        prop_assert_eq!(edited.body(), document.body());
        if let NewValue::Text(want) = &value {
            prop_assert_eq!(text(&edited.entry("target").unwrap().value), Some(want.as_str()));
        }
    }

    #[test]
    fn a_missing_key_is_added_before_the_closing_fence(parts in parts(), value in value()) {
        let whole = [&*parts.before, &parts.entry, &parts.after].concat();
        let document = Document::parse(whole.clone()).unwrap();
        let edited = document.edit(&[("added", value)]).unwrap();
        let fence = whole.len() - document.body().len();
        let kept = whole[..fence].iter().rposition(|b| *b == b'-').unwrap() - 2;
        prop_assert!(edited.bytes().starts_with(&whole[..kept]));
        prop_assert!(edited.bytes().ends_with(&whole[kept..]));
        prop_assert!(edited.entry("added").is_some());
    }

    /// Nothing that can be in a file makes the reader panic.
    #[test]
    fn any_bytes_are_read_or_refused(matter in "[ -~\n\r\t:'\"|>&*#-]{0,80}", body in vec(any::<u8>(), 0..20)) {
        let mut bytes = format!("---\n{matter}\n---\n").into_bytes();
        bytes.extend_from_slice(&body);
        if let Ok(document) = Document::parse(bytes)
            && let Ok(edited) = document.edit(&[("status", NewValue::text("todo"))])
        {
            prop_assert_eq!(edited.body(), document.body());
            prop_assert_eq!(text(&edited.entry("status").unwrap().value), Some("todo"));
        }
    }
}
