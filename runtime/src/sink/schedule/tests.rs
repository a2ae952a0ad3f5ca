//! Boundaries by hand, and the rules that hold for every schedule and every clock.

use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    crate::layout::time_of_line(text.as_bytes()).unwrap()
}

fn due(schedule: &Schedule, begun: &str, now: &str) -> bool {
    schedule.is_due(at(begun), at(now), 0)
}

#[test]
fn each_boundary_is_where_people_expect_it() {
    for (every, before, boundary) in [
        (Every::Minute, "2026-01-02T03:04:59.999Z", "2026-01-02T03:05:00Z"),
        (Every::Hour, "2026-01-02T03:59:59.999Z", "2026-01-02T04:00:00Z"),
        (Every::Day, "2026-01-02T23:59:59.999Z", "2026-01-03T00:00:00Z"),
        // A Sunday and a Monday.
        (Every::Week, "2026-01-04T23:59:59.999Z", "2026-01-05T00:00:00Z"),
        (Every::Week, "1969-12-28T23:59:59.999Z", "1969-12-29T00:00:00Z"),
        (
            Every::Interval(Duration::from_hours(6)),
            "2026-01-02T05:59:59.999Z",
            "2026-01-02T06:00:00Z",
        ),
    ] {
        let schedule = Schedule::utc(every);
        assert!(due(&schedule, before, boundary), "{every:?}");
        assert_eq!(schedule.period(at(boundary)), at(boundary), "{every:?}");
        assert!(!schedule.is_due(schedule.period(at(before)), at(before), 0), "{every:?}");
        assert!(!due(&schedule, boundary, before), "{every:?}: the clock went back");
    }
}

#[test]
fn jitter_puts_a_rotation_off_and_never_repeats_it() {
    let day = Schedule { jitter: Duration::from_mins(10), ..Schedule::utc(Every::Day) };
    let begun = at("2026-01-02T12:00:00Z");
    let early = at("2026-01-03T00:04:59Z");
    let late = at("2026-01-03T00:05:01Z");
    let half = u64::MAX / 2;
    assert!(day.is_due(begun, early, 0));
    assert!(!day.is_due(begun, early, half));
    assert!(day.is_due(begun, late, half));
    // Another process with a longer share finds a file of this period.
    assert!(!day.is_due(early, at("2026-01-03T00:10:00Z"), u64::MAX));
    // Never longer than half a period.
    let minute = Schedule { jitter: Duration::from_hours(1), ..Schedule::utc(Every::Minute) };
    assert!(minute.is_due(begun, at("2026-01-02T12:01:30Z"), u64::MAX));
    assert!(!minute.is_due(begun, at("2026-01-02T12:01:29Z"), u64::MAX));
}

#[test]
fn an_interval_of_nothing_is_a_second() {
    let schedule = Schedule::utc(Every::Interval(Duration::ZERO));
    let begun = at("2026-01-02T00:00:00Z");
    assert!(!schedule.is_due(begun, Timestamp(begun.0 + SECOND - 1), 0));
    assert!(due(&schedule, "2026-01-02T00:00:00Z", "2026-01-02T00:00:01Z"));
}

fn every() -> impl Strategy<Value = Every> {
    prop_oneof![
        Just(Every::Minute),
        Just(Every::Hour),
        Just(Every::Day),
        Just(Every::Week),
        (0u64..200_000).prop_map(|seconds| Every::Interval(Duration::from_secs(seconds))),
    ]
}

#[cfg(not(feature = "local-time"))]
fn zone() -> impl Strategy<Value = Zone> {
    Just(Zone::Utc)
}

/// UTC, and zones whose clocks are moved by an hour, by half an hour and at midnight.
#[cfg(feature = "local-time")]
fn zone() -> impl Strategy<Value = Zone> {
    let local = |name| Just(Zone::Local(jiff::tz::TimeZone::posix(name).unwrap()));
    prop_oneof![
        Just(Zone::Utc),
        local("CET-1CEST,M3.5.0,M10.5.0/3"),
        local("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"),
        local("<-04>4<-03>,M9.1.6/24,M4.1.6/24"),
        local("IST-5:30"),
    ]
}

