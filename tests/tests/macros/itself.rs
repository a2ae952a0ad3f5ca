//! Functions each of whose paths leads to a call of their own name: their bodies stay in place.

#![allow(clippy::needless_return, clippy::question_mark)] // They are what is tested.

use std::{
    ops::{ControlFlow, Index},
    panic::{AssertUnwindSafe, catch_unwind},
    task::Poll,
};

use audit_runtime::{audited, record::Category, timed};

use crate::log;

/// What the others hand their calls on to.
struct Inner {
    least: u32,
}

impl Inner {
    fn load(&self, n: u32) -> Result<u32, String> {
        if n < self.least { Err("none".to_owned()) } else { Ok(n) }
    }

    fn find(&self, n: u32) -> Option<u32> {
        (n >= self.least).then_some(n)
    }

    fn step(&self, n: u32) -> ControlFlow<u32, u32> {
        if n < self.least { ControlFlow::Break(0) } else { ControlFlow::Continue(n) }
    }

    fn ready(&self, n: u32) -> Poll<Result<u32, String>> {
        match n {
            1 => Poll::Pending,
            _ if n < self.least => Poll::Ready(Err("never".to_owned())),
            _ => Poll::Ready(Ok(n)),
        }
    }

    fn next(&self, n: u32) -> Poll<Option<Result<u32, String>>> {
        match n {
            0 => Poll::Ready(None),
            1 => Poll::Pending,
            _ => self.ready(n - 2).map(Some),
        }
    }

    fn touch(&self, n: u32) {
        assert!((self.least..9).contains(&n));
    }
}

struct Outer(Inner);

#[derive(Debug, PartialEq, Eq)]
struct Refused(String);

impl From<String> for Refused {
    fn from(reason: String) -> Self {
        Self(reason)
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "refused: {}", self.0)
    }
}

impl Outer {
    #[audited(operation = "LOAD", details(n), err = %, ok(loaded = ret))]
    fn load(&self, n: u32) -> Result<u32, Refused> {
        let loaded = self.0.load(n)?;
        if loaded == 7 {
            return Err(Refused("seven".to_owned()));
        }
        let each = [loaded, 1].map(|n| n + 1);
        for n in each {
            if n == 6 {
                return Ok(60);
            }
        }
        Ok(loaded)
    }

    #[audited(operation = "FIND")]
    fn find(&self, n: u32) -> Option<u32> {
        let Some(found) = self.0.find(n) else { return None };
        let half = |n: u32| -> Option<u32> {
            let half = n.checked_div(2)?;
            return Some(half);
        };
        match half(found)? {
            0 => return Some(100),
            half => Some(half + self.0.find(n)?),
        }
    }

    #[audited(operation = "STEP")]
    #[timed(operation = "STEP_TIME")]
    fn step(&self, n: u32) -> ControlFlow<u32, u32> {
        let n = self.0.step(n)?;
        return ControlFlow::Continue(n);
    }

    #[audited(operation = "READY", err = %)]
    fn ready(&self, n: u32) -> Poll<Result<u32, Refused>> {
        let Poll::Ready(n) = self.0.ready(n)? else { return Poll::Pending };
        Poll::Ready(Ok(n))
    }

    #[audited(operation = "NEXT")]
    fn next(&self, n: u32) -> Poll<Option<Result<u32, Refused>>> {
        self.0.next(n)?.map(|n| n.map(Ok))
    }

    #[audited(operation = "TOUCH")]
    fn touch(&self, n: u32) {
        if n == 1 {
            return;
        }
        self.0.touch(n);
    }

    #[audited(operation = "COUNT")]
    fn count(&self, n: u32) -> u32 {
        macro_rules! at_most {
            ($most:literal) => {
                if n > $most {
                    return $most;
                }
            };
        }
        at_most!(3);
        if n < self.0.least { 0 } else { self.count(n - 1) + 1 }
    }

