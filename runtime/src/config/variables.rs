//! The table of variables: what each is called, means and takes. The reader and the
//! documentation both come from it.

use super::{
    directives::List,
    log_file::FileKey,
    origin::Key,
    settings::Settings,
    values::{self, Input, Reading},
};
use crate::record::Category;

/// An environment variable.
#[derive(Debug)]
pub(super) struct Variable {
    pub(super) name: &'static str,
    /// Whether it may carry a category: `AUDIT_LOG_AUDIT_KEEP_FILES`.
    pub(super) takes_category: bool,
    /// Whether its value is never shown.
    pub(super) secret: bool,
    pub(super) meaning: &'static str,
    pub(super) values: &'static str,
    pub(super) example: &'static str,
    /// What holds where it is not set.
    pub(super) default: fn(&Settings) -> String,
    pub(super) read: fn(Input<'_>) -> Reading,
}

const fn variable(name: &'static str, read: fn(Input<'_>) -> Reading) -> Variable {
    Variable {
        name,
        takes_category: false,
        secret: false,
        meaning: "",
        values: "",
        example: "",
        default: |_| String::new(),
        read,
    }
}

/// A variable about the file of a category.
const fn of_file(name: &'static str, read: fn(Input<'_>) -> Reading) -> Variable {
    Variable { takes_category: true, ..variable(name, read) }
}

