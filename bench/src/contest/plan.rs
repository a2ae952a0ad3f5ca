//! The benches, and how much of each.

/// What a bench does; the modules of `child` say how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Burst,
    Paced,
    Sustained,
    /// The same into a file that is rotated, beside one that is not.
    Rotating,
    Size,
    Fields,
    Growth,
    Exit,
    Kill,
    Memory,
    Start,
    Synced,
    Pipelined,
    Timed,
    Disabled,
    /// No bench: what the next process does after one that died.
    Recover,
}

impl Kind {
    pub(crate) const ALL: [Self; 16] = [
        Self::Burst,
        Self::Paced,
        Self::Sustained,
        Self::Rotating,
        Self::Size,
        Self::Fields,
        Self::Growth,
        Self::Exit,
        Self::Kill,
        Self::Memory,
        Self::Start,
        Self::Synced,
        Self::Pipelined,
        Self::Timed,
        Self::Disabled,
        Self::Recover,
    ];

    /// As a word of a command.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Burst => "burst",
            Self::Paced => "paced",
            Self::Sustained => "sustained",
            Self::Rotating => "rotating",
            Self::Size => "size",
            Self::Fields => "fields",
            Self::Growth => "growth",
            Self::Exit => "exit",
            Self::Kill => "kill",
            Self::Memory => "memory",
            Self::Start => "start",
            Self::Synced => "synced",
            Self::Pipelined => "pipelined",
            Self::Timed => "timed",
            Self::Disabled => "disabled",
            Self::Recover => "recover",
        }
    }
}

/// Records that are waited for once.
pub(crate) const PIPELINED: &str = "synced, pipelined";

/// One bench.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bench {
    /// As the rows call it.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) threads: usize,
    /// Records of all threads, or calls.
    pub(crate) records: u64,
    /// Bytes of the note, or number of fields.
    pub(crate) size: usize,
    /// How often it is run in a round.
    pub(crate) times: usize,
}

/// How much is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Each bench, with few records.
    Quick,
    Full,
}

impl Scope {
    pub(super) fn rounds(self) -> usize {
        if self == Self::Quick { 1 } else { 5 }
    }
}

/// All benches of a round, in their order.
pub(super) fn benches(scope: Scope) -> Vec<Bench> {
    let quick = scope == Scope::Quick;
    let some = |full: u64, few: u64| if quick { few } else { full };
    let bench =
        |name, kind, threads, records| Bench { name, kind, threads, records, size: 8, times: 1 };
    let often = |bench| Bench { times: if quick { 1 } else { 3 }, ..bench };
    let mut benches = Vec::new();
    for threads in [1, 2] {
        benches.push(bench("burst", Kind::Burst, threads, some(10_000, 2_000)));
        benches.push(bench("paced", Kind::Paced, threads, some(10_000, 2_000)));
        benches.push(bench("sustained", Kind::Sustained, threads, some(40_000, 3_000)));
    }
    benches.push(often(bench("rotating", Kind::Rotating, 1, some(60_000, 3_000))));
    for (name, size) in [("note of 16 B", 16), ("note of 256 B", 256), ("note of 4 KiB", 4096)] {
        let records = some(2_000, 500);
        benches.push(Bench { size, ..bench(name, Kind::Size, 1, records) });
    }
    for (name, size) in [("1 field", 1), ("8 fields", 8), ("16 fields", 16)] {
        let records = some(4_000, 500);
        benches.push(Bench { size, ..bench(name, Kind::Fields, 1, records) });
    }
    let threads: &[usize] = if quick { &[1, 8] } else { &[1, 4, 16, 64] };
    for threads in threads {
        benches.push(bench("growth", Kind::Growth, *threads, some(3_200, 800)));
    }
    benches.push(bench("loss on exit", Kind::Exit, 1, some(20_000, 2_000)));
    benches.push(often(bench("loss on SIGKILL", Kind::Kill, 1, some(10_000, 1_000))));
    benches.push(bench("memory", Kind::Memory, 1, some(20_000, 1_000)));
    benches.push(often(bench("start", Kind::Start, 1, 1)));
    benches.push(bench("synced", Kind::Synced, 1, some(100, 10)));
    benches.push(bench("synced", Kind::Synced, 128, some(12_800, 128)));
    benches.push(bench(PIPELINED, Kind::Pipelined, 1, some(100_000, 1_000)));
    for threads in [1, 2] {
        benches.push(bench("timed", Kind::Timed, threads, some(500_000, 50_000)));
    }
    benches.push(bench("disabled", Kind::Disabled, 1, some(10_000_000, 200_000)));
    benches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bench_is_told_from_another_by_name_and_threads() {
        for scope in [Scope::Quick, Scope::Full] {
            let mut names: Vec<_> =
                benches(scope).iter().map(|bench| (bench.name, bench.threads)).collect();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all);
        }
    }

    #[test]
    fn a_word_names_one_kind() {
        let mut words = Kind::ALL.map(Kind::word).to_vec();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Kind::ALL.len());
    }
}
