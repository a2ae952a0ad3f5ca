//! What the lints say of functions that call themselves, and leave early.

#![warn(unused, unused_results)]
#![allow(dead_code)]

use std::ops::{Add, ControlFlow, Deref, Index, Neg};

#[watched]
fn returned(n: u32) -> u32 {
    return returned(n);
}

#[watched]
fn tried(n: u32) -> Result<u32, String> {
    let n = tried(n)?;
    Ok(n)
}

#[watched]
fn tried_at_once(n: u32) -> Result<u32, String> {
    Ok(tried_at_once(n)?.checked_add(1).unwrap_or(n))
}

#[watched]
fn turbofish<T: Copy>(n: T) -> Option<T> {
    let more = turbofish::<T>(n)?;
    Some(more)
}

#[watched]
fn arms(n: u32) -> u32 {
    let mut m = 1;
    m = n;
    match m {
        0 => return arms(1),
        1 => panic!("one"),
        _ if arms(2) == 0 => 1,
        _ => arms(m),
    }
}

#[watched]
fn branches(mut n: u32) -> u32 {
    n = 1;
    if n == 0 {
        return branches(1);
    }
    loop {
        if branches(n) == 1 {
            break;
        }
    }
    n
}

#[watched]
fn one_path(n: u32) -> u32 {
    if n == 0 {
        return 0;
    }
    one_path(n - 1)
}

#[watched]
fn unreachable_behind(n: u32) -> u32 {
    return unreachable_behind(n);
    1
}

#[watched]
fn unit(n: u32) {
    if n == 0 {
        return;
    }
    unit(n);
}

#[watched]
fn unit_macro(n: u32) {
    anything!(n);
    unit_macro(n)
}

#[watched]
fn number_macro(n: u32) -> u32 {
    anything!(n);
    return number_macro(n);
}

#[watched]
fn in_one_line(n: u32) -> Option<u32> { in_one_line(n) }

#[watched]
fn in_one_line_left(n: u32) -> Option<u32> { return in_one_line_left(n); }

#[watched]
fn parentheses(n: u32) -> Option<u32> { (parentheses(n)) }

#[watched]
fn unreachable_end(n: u32) -> Option<u32> {
    return unreachable_end(n);
    None
}

#[watched]
fn unreachable_in_the_middle(n: u32) -> Option<u32> {
    panic!("{n}");
    unreachable_in_the_middle(n)
}

#[watched]
fn panics(n: u32) -> Option<u32> {
    panic!("{:?}", panics(n));
}

#[watched]
fn ends(n: u32) -> Option<u32> {
    std::process::exit(ends(n).map_or(0, |_| 1))
}

#[watched]
fn many_lints(mut n: u32, other: u32, mut text: String) -> Option<u32> {
    n = 1;
    let unused = 1;
    let mut m = n;
    m = 2;
    let mut never_changed = many_lints(m, 1, String::new())?;
    "1".parse::<u32>();
    let text = (text);
    if (never_changed > 1) { return None; }
    return Some(never_changed);
}

#[watched]
fn logged(n: u32) -> u32 {
    println!("{n}");
    return logged(n);
}

#[watched]
fn without_value(n: u32) -> Option<u32> {
    let Some(m) = without_value(n) else {
        return None;
    };
    if let Some(n) = Some(m) {
        "1".parse::<u32>();
    }
    Some(m)
}

#[watched]
fn flow(n: u32, unused: u32) -> ControlFlow<u32, u32> {
    let mut never_changed = flow(n, 1)?;
    ControlFlow::Continue(never_changed)
}

macro_rules! anything {
    ($n:ident) => {
        let _ = $n;
    };
}
use anything;

struct Thing(u32);

trait Turn {
    fn turn(&self, n: u32) -> Result<u32, String>;

    #[watched]
    fn again(&self, n: u32) -> Result<u32, String> {
        return self.again(n);
    }
}

impl Thing {
    #[watched]
    fn turn(&self, n: u32) -> Result<u32, String> {
        let n = self.turn(n)?;
        Ok(n)
    }

    #[watched]
    fn with(mut self, n: u32) -> Thing {
        self.0 = n;
        return self.with(n);
    }

    #[watched]
    fn of_its_type(n: u32) -> Option<u32> {
        let Some(m) = Self::of_its_type(n) else { return None };
        Some(m)
    }
}

fn parse(text: &str) -> Option<u32> {
    text.parse().ok()
}

/// Each hands on to another function of its name.
impl Turn for Box<dyn Turn> {
    #[watched]
    fn turn(&self, n: u32) -> Result<u32, String> {
        let n = (**self).turn(n)?;
        return Ok(n);
    }
}

impl Thing {
    #[watched]
    fn parse(text: &str) -> Option<Thing> {
        let n = parse(text)?;
        return Some(Thing(n));
    }
}

impl Add for Thing {
    type Output = Thing;

    #[watched]
    fn add(self, other: Thing) -> Thing {
        self + other
    }
}

impl Neg for Thing {
    type Output = Thing;

    #[watched]
    fn neg(self) -> Thing {
        return -self;
    }
}

impl Index<u32> for Thing {
    type Output = u32;

    #[watched]
    fn index(&self, n: u32) -> &u32 {
        let found = &self[n];
        found
    }
}

impl PartialEq for Thing {
    #[watched]
    fn eq(&self, other: &Thing) -> bool {
        self == other
    }
}

impl Deref for Thing {
    type Target = u32;

    #[watched]
    fn deref(&self) -> &u32 {
        &**self
    }
}

struct Dropped(u32);

impl Drop for Dropped {
    #[watched]
    fn drop(&mut self) {
        let _again = Dropped(1);
    }
}

struct DroppedEarly(u32);

impl Drop for DroppedEarly {
    #[watched]
    fn drop(&mut self) {
        let _again = DroppedEarly(1);
        if self.0 == 1 {
            return;
        }
    }
}

struct Text;

impl std::fmt::Display for Text {
    #[watched]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.to_string())
    }
}

impl Default for Text {
    #[watched]
    fn default() -> Self {
        Self::default()
    }
}

fn main() {}