    #[audited(operation = "TAKE", err = %)]
    fn take(mut names: Vec<String>, n: usize) -> Result<String, Refused> {
        let taken = take(&mut names, n)?;
        names.clear();
        return Ok(taken);
    }
}

fn take(names: &mut Vec<String>, n: usize) -> Result<String, Refused> {
    if n < names.len() { Ok(names.remove(n)) } else { Err(Refused(n.to_string())) }
}

struct Row(Vec<String>);

impl Index<usize> for Row {
    type Output = str;

    #[audited(operation = "INDEX")]
    fn index(&self, n: usize) -> &str {
        if n == 9 {
            return "nine";
        }
        &self.0[n]
    }
}

fn outcomes(operation: &str) -> Vec<String> {
    let records = log::records(Category::Audit, operation);
    records.iter().map(|record| record["outcome"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_leaves_early_is_recorded_with_what_it_returns() {
    log::start();
    let outer = Outer(Inner { least: 1 });
    assert_eq!(outer.load(0), Err(Refused("none".to_owned())));
    assert_eq!(outer.load(7), Err(Refused("seven".to_owned())));
    assert_eq!(outer.load(5), Ok(60));
    assert_eq!(outer.load(2), Ok(2));
    let records = log::records(Category::Audit, "LOAD");
    assert_eq!(outcomes("LOAD"), ["failure", "failure", "success", "success"]);
    assert_eq!(records[0]["error"]["message"], "refused: none");
    assert_eq!(records[1]["error"]["message"], "refused: seven");
    assert_eq!(records[2]["details"]["loaded"], 60);
    assert_eq!(records[3]["details"]["loaded"], 2);

    assert_eq!([outer.find(0), outer.find(1), outer.find(4)], [None, Some(100), Some(6)]);
    assert_eq!(outcomes("FIND"), ["none", "success", "success"]);

    assert_eq!(outer.step(0), ControlFlow::Break(0));
    assert_eq!(outer.step(1), ControlFlow::Continue(1));
    assert_eq!(outcomes("STEP").len(), 2);
    assert_eq!(log::records(Category::Performance, "STEP_TIME").len(), 2);

    assert_eq!(outer.ready(0), Poll::Ready(Err(Refused("never".to_owned()))));
    assert_eq!([outer.ready(1), outer.ready(2)], [Poll::Pending, Poll::Ready(Ok(2))]);
    assert_eq!(outcomes("READY"), ["failure", "none", "success"]);

    assert_eq!([outer.next(0), outer.next(1)], [Poll::Ready(None), Poll::Pending]);
    assert_eq!(outer.next(2), Poll::Ready(Some(Err(Refused("never".to_owned())))));
    assert_eq!(outer.next(4), Poll::Ready(Some(Ok(2))));
    assert_eq!(outcomes("NEXT").len(), 4);

    let names = || vec!["a".to_owned(), "b".to_owned()];
    assert_eq!(Outer::take(names(), 1), Ok("b".to_owned()));
    assert_eq!(Outer::take(names(), 2), Err(Refused("2".to_owned())));
    assert_eq!(outcomes("TAKE"), ["success", "failure"]);
}

#[test]
fn what_tells_of_no_failure_is_a_success_unless_it_panics() {
    log::start();
    let outer = Outer(Inner { least: 1 });
    outer.touch(1);
    outer.touch(2);
    assert!(catch_unwind(AssertUnwindSafe(|| outer.touch(9))).is_err());
    assert_eq!(outcomes("TOUCH"), ["success", "success", "panicked"]);
    assert_eq!([outer.count(2), outer.count(9)], [2, 3]);
    assert_eq!(outcomes("COUNT"), ["success"; 4]);
    let row = Row(vec!["zero".to_owned()]);
    assert_eq!([&row[0], &row[9]], ["zero", "nine"]);
    assert_eq!(outcomes("INDEX"), ["success", "success"]);
}
