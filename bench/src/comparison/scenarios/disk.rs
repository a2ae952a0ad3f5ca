//! The disk takes no more, or not now.

use std::fs::{self, File};

use super::{PATIENCE, Scenario, shell};
use crate::comparison::{
    outcome::Stop,
    scene::{Act, Scene, lines},
};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        number: "1a",
        title: "the disk is full",
        how: "The directory is a tmpfs of 1 MiB with 64 KiB left. 2,000 lines are written, room is made, 200 more \
              are written. Another file system has room all the time.",
        act: full,
    },
    Scenario {
        number: "1b",
        title: "the limit of the file size",
        how: "`ulimit -f` at 64 KiB, its signal ignored; it holds for every file of the process, the one behind its standard \
              error included. 1,000 lines are written.",
        act: limited,
    },
    Scenario {
        number: "2",
        title: "a line is torn by a kill",
        how: "The file ends in half a line, as a killed writer leaves it; another process writes 10 lines. That \
              half is not counted unless it is merged with a line.",
        act: torn,
    },
    Scenario {
        number: "39",
        title: "the disk hangs",
        how: "An ext4 file system of its own is frozen with `fsfreeze` while 100 lines are written, and thawed \
              after 4 s. A call that has not come back by then hangs.",
        act: frozen,
    },
];

fn full(scene: &mut Scene) -> Act {
    let logs = scene.logs("");
    scene.mount(&["-t", "tmpfs", "-o", "size=1m,mode=777", "tmpfs"], &logs)?;
    scene.start("")?;
    scene.write(lines("a", 0, 10))?;
    scene.until(std::time::Duration::from_secs(1), |scene| scene.active().is_ok());
    let ballast = scene.beside("logs/ballast");
    fs::write(&ballast, vec![b'-'; (1 << 20) - (96 << 10)])?;
    scene.write(lines("a", 10, 2000))?;
    // What works in the background meets the full disk as well.
    scene.quiet();
    fs::remove_file(ballast)?;
    scene.write(lines("a", 2010, 200))?;
    scene.end()?;
    // The oracle reads what is there, and then it is unmounted.
    Ok(())
}

fn limited(scene: &mut Scene) -> Act {
    scene.how.wrapper = shell("trap '' XFSZ; ulimit -f 128");
    scene.run("", lines("a", 0, 1000))
}

fn torn(scene: &mut Scene) -> Act {
    scene.run("", lines("a", 0, 10))?;
    let file = scene.active()?;
    let text = fs::read_to_string(&file)?;
    // Without a mark the half counts only where it is merged with a line.
    let Some(mark) = text.rfind('#') else { return Err(Stop::NotApplicable("no line".into())) };
    let half = text.get(..mark).unwrap_or_default();
    fs::write(&file, format!("{half}half"))?;
    scene.forget();
    scene.run("", lines("a", 10, 10))
}

fn frozen(scene: &mut Scene) -> Act {
    scene.how.patience = PATIENCE;
    let (image, logs) = (scene.beside("image"), scene.logs(""));
    File::create(&image)?.set_len(16 << 20)?;
    let shown = image.display().to_string();
    scene.tool(&["mkfs.ext4", "-q", "-F", &shown])?;
    scene.mount(&["-o", "loop", &shown], &logs)?;
    let logs = logs.display().to_string();
    scene.tool(&["chmod", "777", &logs])?;
    scene.start("")?;
    scene.write(lines("a", 0, 10))?;
    scene.tool(&["fsfreeze", "--freeze", &logs])?;
    let written = scene.write(lines("a", 10, 100));
    scene.tool(&["fsfreeze", "--unfreeze", &logs])?;
    written?;
    scene.end()
}
