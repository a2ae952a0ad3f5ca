//! A counter that only grows: what a caller reads instead of a clock, and what its readings mean.
//!
//! A caller keeps bare readings, which cost it one instruction where the processor's time-stamp
//! counter is read. They become times by an [`Anchor`], taken by whoever writes the line.

use std::time::Duration;

use super::Timestamp;

/// The start of something whose duration is wanted: a reading of the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start(u64);

impl Start {
    /// Now.
    #[inline]
    #[must_use]
    pub fn now() -> Self {
        Self(source::read())
    }

    #[cfg(test)]
    pub(crate) fn of_reading(reading: u64) -> Self {
        Self(reading)
    }

    /// The reading.
    #[inline]
    #[must_use]
    pub fn reading(self) -> u64 {
        self.0
    }

    /// How far the counter has come since then; 0 where it was set back.
    #[inline]
    #[must_use]
    pub fn units(self) -> u64 {
        // A counter that is set back differs by more than it can have counted.
        let units = source::read().wrapping_sub(self.0);
        if units >> 63 == 0 { units } else { 0 }
    }

    /// The monotonic time since then, in nanoseconds.
    #[inline]
    #[must_use]
    pub fn nanos(self) -> u64 {
        nanos(self.units())
    }

    /// The monotonic time since then.
    #[inline]
    #[must_use]
    pub fn elapsed(self) -> Duration {
        Duration::from_nanos(self.nanos())
    }
}

/// The time that the counter takes for so many units, in nanoseconds.
#[inline]
#[must_use]
pub fn nanos(units: u64) -> u64 {
    source::nanos(units)
}

/// A reading of the counter at a known time, and how fast it counts.
///
/// Whoever has the one that belongs to them can tell the times of readings, in any process. It is
/// as exact as the counter's rate is known, times how far from it a reading is; so it is taken anew
/// often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The reading.
    pub reading: u64,
    /// The time it was read.
    pub time: Timestamp,
    /// How many nanoseconds it takes for 2^32 units.
    pub rate: u64,
}

/// A wall clock that was read within so many nanoseconds was read at once.
const AT_ONCE: u64 = 1_000;
/// So often it is tried to read both at once.
const ATTEMPTS: usize = 4;

impl Anchor {
    /// That of readings which are times already, in nanoseconds.
    pub const OF_TIMES: Self = Self { reading: 0, time: Timestamp(0), rate: 1 << 32 };

    /// The counter and the wall clock as they are now.
    #[must_use]
    pub fn now() -> Self {
        let rate = source::nanos(1 << 32);
        let mut best = Self::read(rate);
        for _ in 1..ATTEMPTS {
            if best.1 <= AT_ONCE {
                break;
            }
            let next = Self::read(rate);
            if next.1 < best.1 {
                best = next;
            }
        }
        best.0
    }

    /// An anchor, and how many nanoseconds it may be wrong.
    fn read(rate: u64) -> (Self, u64) {
        let before = Start::now();
        let time = Timestamp::now();
        let units = before.units();
        let reading = before.reading().wrapping_add(units / 2);
        (Self { reading, time, rate }, nanos(units))
    }

    /// The time of a reading; saturates at the ends of the representable range.
    #[must_use]
    pub fn time_of(&self, reading: u64) -> Timestamp {
        let units = reading.wrapping_sub(self.reading).cast_signed();
        let nanos = (i128::from(units) * i128::from(self.rate)) >> 32;
        let time = nanos + i128::from(self.time.0);
        let least = if time < 0 { i64::MIN } else { i64::MAX };
        Timestamp(i64::try_from(time).unwrap_or(least))
    }

