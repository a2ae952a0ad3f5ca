//! Retention and compression.

use std::{
    fs::{self, File},
    io::Read,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use flate2::read::GzDecoder;

use super::Scenario;
use crate::comparison::{
    outcome::{Grade, Stop},
    scene::{Act, Lines, Scene, field, lines},
};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        number: "12",
        title: "retention meets neighbours",
        how: "Programs with the names `app.audit`, `app_error` and `app-x` log into the same directory on five days \
              (the clock is that of `faketime`) and keep everything; then `app` does so with two archives kept. Lost \
              are lines of the neighbours.",
        act: neighbours,
    },
    Scenario {
        number: "13",
        title: "the file system has other times",
        how: "Archives are made, their times of modification are reversed as by a copy, and a second process keeps \
              three. Lost are lines younger than one that stays.",
        act: times,
    },
    Scenario {
        number: "14",
        title: "nothing is rotated for long",
        how: "A process leaves about ten archives; a second one, with three kept, writes one line and lives for 2 s. \
              Bad where more than three archives stay.",
        act: short_runs,
    },
    Scenario {
        number: "15",
        title: "one archive cannot be deleted",
        how: "The oldest of about ten archives is replaced by a directory that is not empty; a second process keeps \
              three and rotates on. Bad where more than five archives stay.",
        act: undeletable,
    },
    Scenario {
        number: "16",
        title: "a total size is misread",
        how: "400 lines with rotation at 5 kB and compression, and at most 20 kB of archives kept; then 400 more by a \
              second process. Bad where archives have more bytes as they are stored, or less than half of it.",
        act: total,
    },
    Scenario {
        number: "17",
        title: "killed while compressing",
        how: "Ten times (three with `--quick`) a program is killed as soon as a compressed archive begins to appear; \
              then one runs to its end. Files are of 2 MB.",
        act: killed,
    },
    Scenario {
        number: "18",
        title: "an archive and its compressed copy are both there",
        how: "As after a kill between the two steps, an archive stands beside its compressed copy; a second process \
              rotates on. Lines that stay twice are doubled.",
        act: pair,
    },
    Scenario {
        number: "19",
        title: "compression holds up the program",
        how: "Three files of 8 MB are written with and without compression; the longest call of each. Bad where it \
              is more than 50 ms and more than five times that without.",
        act: held_up,
    },
];

fn neighbours(scene: &mut Scene) -> Act {
    let rotation = if scene.sizes_rotate() { "rotate=3000" } else { "daily=1" };
    let day = |day: u64| {
        ["faketime", "-f", &format!("@2026-11-{:02} 10:00:00", 10 + day)]
            .map(str::to_owned)
            .to_vec()
    };
    scene.tool(&["faketime", "--version"])?;
    for number in 0..5 {
        scene.how.wrapper = day(number);
        for (name, writer) in [("app.audit", "audit"), ("app_error", "error"), ("app-x", "x")] {
            scene
                .run(&format!("name={name} {rotation} keep=90"), lines(writer, number * 20, 20))?;
        }
    }
    for number in 5..9 {
        scene.how.wrapper = day(number);
        scene.run(&format!("name=app {rotation} keep=2"), lines("app", number * 20, 20))?;
        scene.quiet();
    }
    // Of its own lines only the youngest stay.
    scene.forget_writer("app");
    Ok(())
}

/// About ten archives.
fn archives(scene: &mut Scene) -> Act {
    scene.retention = true;
    if scene.sizes_rotate() {
        scene.run("rotate=3000 keep=90", lines("a", 0, 120))?;
    } else {
        scene.tool(&["faketime", "--version"])?;
        for day in 10..21 {
            let words =
                ["faketime".to_owned(), "-f".to_owned(), format!("@2026-10-{day} 10:00:00")];
            scene.how.wrapper = words.into();
            scene.run("daily=1 keep=90", lines("a", (day - 10) * 12, 12))?;
        }
        scene.how.wrapper.clear();
    }
    scene.quiet();
    Ok(())
}

/// Settings of the second process.
fn three(scene: &Scene) -> &'static str {
    if scene.sizes_rotate() { "rotate=3000 keep=3" } else { "daily=1 keep=3" }
}

fn times(scene: &mut Scene) -> Act {
    archives(scene)?;
    let mut files: Vec<PathBuf> = scene.names().iter().map(|name| scene.logs(name)).collect();
    files.sort_by_key(|path| fs::metadata(path).and_then(|data| data.modified()).ok());
    let active = scene.active()?;
    let base = SystemTime::now() - Duration::from_secs(3600);
    for (at, path) in files.iter().rev().enumerate().filter(|(_, path)| **path != active) {
        let time = base + Duration::from_secs(at as u64);
        File::options().append(true).open(path)?.set_modified(time)?;
    }
    scene.run(three(scene), lines("a", 132, 60))?;
    scene.quiet();
    Ok(())
}