/// From an hour before the earliest to a day after the latest change of a clock above.
fn year() -> std::ops::Range<i64> {
    at("2026-01-01T00:00:00Z").0..at("2027-01-01T00:00:00Z").0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_period_begins_before_its_times_and_is_not_too_long(every in every(), zone in zone(), time in year()) {
        let schedule = Schedule { every, zone, jitter: Duration::ZERO };
        let start = schedule.period(Timestamp(time));
        prop_assert!(start.0 <= time);
        // A local day may have an hour more, an hour half an hour more.
        prop_assert!(time - start.0 < length(every) + HOUR);
    }

    /// A clock that runs, sleeps, and is set back and forth.
    #[test]
    fn a_boundary_passes_once_whatever_the_clock_does(
        every in every(),
        zone in zone(),
        start in year(),
        steps in proptest::collection::vec((-3_000i64..10_000, 0u64..=u64::MAX), 1..200),
        jitter in 0u64..5_000,
    ) {
        let schedule = Schedule { every, zone, jitter: Duration::from_secs(jitter) };
        let mut now = Timestamp(start);
        let mut begun = now;
        let mut passed = vec![schedule.period(now)];
        for (step, spread) in steps {
            now = Timestamp(now.0 + step * SECOND);
            if schedule.is_due(begun, now, spread) {
                prop_assert!(passed.iter().all(|period| *period < schedule.period(now)));
                passed.push(schedule.period(now));
                begun = now;
            }
            prop_assert!(!schedule.is_due(begun, now, 0) || jitter > 0);
        }
    }

    /// Who comes when it is told to finds a file of before due, and comes not too late.
    #[test]
    fn the_next_moment_is_when_a_file_is_due(
        every in every(),
        zone in zone(),
        time in year(),
        jitter in 0u64..5_000,
        spread in 0u64..=u64::MAX,
    ) {
        let schedule = Schedule { every, zone, jitter: Duration::from_secs(jitter) };
        let (now, begun) = (Timestamp(time), Timestamp(time - 1 - 32 * DAY));
        let next = schedule.next(now, spread);
        prop_assert!(next > now);
        prop_assert!(schedule.is_due(schedule.period(begun), next, spread));
        prop_assert!(next.0 - now.0 <= length(every) * 3 / 2 + HOUR);
        prop_assert!(schedule.is_due(now, next, spread) || next.0 == schedule.period(now).0 + schedule.delay(spread));
    }

    /// However long the machine slept, the first look rotates and the second does not.
    #[test]
    fn a_long_sleep_is_one_rotation(every in every(), zone in zone(), begun in year(), days in 8i64..4_000) {
        let schedule = Schedule { every, zone, jitter: Duration::ZERO };
        let now = Timestamp(begun + days * DAY);
        prop_assert!(schedule.is_due(Timestamp(begun), now, 0));
        prop_assert!(!schedule.is_due(now, now, 0));
    }
}

#[cfg(feature = "local-time")]
mod local {
    use super::*;
    use crate::sink::tests::support::skipped;

    fn berlin(every: Every) -> Schedule {
        let zone = jiff::tz::TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        Schedule { every, zone: Zone::Local(zone), jitter: Duration::ZERO }
    }

    #[test]
    fn a_zone_is_found_by_its_name() {
        assert_eq!(Zone::find(&ZoneName::Utc), Some(Zone::Utc));
        assert_eq!(Zone::find(&ZoneName::Named("Europe/Atlantis".into())), None);
        assert!(matches!(Zone::find(&ZoneName::Local), Some(Zone::Local(_))));
        let Some(zone) = Zone::find(&ZoneName::Named("Europe/Berlin".into())) else {
            return skipped("there is no time zone database");
        };
        let day = Schedule { zone, ..Schedule::utc(Every::Day) };
        assert!(due(&day, "2026-06-30T21:59:59Z", "2026-06-30T22:00:00Z"));
    }

    #[test]
    fn midnight_is_that_of_the_zone() {
        let day = berlin(Every::Day);
        assert!(due(&day, "2026-06-30T21:59:59Z", "2026-06-30T22:00:00Z"));
        assert!(!due(&day, "2026-06-30T22:00:00Z", "2026-07-01T00:30:00Z"));
        let week = berlin(Every::Week);
        assert_eq!(week.period(at("2026-03-29T12:00:00Z")), at("2026-03-22T23:00:00Z"));
        assert_eq!(week.period(at("2026-03-30T12:00:00Z")), at("2026-03-29T22:00:00Z"));
    }

    #[test]
    fn the_hour_that_comes_twice_is_two_and_the_one_that_is_left_out_none() {
        let hour = berlin(Every::Hour);
        let rotations = |from: &str, minutes: i64| {
            let start = at(from);
            let mut begun = start;
            let mut times = Vec::new();
            for minute in 0..minutes {
                let now = Timestamp(start.0 + minute * MINUTE);
                if hour.is_due(begun, now, 0) {
                    times.push(now);
                    begun = now;
                }
            }
            times
        };
        let expected = ["00", "01", "02"].map(|hour| at(&format!("2026-10-25T{hour}:00:00Z")));
        assert_eq!(rotations("2026-10-24T23:30:00Z", 180), expected);
        let expected = ["00", "01", "02"].map(|hour| at(&format!("2026-03-29T{hour}:00:00Z")));
        assert_eq!(rotations("2026-03-28T23:30:00Z", 180), expected);
        // One day of 25 hours.
        let day = berlin(Every::Day);
        assert!(!due(&day, "2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z"));
        assert!(due(&day, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"));
    }
}
