//! Several values in one field: collections, tuples, and types that derive how they are written.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
    fmt,
    marker::PhantomData,
    net::{IpAddr, Ipv4Addr},
    rc::Rc,
    sync::Arc,
};

use audit_runtime::{AuditValue, Nested, Sensitive, Shape, Value, audited};
use serde_json::{Map, json};

use crate::log;

#[test]
fn collections_are_arrays_and_objects() {
    #[audited(
        operation = "COLLECTIONS",
        details(
            slice = &numbers[1..],
            whole = numbers,
            array = [1.5, 2.5],
            vec = vec!['a', 'b'],
            deque = VecDeque::from([true]),
            set = BTreeSet::from([3, 1, 2]),
            hashed = HashSet::from([7]),
            boxed = Box::<[u8]>::from([1]),
            shared = Arc::<[u8]>::from([2]),
            counted = Rc::<[u8]>::from([3]),
            cow = Cow::Borrowed(&numbers[..1]),
            map = BTreeMap::from([(2, 'b'), (1, 'a')]),
            chars = HashMap::from([('k', 1_u8)]),
            empty = Vec::<u8>::new(),
            no_map = BTreeMap::<u8, u8>::new(),
            nested = vec![vec![1], vec![]],
            one = (1,),
            four = (1, 'b', true, Some(2_u8)),
            holes = [Some(1), None],
            optional = Some([1]),
            none = None::<[u8; 1]>,
            address = IpAddr::from([127, 0, 0, 1]),
        )
    )]
    fn collections(numbers: &[u32]) {
        assert_eq!(numbers.len(), 3);
    }
    log::start();
    collections(&[1, 2, 3]);
    assert_eq!(
        log::audited("COLLECTIONS")["details"],
        json!({
            "slice": [2, 3],
            "whole": [1, 2, 3],
            "array": [1.5, 2.5],
            "vec": ["a", "b"],
            "deque": [true],
            "set": [1, 2, 3],
            "hashed": [7],
            "boxed": [1],
            "shared": [2],
            "counted": [3],
            "cow": [1],
            "map": { "1": "a", "2": "b" },
            "chars": { "k": 1 },
            "empty": [],
            "no_map": {},
            "nested": [[1], []],
            "one": [1],
            "four": [1, "b", true, 2],
            "holes": [1, null],
            "optional": [1],
            "address": "127.0.0.1",
        })
    );
}

#[test]
fn long_collections_are_counted() {
    #[audited(operation = "LONG_COLLECTION", details(list = numbers, map, exact = &numbers[..32]))]
    fn long(numbers: &[u32], map: &BTreeMap<u32, u32>) {
        assert_eq!(numbers.len(), map.len());
    }
    log::start();
    let numbers: Vec<u32> = (0..100).collect();
    long(&numbers, &numbers.iter().map(|n| (*n, *n)).collect());
    let details = &log::audited("LONG_COLLECTION")["details"];
    let list = details["list"].as_array().unwrap();
    assert_eq!((list.len(), &list[31], &list[32]), (33, &json!(31), &json!("…[68 more]")));
    let map = details["map"].as_object().unwrap();
    assert_eq!((map.len(), &map["31"], &map["…"]), (33, &json!(31), &json!("…[68 more]")));
    assert_eq!(details["exact"].as_array().unwrap().len(), 32);
}