fn short_runs(scene: &mut Scene) -> Act {
    archives(scene)?;
    scene.start(three(scene))?;
    scene.write(lines("a", 132, 1))?;
    scene.until(Duration::from_secs(2), |scene| scene.names().len() <= 4);
    scene.end()?;
    left(scene, 4)
}

fn left(scene: &mut Scene, most: usize) -> Act {
    let names = scene.names();
    let files = names.iter().filter(|name| scene.logs(name).is_file()).count();
    if files > most {
        scene.outcome.finding(format!("{} archives stay", files - 1), Grade::Bad);
    }
    Ok(())
}

fn undeletable(scene: &mut Scene) -> Act {
    archives(scene)?;
    let oldest = scene
        .names()
        .into_iter()
        .map(|name| scene.logs(&name))
        .find(|path| fs::read_to_string(path).is_ok_and(|text| text.contains("#a-0000000:")));
    let Some(oldest) = oldest else {
        return Err(Stop::NotApplicable("nothing was rotated".into()));
    };
    fs::remove_file(&oldest)?;
    fs::create_dir_all(oldest.join("inside"))?;
    scene.run(three(scene), lines("a", 132, 120))?;
    scene.quiet();
    left(scene, 6)
}

fn total(scene: &mut Scene) -> Act {
    const MOST: u64 = 20_000;
    if !scene.bounds_bytes() {
        return Err(Stop::NotApplicable("keeps by number or age alone".into()));
    }
    scene.retention = true;
    for (from, compress) in [(0, "compress=1"), (400, "")] {
        let settings = format!("rotate=5000 keep_bytes={MOST} {compress}");
        scene.run(&settings, lines("a", from, 400))?;
        scene.quiet();
    }
    let active = scene.active()?;
    let files = scene.names().into_iter().map(|name| scene.logs(&name));
    let archives = files.filter(|path| path.is_file() && *path != active);
    let bytes: u64 = archives.map(|path| fs::metadata(path).map_or(0, |data| data.len())).sum();
    let grade = if (MOST / 2..=MOST).contains(&bytes) { Grade::Good } else { Grade::Bad };
    scene.outcome.finding(format!("{bytes} bytes"), grade);
    Ok(())
}

fn killed(scene: &mut Scene) -> Act {
    let settings = "rotate=2000000 compress=1";
    let rounds = if scene.quick { 3 } else { 10 };
    let mut number = 0;
    let mut caught = 0;
    for _ in 0..rounds {
        scene.start(settings)?;
        let most = Lines { size: 3000, ..lines("a", number, 590) };
        scene.write(most)?;
        let known = scene.compressed();
        let few = Lines { size: 3000, ..lines("a", number + 590, 110) };
        let order = scene.plan("write", few);
        scene.last()?.send(&order)?;
        let seen = scene.until(Duration::from_secs(2), |scene| {
            scene.compressed().iter().any(|name| !known.contains(name))
        });
        caught += u64::from(seen);
        scene.last()?.kill();
        scene.programs.clear();
        number += 700;
    }
    if caught == 0 {
        return Err(Stop::NotApplicable("no compression was seen".into()));
    }
    scene.start(settings)?;
    let rest = Lines { size: 3000, ..lines("a", number, 1300) };
    scene.write(rest)?;
    scene.quiet();
    scene.end()
}

fn pair(scene: &mut Scene) -> Act {
    let settings = "rotate=10000 compress=1";
    scene.start(settings)?;
    scene.write(lines("a", 0, 200))?;
    scene.quiet();
    scene.end()?;
    let found = scene.names().into_iter().find(|name| name.ends_with(".gz"));
    let Some(name) = found else {
        return Err(Stop::NotApplicable("nothing was compressed".into()));
    };
    let mut text = Vec::new();
    GzDecoder::new(File::open(scene.logs(&name))?).read_to_end(&mut text)?;
    fs::write(scene.logs(name.trim_end_matches(".gz")), text)?;
    scene.start(settings)?;
    scene.write(lines("a", 200, 200))?;
    scene.quiet();
    scene.end()
}

fn held_up(scene: &mut Scene) -> Act {
    let mut longest = Vec::new();
    for (writer, settings) in [("a", "rotate=8000000"), ("b", "rotate=8000000 compress=1")] {
        scene.start(&format!("name={writer} {settings}"))?;
        let what = Lines { size: 3000, ..lines(writer, 0, 8000) };
        let answer = scene.write(what)?;
        longest.push(field(&answer, "longest").parse::<u64>().unwrap_or(0));
        scene.quiet();
        scene.end()?;
    }
    let [without, with] = longest[..] else { return Ok(()) };
    let bad = with > 50_000 && with > 5 * without;
    let grade = if bad { Grade::Bad } else { Grade::Good };
    scene.outcome.finding(format!("longest call {} ms", with.div_ceil(1000)), grade);
    Ok(())
}
