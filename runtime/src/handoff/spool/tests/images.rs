//! Files of spools changed at random, by the same functions that the fuzzer calls with what it finds
//! out. `AUDIT_TESTS_ROUNDS` asks for more of them, `AUDIT_TESTS_SEED` for other ones.

use std::fs;

use super::{super::*, support::*};
use crate::{drain::Route, record::Category};

/// A number from the environment.
fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// SplitMix64: the same numbers for the same seed.
struct Seed(u64);

impl Seed {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("small")
    }

    /// A place where something stands.
    fn place(&mut self) -> usize {
        let places = [
            (0, plan::HEADER),
            (plan::intent(Category::System).0, 160),
            (plan::positions(0).0, 1024),
            (plan::ABOUT.start, 256),
            (plan::SITES.start, 300),
            (plan::segment(0), 2048),
            (plan::segment(1), 4096),
        ];
        let (start, length) = places[self.below(places.len())];
        start + self.below(length)
    }

    /// A number that is likely to hit a border.
    fn word(&mut self) -> u64 {
        let words = [0, 1, 7, 8, 24, 1 << 16, 1 << 17, 1 << 31, u64::from(u32::MAX), u64::MAX];
        match self.below(3) {
            0 => self.next(),
            1 => words[self.below(words.len())],
            _ => u64::try_from(self.below(4096)).expect("small") & !7,
        }
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            let at = self.place();
            let Some(rest) = bytes.get_mut(at..) else { continue };
            match self.below(6) {
                0 => rest[0] ^= 1 << self.below(8),
                1 => rest[0] = self.next().to_le_bytes()[0],
                2 | 3 => {
                    let word = self.word().to_le_bytes();
                    for (byte, new) in rest.iter_mut().zip(word) {
                        *byte = new;
                    }
                }
                4 => {
                    let (to, from) = (self.place(), at.min(bytes.len() - 64));
                    let part = bytes[from..from + 64].to_vec();
                    if let Some(place) = bytes.get_mut(to..to + 64) {
                        place.copy_from_slice(&part);
                    }
                }
                _ => bytes.truncate(at),
            }
        }
    }
}

fn many(spool: &'static Spool) {
    let both = Route(AUDIT.0 | 1 << Category::Error as u8);
    for n in 0..20 {
        let mut frame = crate::frame::Frame::new(&SITE, crate::clock::Timestamp(n));
        frame.set_outcome(crate::record::Outcome::Failure);
        let route = if n % 3 == 0 { both } else { AUDIT };
        assert_eq!(spool.push(&SITE, frame.bytes(), route), Pushed::Taken);
        assert_eq!(spool.push_shared(&SITE, frame.bytes(), route), Pushed::Taken);
    }
}

/// Fault 12: what is read of them ends, and stays within them.
#[test]
fn any_image_of_a_spool_is_read_to_an_end() {
    let (_logs, path) = left_with(many);
    let whole = fs::read(path).unwrap();
    let mut seed = Seed(number("AUDIT_TESTS_SEED", 1));
    for _ in 0..number("AUDIT_TESTS_ROUNDS", 300) {
        let mut bytes = whole.clone();
        seed.change(&mut bytes);
        fuzz::file(&bytes);
        fuzz::mend(&mut bytes);
        fuzz::file(&bytes);
        fuzz::parts(&bytes);
        fuzz::records(bytes.get(plan::segment(1)..).unwrap_or_default());
    }
}

/// Fault 12: each record is written at most once, each line is whole, and the file is gone, aside or
/// as it was.
#[test]
fn any_image_of_a_spool_is_recovered_or_put_aside() {
    let (_logs, path) = left_with(many);
    let whole = fs::read(path).unwrap();
    let mut seed = Seed(number("AUDIT_TESTS_SEED", 2));
    let (mut recovered_whole, mut aside) = (0, 0);
    for round in 0..number("AUDIT_TESTS_ROUNDS", 300) {
        let mut bytes = whole.clone();
        seed.change(&mut bytes);
        let logs = tempfile::tempdir().unwrap();
        let dir = logs.path().join(plan::DIR);
        fs::create_dir(&dir).unwrap();
        let path = dir.join(&plan::names(0xab)[0]);
        fs::write(&path, &bytes).unwrap();
        let recovery = recovered(logs.path());
        recovered_whole += recovery.spools;
        aside += recovery.damaged.len();
        let others = recovery.damaged.len() + recovery.left.len();
        assert_eq!(others, usize::from(recovery.spools == 0), "{round}: {recovery:?}");
        assert_eq!(path.exists(), !recovery.left.is_empty(), "{round}");
        let text = fs::read_to_string(logs.path().join("audit.log")).unwrap_or_default();
        let mut known = std::collections::BTreeSet::new();
        for line in text.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let lost = line["event"] == "dropped";
            let ticket = (lost, line["stream"].as_u64(), line["n"].as_u64());
            assert!(known.insert(ticket), "{round}: twice {line}");
        }
        assert!(text.is_empty() || text.ends_with('\n'), "{round}");
    }
    assert!(recovered_whole > 0 && aside > 0, "{recovered_whole} whole, {aside} aside");
}
