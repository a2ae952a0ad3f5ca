//! A program to which no lint objects.
#![deny(warnings, clippy::all, clippy::pedantic, unused, missing_docs, unreachable_pub)]
#![deny(rust_2018_idioms, unused_qualifications, unused_results, single_use_lifetimes)]
#![forbid(unsafe_code)]

use std::fmt::{self, Display};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

/// Why something was refused.
#[derive(Debug)]
struct Refused;

impl Display for Refused {
    #[watched]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

/// A list of numbers.
#[derive(Default)]
struct List {
    numbers: Vec<u32>,
}

impl List {
    #[watched]
    fn add(&mut self, number: u32) -> Result<usize, Refused> {
        if number == 0 {
            return Err(Refused);
        }
        self.numbers.push(number);
        Ok(self.numbers.len())
    }

    #[watched]
    fn first_mut(&mut self) -> Option<&mut u32> {
        self.numbers.first_mut()
    }

    #[watched]
    fn above(&self, least: u32) -> impl Iterator<Item = u32> {
        self.numbers.iter().copied().filter(move |number| *number >= least)
    }

    #[watched]
    #[must_use]
    fn into_numbers(self) -> Vec<u32> {
        self.numbers
    }
}

#[watched]
fn longest<'a>(a: &'a str, b: &'a str) -> &'a str {
    if a.len() > b.len() { a } else { b }
}

#[watched]
fn shared<T: Display + ?Sized>(value: &Rc<T>) -> String {
    /// In front of what.
    const FRONT: &str = "=";
    format!("{FRONT}{value}")
}

#[watched]
async fn read(text: &str) -> Result<u32, std::num::ParseIntError> {
    let number = pause(text.len()).await;
    text.parse::<u32>().map(|parsed| parsed + u32::try_from(number).unwrap_or(0))
}

#[watched]
async fn pause<T>(value: T) -> T {
    std::future::ready(value).await
}

#[watched]
fn later(number: u32) -> Pin<Box<dyn Future<Output = u32> + Send>> {
    let next = number + 1;
    Box::pin(async move { pause(next).await })
}

#[watched]
fn main() {
    let mut list = List::default();
    if let Ok(count) = list.add(1) {
        println!("{count} {Refused}");
    }
    if let Some(first) = list.first_mut() {
        *first += 1;
    }
    let above = list.above(1).count();
    println!("{above} {:?} {}", list.into_numbers(), longest("a", "b"));
    println!("{}", shared(&Rc::new('c')));
    drop((read("1"), later(1)));
}