#[test]
fn what_is_too_long_for_a_line_is_a_shortened_text() {
    #[derive(AuditValue)]
    struct Line(#[audit(display)] String);
    #[audited(operation = "LONG_TEXTS", details(lines, few = &lines[..1]))]
    fn long(lines: &[Line]) {
        assert!(!lines.is_empty());
    }
    log::start();
    let lines: Vec<Line> = (0..9).map(|n| Line(n.to_string().repeat(2000))).collect();
    long(&lines);
    let record = log::audited("LONG_TEXTS");
    assert_eq!(record["truncated"], true);
    let text = record["details"]["lines"].as_str().unwrap();
    assert!(text.starts_with("[\"000"), "{text}");
    assert!(text.contains("[18028 bytes, sha256 "), "{text}");
}

#[test]
fn values_inside_follow_the_same_rules() {
    struct Text(&'static str);
    impl AuditValue for Text {
        fn value(&self) -> Value<'_> {
            Value::Display(&self.0)
        }
    }
    #[audited(
        operation = "RULES_INSIDE",
        details(
            texts = [Text("password=hunter2"), Text("fine")],
            passwords = BTreeMap::from([('a', Text("hunter2"))]),
            marked = [Sensitive::new("hunter2")],
            key = [(Text("api_key"), Text("hunter2"))].into_iter().map(Entry).collect::<Vec<_>>(),
            password = [Text("hunter2")],
            numbers = [u64::MAX],
            nan = [f64::NAN],
        )
    )]
    fn rules() {}
    struct Entry((Text, Text));
    impl Nested for Entry {
        fn shape(&self) -> Shape {
            Shape::Object
        }
        fn count(&self) -> usize {
            1
        }
        fn each(&self, take: &mut dyn FnMut(Value<'_>, Value<'_>) -> bool) {
            take(self.0.0.value(), self.0.1.value());
        }
    }
    impl AuditValue for Entry {
        fn value(&self) -> Value<'_> {
            Value::Nested(self)
        }
    }
    log::start();
    rules();
    let details = &log::audited("RULES_INSIDE")["details"];
    assert!(!details.to_string().contains("hunter2"), "{details}");
    assert_eq!(details["texts"], json!(["password=[redacted]", "fine"]));
    assert_eq!(details["passwords"], "[redacted]");
    assert_eq!(details["marked"], json!(["[redacted]"]));
    assert_eq!(details["key"], json!([{ "api_key": "[redacted]" }]));
    assert_eq!(details["password"], "[redacted]");
    assert_eq!(details["numbers"], json!([u64::MAX.to_string()]));
    assert_eq!(details["nan"], json!(["NaN"]));
}

#[test]
fn depth_and_panics_are_contained() {
    struct Endless;
    impl AuditValue for Endless {
        fn value(&self) -> Value<'_> {
            Value::Nested(self)
        }
    }
    impl Nested for Endless {
        fn shape(&self) -> Shape {
            Shape::List
        }
        fn count(&self) -> usize {
            1
        }
        fn each(&self, take: &mut dyn FnMut(Value<'_>, Value<'_>) -> bool) {
            take(Value::Absent, Value::Nested(self));
        }
    }
    struct Bomb;
    impl AuditValue for Bomb {
        fn value(&self) -> Value<'_> {
            std::panic::resume_unwind(Box::new(()))
        }
    }
    #[audited(operation = "DEPTH", details(endless = [Endless], bombs = [Bomb], last = [1]))]
    fn depth() {}
    log::start();
    depth();
    let details = &log::audited("DEPTH")["details"];
    assert_eq!(details["endless"].to_string(), r#"[[[[[[[["[nested too deeply]"]]]]]]]]"#);
    assert_eq!(details["bombs"], "[panicked while formatting]");
    assert_eq!(details["last"], json!([1]));
}

#[derive(AuditValue, Clone, Copy)]
enum Status {
    Open,
    InProgress,
    #[audit(rename = "closed")]
    Done,
}

#[derive(AuditValue)]
struct TaskId(#[audit(display)] String);

#[derive(AuditValue)]
struct Number(u64);

#[derive(AuditValue)]
struct Of<T>(u64, PhantomData<T>);

#[derive(AuditValue)]
struct Point(i32, i32);

#[derive(AuditValue)]
struct Marker;

#[derive(AuditValue)]
struct Page<T, const N: usize> {
    items: [T; N],
    next: Option<Box<Page<T, N>>>,
    #[audit(display)]
    cursor: Option<T>,
}

#[derive(AuditValue)]
struct Reference<'a, T: ?Sized> {
    #[audit(mask)]
    text: &'a T,
}

#[derive(AuditValue)]
#[audit(display)]
enum Target {
    Task(u64),
    All,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Task(id) => write!(f, "task {id}"),
            Self::All => f.write_str("all"),
        }
    }
}

