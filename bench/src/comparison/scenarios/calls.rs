//! What values and filters do to a call.

use super::{PATIENCE, Scenario};
use crate::comparison::{
    oracle,
    outcome::Grade,
    scene::{Act, Lines, Scene, lines},
};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        number: "21",
        title: "the clock goes back and forth",
        how: "Rotation by day; `faketime` sets the clock to two days in turn, five times, with 10 lines each time. \
              Bad where there are more than four files.",
        act: clock,
    },
    Scenario {
        number: "29",
        title: "a value panics while it is formatted",
        how: "50 lines, one whose `Display` panics (the program catches it, where it gets that far), 50 lines. \
              That panic may reach the caller, as any of its own; lines may not suffer.",
        act: panics,
    },
    Scenario {
        number: "30",
        title: "a question to the filter swallows the next event",
        how: "The file takes INFO; with `tracing`, another layer takes DEBUG. `log::log_enabled!(Debug)` is asked before \
              each of 200 lines.",
        act: asked,
    },
    Scenario {
        number: "31",
        title: "the filter is changed while lines are written",
        how: "8 threads write 400 lines each while another one sets the same level 500 times.",
        act: reloaded,
    },
    Scenario {
        number: "32",
        title: "a slip in the filter",
        how: "`RUST_LOG=inof`; 50 lines of level INFO. Silence about it is bad.",
        act: slip,
    },
    Scenario {
        number: "37",
        title: "a value logs while it is formatted",
        how: "20 lines, one whose `Display` logs another one, 20 lines. Who does not come back within 4 s hangs.",
        act: logs,
    },
    Scenario {
        number: "38",
        title: "a forged line",
        how: "A message with a line feed, what looks like a further line, and an escape sequence. Bad where one of \
              them reaches the file as it is.",
        act: forged,
    },
];

fn clock(scene: &mut Scene) -> Act {
    scene.tool(&["faketime", "--version"])?;
    let stamp = scene.beside("control/time");
    let set = |day| std::fs::write(&stamp, format!("@2026-11-{day} 12:00:00\n"));
    set(10)?;
    scene.how.wrapper = ["faketime", "-f", "+0"].map(str::to_owned).into();
    // Read anew at each call, in the place of the moment that `faketime` was given.
    let mut words = vec!["env".to_owned(), "-u".to_owned(), "FAKETIME".to_owned()];
    words.push("FAKETIME_NO_CACHE=1".to_owned());
    words.push(format!("FAKETIME_TIMESTAMP_FILE={}", stamp.display()));
    scene.how.wrapper.extend(words);
    scene.start("daily=1")?;
    for round in 0..5 {
        for (half, day) in [(0, 10), (1, 11)] {
            set(day)?;
            scene.write(lines("a", round * 20 + half * 10, 10))?;
            scene.quiet();
        }
    }
    scene.end()?;
    let files = scene.names().len();
    if files > 4 {
        scene.outcome.finding(format!("{files} files"), Grade::Bad);
    }
    Ok(())
}

fn panics(scene: &mut Scene) -> Act {
    scene.start("")?;
    scene.write(lines("a", 0, 50))?;
    let value = scene.order("value kind=panics");
    if value.is_err()
        && scene.outcome.suffered.as_ref().is_some_and(|what| what.starts_with("panics"))
    {
        scene.outcome.suffered = None;
        scene.outcome.finding("the panic reaches the caller", Grade::Told);
    } else {
        value?;
    }
    scene.write(lines("a", 50, 50))?;
    scene.end()
}

fn asked(scene: &mut Scene) -> Act {
    scene.start("filter=layer")?;
    let what = lines("a", 0, 200);
    let order = scene.plan("write", what) + " probe=1";
    let answer = scene.order(&order)?;
    scene.acknowledge(what, &answer);
    scene.end()
}

fn reloaded(scene: &mut Scene) -> Act {
    scene.start("filter=info")?;
    let what = Lines { threads: 8, ..lines("a", 0, 3200) };
    let order = scene.plan("filters", what) + " filter=info changes=500";
    let answer = scene.order(&order)?;
    scene.acknowledge(what, &answer);
    scene.end()
}

fn slip(scene: &mut Scene) -> Act {
    scene.how.variables.push(("RUST_LOG".to_owned(), "inof".to_owned()));
    scene.run("filter=environment", lines("a", 0, 50))
}

fn logs(scene: &mut Scene) -> Act {
    scene.how.patience = PATIENCE;
    scene.start("")?;
    scene.write(lines("a", 0, 20))?;
    scene.plan("value", Lines { size: 10, ..lines("v", 0, 2) });
    scene.order("value kind=logs from=0")?;
    scene.acknowledge(Lines { size: 10, ..lines("v", 0, 2) }, "");
    scene.write(lines("a", 20, 20))?;
    scene.end()
}

fn forged(scene: &mut Scene) -> Act {
    scene.start("")?;
    scene.plan("value", Lines { size: 10, ..lines("v", 0, 1) });
    scene.order("value kind=forges from=0")?;
    scene.end()?;
    for file in oracle::files(&scene.logs("")) {
        let bytes = std::fs::read(file)?;
        let text = String::from_utf8_lossy(&bytes);
        if text.lines().any(|line| line.starts_with("forged")) {
            scene.outcome.finding("a forged line", Grade::Bad);
        }
        if bytes.contains(&0x1b) {
            scene.outcome.finding("an escape sequence", Grade::Bad);
        }
    }
    Ok(())
}