/// All variables. A later one wins over an earlier one that says something about the same
/// setting: `AUDIT_LOG_PROFILE` over the profile in `AUDIT_LOG`, `AUDIT_LOG_COLOR` over `NO_COLOR`.
pub(super) const VARIABLES: &[Variable] = &[
    Variable {
        meaning: "what is logged: profile, levels, categories, in one list",
        values: "profile, level, `target=level`, `category=on`, `=off` or `=level`, with `,` between",
        example: "`production,taskmgr::store=debug,performance=off`",
        default: |settings| {
            let (profile, level) = (settings.list().profile, settings.list().level);
            format!("`{}`", List { profile, level, ..List::default() })
        },
        ..variable("AUDIT_LOG", values::audit_log)
    },
    Variable {
        meaning: "levels only; read where `AUDIT_LOG` is unset",
        values: "level, `target=level`, with `,` between",
        example: "`info,hyper=warn`",
        default: |settings| code(&Key::Level, settings),
        ..variable("RUST_LOG", values::rust_log)
    },
    Variable {
        meaning: "the profile; beats the one in `AUDIT_LOG`",
        values: "`dev`, `test`, `staging`, `production`, `container`; \
                 also `development`, `ci`, `stage`, `prod`",
        example: "`production`",
        default: |_| "`dev`".to_owned(),
        ..variable("AUDIT_LOG_PROFILE", values::profile)
    },
    Variable {
        meaning: "the directory of the files",
        values: "a path, or `off` for no files",
        example: "`/var/log/taskmgr`",
        default: |settings| code(&Key::Dir, settings),
        ..variable("AUDIT_LOG_DIR", values::dir)
    },
    Variable {
        meaning: "the developer's console: where, and from which level on",
        values: "`off`, `stderr`, `stdout`, or a level, or both with `,` between",
        example: "`stderr,warn`",
        default: |settings| {
            let (target, level) = (settings.text(&Key::Console), settings.text(&Key::ConsoleLevel));
            format!("`{target},{level}`")
        },
        ..variable("AUDIT_LOG_CONSOLE", values::console)
    },
    Variable {
        meaning: "no colours on the console ([no-color.org](https://no-color.org))",
        values: "anything",
        example: "`1`",
        default: |_| "unset".to_owned(),
        ..variable("NO_COLOR", values::no_color)
    },
    Variable {
        meaning: "colours on the console; beats `NO_COLOR`",
        values: "`auto` (on a terminal), `always`, `never`",
        example: "`always`",
        default: |settings| code(&Key::Color, settings),
        ..variable("AUDIT_LOG_COLOR", values::color)
    },
    Variable {
        meaning: "the size at which a file is rotated",
        values: "a whole number with `B`, `kB`, `MB`, `GB`, `KiB`, `MiB` or `GiB`, at least 1KiB; `off`",
        example: "`10MiB`",
        default: |settings| each(FileKey::RotateSize, settings),
        ..of_file("AUDIT_LOG_ROTATE_SIZE", values::rotate_size)
    },
    Variable {
        meaning: "how often a file is rotated: when the minute, hour, day or week (from Monday) ends, or after a period counted from 1970",
        values: "`minute`, `hour`, `day`, `week`; a whole number with `s`, `m`, `h`, `d` or `w`; `off`",
        example: "`15m`",
        default: |settings| each(FileKey::RotateEvery, settings),
        ..of_file("AUDIT_LOG_ROTATE_EVERY", values::rotate_every)
    },
    Variable {
        meaning: "whose hours, days and weeks these are; others than `utc` need the feature `local-time`",
        values: "`utc`, `local`, or a name such as `Europe/Berlin`",
        example: "`local`",
        default: |settings| each(FileKey::RotateZone, settings),
        ..of_file("AUDIT_LOG_ROTATE_ZONE", values::rotate_zone)
    },
    Variable {
        meaning: "by how much a rotation by time may come later, at most half a period, so that not all machines rotate at once",
        values: "a whole number with `ms`, `s`, `m` or `h`, up to 12h; `off`",
        example: "`60s`",
        default: |settings| each(FileKey::RotateJitter, settings),
        ..of_file("AUDIT_LOG_ROTATE_JITTER", values::rotate_jitter)
    },
    Variable {
        meaning: "whether a program rotates what it finds before its first line",
        values: "`true`, `false`",
        example: "`true`",
        default: |settings| each(FileKey::RotateOnStart, settings),
        ..of_file("AUDIT_LOG_ROTATE_ON_START", values::rotate_on_start)
    },
    Variable {
        meaning: "the signal at which a program rotates its files, beside what it does itself at it; \
                  needs the feature `signals`",
        values: "`SIGHUP`, `SIGUSR1`, `off`",
        example: "`SIGHUP`",
        default: |settings| code(&Key::RotateSignal, settings),
        ..variable("AUDIT_LOG_ROTATE_SIGNAL", values::rotate_signal)
    },
    Variable {
        meaning: "how many archives of a file are kept",
        values: "a number from 1 on; `off` keeps all",
        example: "`30`",
        default: |settings| each(FileKey::KeepFiles, settings),
        ..of_file("AUDIT_LOG_KEEP_FILES", values::keep_files)
    },
    Variable {
        meaning: "for how long archives of a file are kept, by the time in their names",
        values: "a whole number with `m`, `h`, `d` or `w`, from 1m on; `off` keeps them forever",
        example: "`30d`",
        default: |settings| each(FileKey::KeepAge, settings),
        ..of_file("AUDIT_LOG_KEEP_AGE", values::keep_age)
    },
    Variable {
        meaning: "how many bytes of archives of a file are kept, as they are stored",
        values: "a whole number with `B`, `kB`, `MB`, `GB`, `KiB`, `MiB` or `GiB`, at least 1KiB; `off`",
        example: "`2GiB`",
        default: |settings| each(FileKey::KeepBytes, settings),
        ..of_file("AUDIT_LOG_KEEP_BYTES", values::keep_bytes)
    },
    Variable {
        meaning: "how many of the newest archives of a file stay however little space is free; the newest one always does",
        values: "a number; `off`",
        example: "`10`",
        default: |settings| each(FileKey::KeepFloor, settings),
        ..of_file("AUDIT_LOG_KEEP_FLOOR", values::keep_floor)
    },
    Variable {
        meaning: "how many bytes of archives are kept, all files together; debug makes room first, audit last",
        values: "a whole number with `B`, `kB`, `MB`, `GB`, `KiB`, `MiB` or `GiB`, at least 1KiB; `off`",
        example: "`10GiB`",
        default: |settings| code(&Key::DirBytes, settings),
        ..variable("AUDIT_LOG_DIR_BYTES", values::dir_bytes)
    },
    Variable {
        meaning: "how much space is to be free: archives are deleted until it is, debug first, audit last",
        values: "`1%` to `90%`, or a size; `off`",
        example: "`5%`",
        default: |settings| each(FileKey::MinFree, settings),
        ..of_file("AUDIT_LOG_MIN_FREE", values::min_free)
    },
    Variable {
        meaning: "how archives are compressed; without the feature `zstd`, gzip stands in for it",
        values: "`zstd`, `gzip`, `off`",
        example: "`gzip`",
        default: |settings| each(FileKey::Compress, settings),
        ..of_file("AUDIT_LOG_COMPRESS", values::compress)
    },
    Variable {
        meaning: "how old an archive is before it is compressed, so that log shippers finish reading it; the newest one never is",
        values: "a whole number with `s`, `m`, `h` or `d`; `off` for at once",
        example: "`1h`",
        default: |settings| each(FileKey::CompressDelay, settings),
        ..of_file("AUDIT_LOG_COMPRESS_DELAY", values::compress_delay)
    },
    Variable {
        meaning: "when a line counts as written: in the file, in the file and within that time on the disk, or on the disk",
        values: "`written`; a whole number with `ms`, `s`, `m` or `h`, from 100ms to 1h; `synced`",
        example: "`synced`",
        default: |settings| each(FileKey::Durability, settings),
        ..of_file("AUDIT_LOG_DURABILITY", values::durability)
    },
    Variable {
        meaning: "what becomes of lines that a file does not take: another place, nothing (not for audit), another place but no run of a function with `required`, or, where no file takes them, the end of the process (both for audit alone)",
        values: "`continue`, `drop`, `deny`, `abort`",
        example: "`deny`",
        default: |settings| each(FileKey::OnFailure, settings),
        ..of_file("AUDIT_LOG_ON_FAILURE", values::on_failure)
    },
    Variable {
        meaning: "how lines are written; `text` in general leaves the audit trail JSON",
        values: "`json`, `text`, `ecs` (Elastic Common Schema)",
        example: "`ecs`",
        default: |settings| each(FileKey::Format, settings),
        ..of_file("AUDIT_LOG_FORMAT", values::format)
    },
    Variable {
        meaning: "the most bytes of a line",
        values: "a size from 512 to 1MiB",
        example: "`16000`",
        default: |settings| each(FileKey::MaxLine, settings),
        ..of_file("AUDIT_LOG_MAX_LINE", values::max_line)
    },
    Variable {
        meaning: "the mode of a file, its lock and its archives, whatever the umask; of files that are made",
        values: "`0600`, `0640`, `0660`, `0644`, `0664`",
        example: "`0660`",
        default: |settings| each(FileKey::FileMode, settings),
        ..of_file("AUDIT_LOG_FILE_MODE", values::file_mode)
    },
    Variable {
        meaning: "the mode of the directory where it is made; with 2 in front, files take over its group",
        values: "`0700`, `0750`, `0770`, `0755`, `0775`, `2770` and so on",
        example: "`2770`",
        default: |settings| code(&Key::DirMode, settings),
        ..variable("AUDIT_LOG_DIR_MODE", values::dir_mode)
    },
    Variable {
        meaning: "further keys whose values are never written; they add to those of the code",
        values: "keys of at least 2 letters or digits, with `,` between",
        example: "`customer_name,phone`",
        default: |_| "none".to_owned(),
        ..variable("AUDIT_LOG_REDACT_KEYS", values::redact_keys)
    },
    Variable {
        meaning: "whether records go through a spool, a file that survives the process: calls get \
                  faster, lines reach the log files some milliseconds later",
        values: "`off`; `auto` (from 32 records or 50 ms of life on), `on`",
        example: "`auto`",
        default: |settings| code(&Key::Spool, settings),
        ..variable("AUDIT_LOG_SPOOL", values::spool)
    },
    Variable {
        meaning: "what `performance.log` has of timed calls: a line for each, summaries with \
                  percentiles, or summaries and the slow ones",
        values: "`each`, `summary`, `slow`",
        example: "`slow`",
        default: |settings| code(&Key::Timing, settings),
        ..variable("AUDIT_LOG_TIMING", values::timing)
    },
    Variable {
        meaning: "how often summaries and gauges are written; `off`: at the end of the program only",
        values: "a whole number with `s`, `m`, `h` or `d`, from 1s to 1d; `off`",
        example: "`30s`",
        default: |settings| code(&Key::SummaryEvery, settings),
        ..variable("AUDIT_LOG_SUMMARY_EVERY", values::summary_every)
    },
    Variable {
        meaning: "how often `system.log` gets a line about the state of the logs",
        values: "a whole number with `s`, `m`, `h` or `d`, from 1s to 1d; `off`",
        example: "`5m`",
        default: |settings| code(&Key::Heartbeat, settings),
        ..variable("AUDIT_LOG_HEARTBEAT", values::heartbeat)
    },
    Variable {
        meaning: "how long the end of a program waits for a slow standard output or error before the lines that are left are given up and counted, and for a disk that is to have the last lines",
        values: "a time up to 1m with `ms`, `s` or `m`; `off` for not at all",
        example: "`500ms`",
        default: |settings| code(&Key::ExitWait, settings),
        ..variable("AUDIT_LOG_EXIT_WAIT", values::exit_wait)
    },
    Variable {
        meaning: "how many bytes of lines may wait for the standard output, and as many for the console",
        values: "a size from 64KiB to 1GiB",
        example: "`16MiB`",
        default: |settings| code(&Key::Queue, settings),
        ..variable("AUDIT_LOG_QUEUE", values::queue)
    },
    Variable {
        meaning: "who the records say it was, where a call does not say",
        values: "1 to 256 bytes of text",
        example: "`jane`",
        default: |_| "none".to_owned(),
        ..variable("AUDIT_LOG_USER", values::user)
    },
    Variable {
        meaning: "on whose behalf, where a call does not say",
        values: "1 to 256 bytes of text",
        example: "`agent-7`",
        default: |_| "none".to_owned(),
        ..variable("AUDIT_LOG_AGENT", values::agent)
    },
    Variable {
        meaning: "whether a bad setting keeps the program from starting",
        values: "`true`, `false`",
        example: "`true`",
        default: |settings| code(&Key::Strict, settings),
        ..variable("AUDIT_LOG_STRICT", values::strict)
    },
    Variable {
        secret: true,
        meaning: "the key under which `hash(x)` makes pseudonyms; never shown",
        values: "at least 16 bytes of text",
        example: "`$(openssl rand -hex 32)`",
        default: |_| "made at start".to_owned(),
        ..variable("AUDIT_LOG_HASH_KEY", values::hash_key)
    },
    Variable {
        meaning: "the configuration file (TOML)",
        values: "a path, or `off` for none",
        example: "`/etc/taskmgr/logs.toml`",
        default: |settings| code(&Key::Config, settings),
        ..variable("AUDIT_LOG_CONFIG", values::config)
    },
    Variable {
        meaning: "how often the configuration file is looked at, so that levels change while the program runs",
        values: "a time from 10ms to 1d with `ms`, `s`, `m`, `h` or `d`; `off`",
        example: "`5s`",
        default: |settings| code(&Key::Watch, settings),
        ..variable("AUDIT_LOG_WATCH", values::watch)
    },
];

fn code(key: &Key, settings: &Settings) -> String {
    format!("`{}`", settings.text(key))
}

/// The value of most files, and those of the others.
fn each(key: FileKey, settings: &Settings) -> String {
    let value = |category| code(&Key::File(category, key), settings);
    let general = value(Category::System);
    let others = Category::ALL.into_iter().filter(|category| value(*category) != general);
    let others: Vec<_> = others.map(|category| format!("{category} {}", value(category))).collect();
    if others.is_empty() { general } else { format!("{general} ({})", others.join(", ")) }
}
