//! Processes that are killed at any instant lose, double and tear nothing that was acknowledged.
//!
//! 50 rounds; `AUDIT_TESTS_ROUNDS` asks for more, `AUDIT_TESTS_SEED` for other ones.

use std::{
    io::Read as _,
    path::Path,
    process::{Child, Stdio},
    thread,
};

use crate::{check, number, process, recover};

/// SplitMix64: the same numbers for the same seed.
struct Seed(u64);

impl Seed {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % limit
    }
}

fn kill(child: &mut Child) {
    child.kill().expect("killed");
    child.wait().expect("waited for");
}

/// Kills a writer once it acknowledged so many calls; how many each thread acknowledged.
fn killed_writer(dir: &Path, threads: u64, acks: u64, rotate: bool, mode: &str) -> Vec<u64> {
    let dir = dir.to_str().expect("UTF-8");
    let mut command = process(&["write", dir, "0", &threads.to_string(), "1000000"], mode);
    command.env("AUDIT_LOG_ROTATE_SIZE", if rotate { "64KiB" } else { "off" });
    let mut child = command.stdout(Stdio::piped()).spawn().expect("started");
    let mut out = child.stdout.take().expect("a pipe");
    let mut told = vec![0; usize::try_from(threads).expect("few")];
    let mut take = |ack: [u8; 16]| {
        let (thread, n) = ack.split_at(8);
        let [thread, n] = [thread, n].map(|it| u64::from_le_bytes(it.try_into().expect("8")));
        let next = &mut told[usize::try_from(thread).expect("few")];
        assert_eq!(*next, n);
        *next = n + 1;
    };
    let mut ack = [0; 16];
    for _ in 0..acks {
        out.read_exact(&mut ack).expect("an acknowledgement");
        take(ack);
    }
    kill(&mut child);
    while out.read_exact(&mut ack).is_ok() {
        take(ack);
    }
    told
}

fn rounds(rounds: u64, mut recovering: impl FnMut(&Path, &mut Seed)) {
    let mut seed = Seed(number("AUDIT_TESTS_SEED", 1));
    let mut acknowledged = 0;
    for round in 0..number("AUDIT_TESTS_ROUNDS", rounds) {
        let dir = tempfile::tempdir().expect("a directory");
        let logs = dir.path().join("logs");
        let (threads, acks) = (1 + seed.below(8), seed.below(1_200));
        let (rotate, mode) = (seed.below(3) == 0, if seed.below(4) == 0 { "auto" } else { "on" });
        let name = format!("round {round}: {threads} threads, {acks} acks, {rotate}, {mode}");
        let told = killed_writer(&logs, threads, acks, rotate, mode);
        acknowledged += told.iter().sum::<u64>();
        recovering(&logs, &mut seed);
        recover(&logs);
        check(&logs, &told, &name);
    }
    assert!(acknowledged > 0);
    println!("{acknowledged} acknowledged records");
}

#[test]
fn nothing_acknowledged_is_lost_doubled_or_torn() {
    rounds(50, |_, _| {});
}

#[test]
fn recoverers_may_be_killed_as_well() {
    rounds(20, |logs, seed| {
        for _ in 0..3 {
            let arguments = ["recover", logs.to_str().expect("UTF-8")];
            let mut child = process(&arguments, "off").spawn().expect("started");
            for _ in 0..seed.below(4_000) {
                thread::yield_now();
            }
            kill(&mut child);
        }
    });
}

#[test]
fn recoverers_may_race() {
    rounds(20, |logs, _| {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| recover(logs));
            }
        });
    });
}
