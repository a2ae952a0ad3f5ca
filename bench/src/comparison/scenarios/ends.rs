//! How a program forks and ends.

use super::Scenario;
use crate::comparison::{
    outcome::{Grade, Stop},
    scene::{Act, Scene, lines},
};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        number: "24",
        title: "fork",
        how: "A program writes 50 lines and forks; the child writes 50 and ends, the parent waits for it and writes \
              50 more. Who does not get there within 20 s hangs.",
        act: forked,
    },
    Scenario {
        number: "25a",
        title: "`exit` without the guard",
        how: "5,000 lines, and at once `std::process::exit(0)`.",
        act: |scene| ended(scene, "exit", "exit 0"),
    },
    Scenario {
        number: "25b",
        title: "`abort`",
        how: "5,000 lines, and at once `std::process::abort()`.",
        act: |scene| ended(scene, "abort", "signal 6"),
    },
    Scenario {
        number: "25c",
        title: "SIGKILL",
        how: "5,000 lines; when the last call has returned, the program is killed at once.",
        act: |scene| ended(scene, "kill", "signal 9"),
    },
    Scenario {
        number: "25d",
        title: "a panic in `main`",
        how: "5,000 lines, then a panic that unwinds through the guard.",
        act: panicked,
    },
    Scenario {
        number: "40",
        title: "files and threads leak",
        how: "The peer's writer of files is made, used and dropped 300 times in one process; its open files and \
              threads are counted before and after. Bad where more than five stay.",
        act: leaks,
    },
    Scenario {
        number: "41",
        title: "records wait in a mapped file",
        how: "20 programs (3 with `--quick`), one after the other, write 3,000 lines each through the spool and are \
              killed as soon as the last call has returned; one more brings home what they left. A line that the kill \
              cut is noted, if it stands whole behind the cut.",
        act: mapped,
    },
];

fn forked(scene: &mut Scene) -> Act {
    scene.start("")?;
    scene.write(lines("a", 0, 50))?;
    let order = scene.plan("fork", lines("b", 0, 50));
    let answer = scene.order(&order)?;
    let status: i32 = answer.strip_prefix("status=").and_then(|it| it.parse().ok()).unwrap_or(-1);
    if status == 0 {
        scene.acknowledge(lines("b", 0, 50), "");
    } else {
        scene.outcome.finding(format!("the child ends with {status:#x}"), Grade::Bad);
    }
    scene.write(lines("a", 50, 50))?;
    scene.end()
}

fn ended(scene: &mut Scene, how: &str, expected: &str) -> Act {
    scene.start("")?;
    let what = lines("a", 0, 5000);
    let order = scene.plan("write", what) + " then=" + how;
    scene.last()?.send(&order)?;
    // It ends when the last call has returned; none of them fails.
    scene.acknowledge(what, "");
    scene.gone(expected)
}

fn mapped(scene: &mut Scene) -> Act {
    if !scene.maps_files() {
        return Err(Stop::NotApplicable("maps no file".into()));
    }
    scene.cuts = true;
    scene.how.variables.push(("AUDIT_LOG_SPOOL".to_owned(), "on".to_owned()));
    let rounds = if scene.quick { 3 } else { 20 };
    for round in 0..rounds {
        scene.start("rotate=100000")?;
        let what = lines("a", round * 3000, 3000);
        let order = scene.plan("write", what) + " then=kill";
        scene.last()?.send(&order)?;
        scene.acknowledge(what, "");
        scene.gone("signal 9")?;
    }
    scene.run("rotate=100000", lines("b", 0, 1))
}

fn panicked(scene: &mut Scene) -> Act {
    scene.start("")?;
    scene.write(lines("a", 0, 5000))?;
    scene.last()?.send("end how=panic")?;
    scene.gone("exit 0")
}

fn leaks(scene: &mut Scene) -> Act {
    let order =
        |scene: &Scene, count| format!("writers dir={} count={count}", scene.logs("").display());
    let count = |scene: &mut Scene, what: &str| -> Act<usize> {
        let path = format!("/proc/{}/{what}", scene.last()?.pid());
        Ok(std::fs::read_dir(path)?.count())
    };
    scene.program()?;
    let first = order(scene, 3);
    scene.order(&first)?;
    let before = (count(scene, "fd")?, count(scene, "task")?);
    let many = order(scene, 300);
    scene.order(&many)?;
    let after = (count(scene, "fd")?, count(scene, "task")?);
    for (what, before, after) in [("files", before.0, after.0), ("threads", before.1, after.1)] {
        if after > before + 5 {
            scene.outcome.finding(format!("{} {what} more", after - before), Grade::Bad);
        }
    }
    Ok(())
}