#[derive(AuditValue)]
struct Task {
    id: TaskId,
    status: Status,
    r#type: Option<Status>,
    #[audit(display)]
    title: Cow<'static, str>,
    #[audit(debug)]
    range: std::ops::Range<u8>,
    #[audit(json)]
    tags: Vec<String>,
    #[audit(mask)]
    owner: Option<String>,
    #[audit(hash)]
    email: String,
    #[audit(last4)]
    card: String,
    #[audit(rename = "notes length", len)]
    notes: String,
    #[audit(redact)]
    session: u128,
    #[audit(skip)]
    _body: String,
    #[audit(display)]
    password: String,
    sensitive: Sensitive<String>,
}

#[test]
fn derived_types() {
    #[audited(
        operation = "DERIVED",
        resource(id = &task.id),
        details(
            task,
            number = Number(7),
            of = Of::<String>(8, PhantomData),
            point = Point(1, -1),
            marker = Marker,
            page = page,
            reference = Reference { text: "a long text" },
            targets = [Target::Task(1), Target::All],
            statuses = BTreeMap::from([(1, Status::Done)]),
        )
    )]
    fn derived(task: &Task, page: &Page<u8, 2>) {
        assert!(task.title.len() > page.items.len());
    }
    log::start();
    let task = Task {
        id: TaskId("T-1".to_owned()),
        status: Status::InProgress,
        r#type: None,
        title: "Fix it".into(),
        range: 1..2,
        tags: vec!["a".to_owned()],
        owner: Some("jane doe".to_owned()),
        email: "jane@example.org".to_owned(),
        card: "4111111111111111".to_owned(),
        notes: "12345".to_owned(),
        session: 1,
        _body: "hidden".to_owned(),
        password: "hunter2".to_owned(),
        sensitive: Sensitive::new("hunter2".to_owned()),
    };
    let next = Page { items: [3, 4], next: None, cursor: Some(5) };
    derived(&task, &Page { items: [1, 2], next: Some(Box::new(next)), cursor: None });
    let record = log::audited("DERIVED");
    let details = &record["details"];
    assert_eq!(record["id"], "T-1");
    let email = details["task"]["email"].as_str().unwrap().to_owned();
    assert_eq!(email.len(), 16);
    assert_eq!(
        details["task"],
        json!({
            "id": "T-1",
            "status": "in_progress",
            "title": "Fix it",
            "range": "1..2",
            "tags": ["a"],
            "owner": "j***e",
            "email": email,
            "card": "***1111",
            "notes length": 5,
            "session": "[redacted]",
            "password": "[redacted]",
            "sensitive": "[redacted]",
        })
    );
    let keys: Vec<&String> = details["task"].as_object().map(Map::keys).unwrap().collect();
    assert_eq!(keys.len(), 12);
    assert_eq!(details["number"], 7);
    assert_eq!(details["of"], 8);
    assert_eq!(details["point"], json!([1, -1]));
    assert_eq!(details["marker"], "marker");
    assert_eq!(
        details["page"],
        json!({ "items": [1, 2], "next": { "items": [3, 4], "cursor": "5" } })
    );
    assert_eq!(details["reference"], json!({ "text": "a***t" }));
    assert_eq!(details["targets"], json!(["task 1", "all"]));
    assert_eq!(details["statuses"], json!({ "1": "closed" }));
    assert!(matches!(Status::Open.value(), Value::Literal("open")));
    assert!(matches!(Ipv4Addr::LOCALHOST.value(), Value::Display(_)));
}

#[test]
fn a_derived_type_follows_the_runtime_to_another_name() {
    mod logs {
        pub(super) use audit_runtime::{__private, AuditValue, audited};
    }
    #[derive(logs::AuditValue)]
    #[audit(crate = logs)]
    struct Pair {
        a: u8,
        #[audit(display)]
        b: &'static str,
    }
    #[logs::audited(crate = logs, operation = "DERIVED_RENAMED", details(pair, %text))]
    fn renamed(pair: &Pair, text: &str) {
        assert_eq!(pair.b.len(), text.len());
    }
    log::start();
    renamed(&Pair { a: 1, b: "x" }, "y");
    let details = &log::audited("DERIVED_RENAMED")["details"];
    assert_eq!(*details, json!({ "pair": { "a": 1, "b": "x" }, "text": "y" }));
}
