//! How a program forks and ends.

use super::Scenario;
use crate::comparison::{
    outcome::Grade,
    scene::{Act, Scene, lines},
};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        number: "24",
        title: "fork",
        how: "A program writes 50 lines and forks; the child writes 50 and ends, the parent waits for it and writes \
              50 more. Who does not get there within 10 s hangs.",
        act: forked,
    },
    Scenario {
        number: "25a",
        title: "`exit` without the guard",
        how: "500 lines, then `std::process::exit(0)`.",
        act: |scene| ended(scene, "end how=exit", "exit 0"),
    },
    Scenario {
        number: "25b",
        title: "`abort`",
        how: "500 lines, then `std::process::abort()`.",
        act: |scene| ended(scene, "end how=abort", "signal 6"),
    },
    Scenario {
        number: "25c",
        title: "SIGKILL",
        how: "500 lines; when the last call has returned, the program is killed.",
        act: killed,
    },
    Scenario {
        number: "25d",
        title: "a panic in `main`",
        how: "500 lines, then a panic that unwinds through the guard.",
        act: |scene| ended(scene, "end how=panic", "exit 0"),
    },
    Scenario {
        number: "40",
        title: "files and threads leak",
        how: "The peer's writer of files is made, used and dropped 300 times in one process; its open files and \
              threads are counted before and after. Bad where more than five stay.",
        act: leaks,
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

fn ended(scene: &mut Scene, order: &str, expected: &str) -> Act {
    scene.start("")?;
    scene.write(lines("a", 0, 500))?;
    scene.last()?.send(order)?;
    scene.gone(expected)
}

fn killed(scene: &mut Scene) -> Act {
    scene.start("")?;
    scene.write(lines("a", 0, 500))?;
    scene.last()?.kill();
    Ok(())
}

fn leaks(scene: &mut Scene) -> Act {
    let order = |scene: &Scene, count| format!("writers dir={} count={count}", scene.logs("").display());
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