    /// The time that so many units take.
    #[must_use]
    pub fn duration_of(&self, units: u64) -> Duration {
        let nanos = (u128::from(units) * u128::from(self.rate)) >> 32;
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

#[cfg(not(feature = "tsc"))]
mod source {
    //! The system's monotonic clock, in nanoseconds.

    use rustix::time::{ClockId, clock_gettime};

    #[inline]
    pub(super) fn read() -> u64 {
        let now = clock_gettime(ClockId::Monotonic);
        // That clock never shows less than 0.
        let [seconds, nanos] = [now.tv_sec, now.tv_nsec].map(i64::cast_unsigned);
        seconds.wrapping_mul(1_000_000_000).wrapping_add(nanos)
    }

    #[inline]
    pub(super) fn nanos(units: u64) -> u64 {
        units
    }
}

#[cfg(feature = "tsc")]
mod source {
    //! The time-stamp counter; the system's clock where that counter is not to be trusted.

    use std::sync::LazyLock;

    use quanta::Clock;

    /// Calibrated at the first reading.
    static CLOCK: LazyLock<Clock> = LazyLock::new(Clock::new);

    #[inline]
    pub(super) fn read() -> u64 {
        CLOCK.raw()
    }

    #[inline]
    pub(super) fn nanos(units: u64) -> u64 {
        CLOCK.delta_as_nanos(0, units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_has_the_time_that_the_anchor_gives_it() {
        // Two nanoseconds a unit.
        let anchor = Anchor { reading: 1_000, time: Timestamp(5_000), rate: 2 << 32 };
        for (reading, time) in [(1_000, 5_000), (1_500, 6_000), (400, 3_800), (0, 3_000)] {
            assert_eq!(anchor.time_of(reading), Timestamp(time), "{reading}");
        }
        assert_eq!(anchor.duration_of(7), Duration::from_nanos(14));
        // A counter that went over its end in between.
        let anchor = Anchor { reading: u64::MAX - 4, ..anchor };
        assert_eq!(anchor.time_of(5), Timestamp(5_020));
    }

    #[test]
    fn no_anchor_is_too_odd() {
        for rate in [0, 1, u64::MAX] {
            for (reading, time) in [(0, i64::MIN), (u64::MAX, i64::MAX), (1 << 63, 0)] {
                let anchor = Anchor { reading, time: Timestamp(time), rate };
                for reading in [0, 1, 1 << 62, 1 << 63, u64::MAX] {
                    let _ = (anchor.time_of(reading), anchor.duration_of(reading));
                }
            }
        }
        let far = Anchor { reading: 0, time: Timestamp(i64::MAX), rate: u64::MAX };
        assert_eq!(far.time_of(1 << 40), Timestamp(i64::MAX));
        let far = Anchor { time: Timestamp(i64::MIN), ..far };
        assert_eq!(far.time_of(u64::MAX - 5), Timestamp(i64::MIN));
        assert_eq!(far.duration_of(u64::MAX), Duration::from_nanos(u64::MAX));
    }

    #[test]
    fn times_are_their_own_readings() {
        assert_eq!(Anchor::OF_TIMES.time_of(17), Timestamp(17));
        assert_eq!(Anchor::OF_TIMES.time_of((-17_i64).cast_unsigned()), Timestamp(-17));
        assert_eq!(Anchor::OF_TIMES.duration_of(17), Duration::from_nanos(17));
    }

    #[test]
    fn what_lies_between_two_readings_is_as_long_as_by_the_systems_clock() {
        let first = Anchor::now();
        let around = std::time::Instant::now();
        let start = Start::now();
        let within = std::time::Instant::now();
        while within.elapsed() < Duration::from_millis(5) {}
        let inner = within.elapsed();
        let units = start.units();
        let outer = around.elapsed();
        let second = Anchor::now();
        // The rate is known to a thousandth at least; what came in between is in `outer`.
        let took = first.duration_of(units);
        assert!(took + inner / 1_000 >= inner, "{took:?} of {inner:?}");
        assert!(took <= outer + outer / 1_000, "{took:?} of {outer:?}");
        assert_eq!(took, Duration::from_nanos(nanos(units)));
        // The earlier anchor tells the time of the later one.
        let told = first.time_of(second.reading);
        assert!(first.time < told, "{told} is not after {}", first.time);
    }

    #[test]
    fn a_counter_that_was_set_back_has_counted_nothing() {
        let later = Start(Start::now().reading().wrapping_add(1 << 60));
        assert_eq!((later.units(), later.nanos()), (0, 0));
    }
}
