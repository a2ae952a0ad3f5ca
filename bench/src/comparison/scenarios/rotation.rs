//! Rotation that fails, or meets others.

use std::fs;

use super::{Scenario, shell, tailer::Tailer};
use crate::comparison::{
    outcome::{Grade, Stop},
    scene::{Act, Lines, Scene, lines},
};

/// A file takes twenty to fifty lines.
const ROTATE: &str = "rotate=5000";

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        number: "3",
        title: "the archive's name is taken",
        how: "A directory, not empty, stands where the first archive would go; 200 lines are written with rotation \
              at 5 kB. The name is learned from a run elsewhere; one that holds the time cannot be taken in advance.",
        act: taken,
    },
    Scenario {
        number: "4",
        title: "strange names in the directory",
        how: "Beside the file stand directories, dangling links and files whose names almost are those of archives; \
              200 lines are written with rotation at 5 kB, two archives kept, by two processes one after the other.",
        act: strange,
    },
    Scenario {
        number: "5a",
        title: "the next file cannot be opened",
        how: "While the process has no descriptor left (`ulimit -n 64`), 200 lines are written across rotations; then \
              all are given back and 200 more are written.",
        act: descriptors,
    },
    Scenario {
        number: "5b",
        title: "the directory may no longer be written",
        how: "As another user than root; the directory is made read-only after 10 lines, 200 are written across \
              rotations, it is made writable, 200 more are written.",
        act: locked_out,
    },
    Scenario {
        number: "20",
        title: "archives of the same moment, counters that start anew",
        how: "800 lines with rotation at 2 kB, as fast as they go, in four processes one after the other; \
              everything is kept.",
        act: moments,
    },
    Scenario {
        number: "22",
        title: "restarts ignore the size of the file",
        how: "20 processes one after the other write 12 lines each, with rotation at 5 kB. Bad where a file is larger \
              than 9 kB.",
        act: restarts,
    },
    Scenario {
        number: "23",
        title: "several processes rotate one file",
        how: "4 processes of 2 threads write 2,000 lines each at once, with rotation at 20 kB.",
        act: processes,
    },
    Scenario {
        number: "35",
        title: "a log shipper loses or doubles lines",
        how: "A model of a shipper that follows inodes reads `*.log` after every 10 lines through 20 rotations, \
              compressed where the peer can; it has to read each line once, in order.",
        act: shipped,
    },
];

fn taken(scene: &mut Scene) -> Act {
    scene.run(&format!("{ROTATE} keep=5"), lines("a", 0, 60))?;
    let first = |name: &String| {
        let text = fs::read_to_string(scene.logs(name)).unwrap_or_default();
        text.contains("#a-0000000:") && !text.contains("#a-0000059:")
    };
    let Some(name) = scene.names().into_iter().find(first) else {
        return Err(Stop::NotApplicable("nothing was rotated".into()));
    };
    for name in scene.names() {
        fs::remove_file(scene.logs(&name))?;
    }
    let day = name.chars().filter(char::is_ascii_digit).count() >= 8;
    if day {
        return Err(Stop::NotApplicable("the name holds the time".into()));
    }
    scene.forget();
    fs::create_dir_all(scene.logs(&name).join("inside"))?;
    scene.run(&format!("{ROTATE} keep=5"), lines("b", 0, 200))
}

fn strange(scene: &mut Scene) -> Act {
    for name in ["app", "app.log.", "app.log.x", "app.log.0", "app.log.-1", "app.log.tar", "app."] {
        fs::write(scene.logs(name), "of somebody else\n")?;
    }
    for name in [
        "app.log.99999999999999999999",
        "app.99999999999999999999.log",
        "app_r.log",
        "app_r99999999999.log",
    ] {
        fs::write(scene.logs(name), "of somebody else\n")?;
    }
    for name in [
        "app.log.2",
        "app.log.20260101T000000.000Z-000001",
        "app.2026-01-01.log",
        "app_r2026-01-01_00-00-00.log",
    ] {
        fs::create_dir_all(scene.logs(name).join("inside"))?;
    }
    for name in ["app.log.3", "app.log.1.gz", "app.2026-01-02.log"] {
        std::os::unix::fs::symlink("/nowhere", scene.logs(name))?;
    }
    scene.retention = true;
    for round in 0..2 {
        let settings = format!("{} keep=2", rotate(scene));
        scene.run(&settings, lines("a", round * 100, 100))?;
    }
    for name in ["app", "app.log.", "app.log.x", "app.log.tar"] {
        if fs::read(scene.logs(name)).ok().as_deref() != Some(b"of somebody else\n") {
            scene.outcome.finding(format!("changed or deleted `{name}`"), Grade::Bad);
        }
    }
    Ok(())
}

