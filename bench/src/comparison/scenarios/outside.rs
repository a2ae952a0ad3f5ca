//! What other programs, and the system, do to the files.

use std::{
    fs::{self, File},
    os::unix::fs::{PermissionsExt, symlink},
};

use super::{Scenario, rotation::other_user, shell};
use crate::comparison::{
    oracle,
    outcome::{Grade, Stop},
    scene::{Act, Scene, lines},
};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        number: "6",
        title: "the active file is deleted",
        how: "After 10 lines the file is deleted; of the 200 that follow, each has to be in a file that has a name.",
        act: deleted,
    },
    Scenario {
        number: "7",
        title: "logrotate with `create`",
        how: "logrotate itself, with `create`, `compress` and no command for the program, runs three times, with 50 \
              lines before, between and after.",
        act: logrotate,
    },
    Scenario {
        number: "8",
        title: "logrotate with `copytruncate`",
        how: "The file is copied and cut to nothing between two lines, so that nothing is in the window; 200 lines \
              follow. Bytes that are zero are a hole.",
        act: copytruncate,
    },
    Scenario {
        number: "9",
        title: "the directory is deleted",
        how: "After 10 lines the directory is removed with all that is in it; of the 200 lines that follow, each has \
              to be in a file that has a name.",
        act: removed,
    },
    Scenario {
        number: "10",
        title: "the directory cannot be written",
        how: "As another user than root, with a directory of mode 0555; 50 lines are written. A logger that says so \
              and does not start is told, not bad.",
        act: unwritable,
    },
    Scenario {
        number: "11",
        title: "the directory for temporary files is hijacked",
        how: "Neither the directory nor those of the user can be written. What a first run makes below `$TMPDIR` is \
              replaced by a link to a directory of somebody else, where a second run must write nothing.",
        act: hijacked,
    },
    Scenario {
        number: "36",
        title: "the umask",
        how: "`umask 000`, rotation at 10 kB, compression where there is one, and the mode 0640 where it can be set; \
              noted where a file may be written by everybody.",
        act: umask,
    },
];

fn deleted(scene: &mut Scene) -> Act {
    scene.start("")?;
    scene.write(lines("a", 0, 10))?;
    scene.quiet();
    fs::remove_file(scene.active()?)?;
    scene.forget();
    scene.write(lines("b", 0, 200))?;
    scene.end()
}

fn logrotate(scene: &mut Scene) -> Act {
    scene.start("")?;
    scene.write(lines("a", 0, 50))?;
    scene.quiet();
    let active = scene.active()?;
    let (config, state) = (scene.beside("rotate.conf"), scene.beside("rotate.state"));
    // Its directory may be written by all, which logrotate wants to be told.
    let text =
        format!("{} {{\n su root root\n rotate 9\n create 0666\n compress\n}}\n", active.display());
    let text = if rustix::process::geteuid().is_root() {
        text
    } else {
        text.replace(" su root root\n", "")
    };
    fs::write(&config, text)?;
    fs::set_permissions(&config, fs::Permissions::from_mode(0o644))?;
    for round in 1..=3 {
        let words = [config.display().to_string(), state.display().to_string()];
        scene.tool(&["logrotate", "--force", "--state", &words[1], &words[0]])?;
        scene.write(lines("a", round * 50, 50))?;
        scene.quiet();
    }
    scene.end()
}

fn copytruncate(scene: &mut Scene) -> Act {
    scene.start("")?;
    scene.write(lines("a", 0, 50))?;
    scene.quiet();
    let active = scene.active()?;
    fs::copy(&active, scene.logs("copy.1"))?;
    File::options().write(true).open(&active)?.set_len(0)?;
    scene.write(lines("a", 50, 200))?;
    scene.end()
}

fn removed(scene: &mut Scene) -> Act {
    scene.start("")?;
    scene.write(lines("a", 0, 10))?;
    scene.quiet();
    fs::remove_dir_all(scene.logs(""))?;
    scene.forget();
    scene.write(lines("b", 0, 200))?;
    scene.end()
}

fn unwritable(scene: &mut Scene) -> Act {
    other_user(scene);
    fs::set_permissions(scene.logs(""), fs::Permissions::from_mode(0o555))?;
    scene.run("", lines("a", 0, 50))
}

fn hijacked(scene: &mut Scene) -> Act {
    other_user(scene);
    for name in ["logs", "home", "state"] {
        fs::set_permissions(scene.beside(name), fs::Permissions::from_mode(0o555))?;
    }
    let first = scene.run("", lines("a", 0, 10));
    let temp = scene.beside("tmp");
    let made: Vec<_> = fs::read_dir(&temp)?.flatten().map(|entry| entry.path()).collect();
    if first.is_err() || made.is_empty() {
        return Err(Stop::NotApplicable("goes to no other directory".to_owned()));
    }
    let victim = scene.beside("victim");
    fs::create_dir_all(&victim)?;
    fs::set_permissions(&victim, fs::Permissions::from_mode(0o777))?;
    for path in made {
        fs::rename(&path, scene.beside("state").join(path.file_name().unwrap_or_default()))?;
        symlink(&victim, &path)?;
    }
    scene.run("", lines("a", 10, 10))?;
    if !oracle::files(&victim).is_empty() {
        scene.outcome.finding("followed a link to somebody else's directory", Grade::Bad);
    }
    Ok(())
}

fn umask(scene: &mut Scene) -> Act {
    scene.how.wrapper = shell("umask 000");
    let mut settings = String::new();
    if scene.sizes_rotate() {
        settings += "rotate=10000";
    }
    if scene.compresses() {
        settings += " compress=1";
    }
    scene.start(&settings)?;
    scene.write(lines("a", 0, 200))?;
    scene.quiet();
    scene.end()?;
    let files =
        oracle::files(&scene.logs("")).into_iter().filter_map(|path| fs::metadata(path).ok());
    let mut modes: Vec<_> = files.map(|data| data.permissions().mode() & 0o777).collect();
    modes.sort_unstable();
    modes.dedup();
    if modes.iter().any(|mode| mode & 0o002 != 0) {
        let modes: Vec<_> = modes.iter().map(|mode| format!("{mode:04o}")).collect();
        scene.outcome.finding(format!("modes {}", modes.join(", ")), Grade::Told);
    }
    Ok(())
}
