//! The standard output in the place of files, and long lines.

use std::{
    io::{Read, Write},
    time::Duration,
};

use super::{PATIENCE, Scenario, shell};
use crate::comparison::{
    outcome::Grade,
    scene::{Act, Lines, Scene, lines},
};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        number: "26",
        title: "nobody reads the standard output",
        how: "Logging to the standard output, a pipe that is not read while 2,000 lines are written (4 s at most) and \
              the program ends (4 s again); then it is read to its end.",
        act: stuck,
    },
    Scenario {
        number: "27",
        title: "a queue that is bounded in lines only",
        how: "The same with 3,000 lines of 64 KiB, 188 MiB in all; bad where the process grows beyond 64 MiB.",
        act: large,
    },
    Scenario {
        number: "28",
        title: "what overflows is thrown away",
        how: "Logging to the standard output, a pipe that is read at 1 MB/s while 3,000 lines of 1 kB are written and \
              the program ends. Silence about what is lost is bad.",
        act: slow,
    },
    Scenario {
        number: "33a",
        title: "the standard output is full",
        how: "`>/dev/full`, 100 lines. Silence about what is lost is bad.",
        act: |scene| redirected(scene, "exec >/dev/full"),
    },
    Scenario {
        number: "33b",
        title: "the standard output is closed",
        how: "`>&-`, 100 lines. The standard library then writes to `/dev/null`, so the lines are not looked for; \
              bad is a program that suffers.",
        act: closed,
    },
    Scenario {
        number: "33c",
        title: "the reader of the standard output is gone",
        how: "A pipe whose reader has ended, 100 lines.",
        act: gone,
    },
    Scenario {
        number: "34",
        title: "lines of 64 KiB",
        how: "50 lines of 64 KiB with rotation at 200 kB (the limit of a line raised where there is one); each has to \
              be whole, or a whole line that says how much is missing.",
        act: long,
    },
];

const CONSOLE: &str = "console=1";

fn stuck(scene: &mut Scene) -> Act {
    scene.how.stuck = true;
    scene.how.patience = PATIENCE;
    scene.start(CONSOLE)?;
    let output = scene.last()?.stdout();
    let mut done = scene.write(lines("a", 0, 2000)).map(drop);
    if done.is_ok() {
        done = scene.end();
    }
    // Only what is in the pipe: a program that hangs is ended first.
    scene.programs.clear();
    if let Some(mut output) = output {
        let mut bytes = Vec::new();
        output.read_to_end(&mut bytes)?;
        std::fs::File::options()
            .append(true)
            .create(true)
            .open(scene.beside("control/stdout"))?
            .write_all(&bytes)?;
    }
    done
}

fn large(scene: &mut Scene) -> Act {
    scene.how.stuck = true;
    scene.how.variables.push(("AUDIT_LOG_MAX_LINE".to_owned(), "1MiB".to_owned()));
    scene.start(CONSOLE)?;
    let _output = scene.last()?.stdout();
    let order = scene.plan("write", Lines { size: 65_536, ..lines("a", 0, 3000) });
    let pid = scene.last()?.pid();
    scene.last()?.send(&order)?;
    let peak = || {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0)
    };
    let mut last = (peak(), std::time::Instant::now());
    // Until it grows no more: blocked, or done.
    scene.until(Duration::from_secs(10), |_| {
        let now = peak();
        if now > last.0 {
            last = (now, std::time::Instant::now());
        }
        last.1.elapsed() > Duration::from_millis(700)
    });
    let grade = if last.0 > 64 << 10 { Grade::Bad } else { Grade::Good };
    scene.outcome.finding(format!("{} MiB", last.0 >> 10), grade);
    scene.programs.clear();
    // What became of the lines is another scenario.
    scene.forget();
    Ok(())
}

fn slow(scene: &mut Scene) -> Act {
    scene.how.stuck = true;
    scene.start(CONSOLE)?;
    let output = scene.last()?.stdout();
    let kept = scene.beside("control/stdout");
    let reader = std::thread::spawn(move || -> std::io::Result<()> {
        let mut kept = std::fs::File::options().append(true).create(true).open(kept)?;
        let mut bytes = [0; 4096];
        let Some(mut output) = output else { return Ok(()) };
        loop {
            match output.read(&mut bytes)? {
                0 => return Ok(()),
                count => kept.write_all(bytes.get(..count).unwrap_or_default())?,
            }
            std::thread::sleep(Duration::from_millis(4));
        }
    });
    let mut done = scene.write(Lines { size: 1000, ..lines("a", 0, 3000) }).map(drop);
    if done.is_ok() {
        done = scene.end();
    }
    // The reader sees the end of the pipe when the program is gone.
    scene.programs.clear();
    match reader.join() {
        Ok(read) => read?,
        Err(_) => return Err(std::io::Error::other("the reader panicked").into()),
    }
    done
}

fn redirected(scene: &mut Scene, redirection: &str) -> Act {
    scene.how.wrapper = shell(redirection);
    scene.run(CONSOLE, lines("a", 0, 100))
}

fn closed(scene: &mut Scene) -> Act {
    redirected(scene, "exec >&-")?;
    scene.forget();
    Ok(())
}

fn gone(scene: &mut Scene) -> Act {
    scene.how.stuck = true;
    scene.program()?;
    drop(scene.last()?.stdout());
    scene.set_up(CONSOLE)?;
    scene.write(lines("a", 0, 100))?;
    scene.end()
}

fn long(scene: &mut Scene) -> Act {
    scene.how.variables.push(("AUDIT_LOG_MAX_LINE".to_owned(), "1MiB".to_owned()));
    let settings = if scene.sizes_rotate() { "rotate=200000" } else { "" };
    scene.run(settings, Lines { size: 65_536, ..lines("a", 0, 50) })
}