/// Rotation where the peer can rotate by size.
fn rotate(scene: &Scene) -> &'static str {
    if scene.sizes_rotate() { ROTATE } else { "daily=1" }
}

fn descriptors(scene: &mut Scene) -> Act {
    scene.how.wrapper = shell("ulimit -n 64");
    scene.start(ROTATE)?;
    scene.write(lines("a", 0, 10))?;
    scene.order("descriptors take=1")?;
    scene.write(lines("a", 10, 200))?;
    scene.quiet();
    scene.order("descriptors")?;
    scene.write(lines("a", 210, 200))?;
    scene.end()
}

fn locked_out(scene: &mut Scene) -> Act {
    other_user(scene);
    scene.start(ROTATE)?;
    scene.write(lines("a", 0, 10))?;
    let logs = scene.logs("").display().to_string();
    scene.quiet();
    scene.tool(&["chmod", "555", &logs])?;
    scene.write(lines("a", 10, 200))?;
    scene.quiet();
    scene.tool(&["chmod", "777", &logs])?;
    scene.write(lines("a", 210, 200))?;
    scene.end()
}

/// Programs run as somebody whom modes stop.
pub(super) fn other_user(scene: &mut Scene) {
    if rustix::process::geteuid().is_root() {
        let words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
        scene.how.wrapper = words.map(str::to_owned).into();
    }
}

fn moments(scene: &mut Scene) -> Act {
    for round in 0..4 {
        scene.run("rotate=2000", lines("a", round * 200, 200))?;
    }
    Ok(())
}

fn restarts(scene: &mut Scene) -> Act {
    for round in 0..20 {
        scene.run(ROTATE, lines("a", round * 12, 12))?;
    }
    let sizes = scene.names().into_iter().filter_map(|name| fs::metadata(scene.logs(&name)).ok());
    let largest = sizes.map(|data| data.len()).max().unwrap_or(0);
    if largest > 9_000 {
        scene.outcome.finding(format!("a file of {} kB", largest / 1000), Grade::Bad);
    }
    Ok(())
}

fn processes(scene: &mut Scene) -> Act {
    const WRITERS: [&str; 4] = ["a", "b", "c", "d"];
    let what = |writer| Lines { threads: 2, ..lines(writer, 0, 2000) };
    for _ in WRITERS {
        scene.start("rotate=20000")?;
    }
    for (at, writer) in WRITERS.into_iter().enumerate() {
        let order = scene.plan("write", what(writer));
        scene.programs[at].send(&order)?;
    }
    for (at, writer) in WRITERS.into_iter().enumerate() {
        let answer = scene.programs[at].answer();
        if let Ok(answer) = scene.outcome.take(answer) {
            scene.acknowledge(what(writer), &answer);
        }
    }
    while !scene.programs.is_empty() {
        if scene.end().is_err() {
            scene.programs.pop();
        }
    }
    Ok(())
}

fn shipped(scene: &mut Scene) -> Act {
    let settings = if scene.compresses() { "rotate=4000 compress=1" } else { "rotate=4000" };
    scene.start(settings)?;
    let mut tailer = Tailer::new(&scene.logs(""));
    for batch in 0..36 {
        scene.write(lines("a", batch * 10, 10))?;
        // A shipper looks often enough to see the file before it is gone.
        scene.until(std::time::Duration::from_secs(2), |_| {
            tailer.look();
            tailer.numbers.len() as u64 >= (batch + 1) * 10
        });
    }
    scene.end()?;
    let expected: Vec<u64> = (0..360).collect();
    if tailer.numbers != expected {
        let mut sorted = tailer.numbers.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let (lost, doubled) = (360 - sorted.len(), tailer.numbers.len() - sorted.len());
        scene.outcome.finding(format!("shipper lost {lost}, doubled {doubled}"), Grade::Bad);
    }
    Ok(())
}
