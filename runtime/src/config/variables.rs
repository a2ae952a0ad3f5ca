//! The table of variables: what each is called, means and takes. The reader and the
//! documentation both come from it.

use super::{
    directives::List,
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

/// All variables. A later one wins over an earlier one that says something about the same
/// setting: `AUDIT_LOG_PROFILE` over the profile in `AUDIT_LOG`, `AUDIT_LOG_COLOR` over `NO_COLOR`.
pub(super) const VARIABLES: [Variable; 23] = [
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
        takes_category: true,
        meaning: "the size at which a file is rotated",
        values: "a whole number with `B`, `kB`, `MB`, `GB`, `KiB`, `MiB` or `GiB`, at least 1KiB; `off`",
        example: "`10MiB`",
        default: |settings| code(&Key::RotateSize(Category::System), settings),
        ..variable("AUDIT_LOG_ROTATE_SIZE", values::rotate_size)
    },
    Variable {
        takes_category: true,
        meaning: "whether a file is rotated when the day (UTC) ends",
        values: "`day`, `off`",
        example: "`day`",
        default: |settings| code(&Key::RotateDaily(Category::System), settings),
        ..variable("AUDIT_LOG_ROTATE_EVERY", values::rotate_every)
    },
    Variable {
        takes_category: true,
        meaning: "how many archives of a file are kept",
        values: "a number from 1 on; `off` keeps all",
        example: "`30`",
        default: |settings| {
            let general = code(&Key::KeepFiles(Category::System), settings);
            let audit = code(&Key::KeepFiles(Category::Audit), settings);
            if general == audit { general } else { format!("{general} (audit {audit})") }
        },
        ..variable("AUDIT_LOG_KEEP_FILES", values::keep_files)
    },
    Variable {
        takes_category: true,
        meaning: "whether archives are compressed",
        values: "`gzip`, `off`",
        example: "`gzip`",
        default: |settings| code(&Key::Gzip(Category::System), settings),
        ..variable("AUDIT_LOG_COMPRESS", values::compress)
    },
    Variable {
        takes_category: true,
        meaning: "how lines are written; `text` in general leaves the audit trail JSON",
        values: "`json`, `text`, `ecs` (Elastic Common Schema)",
        example: "`ecs`",
        default: |settings| code(&Key::Format(Category::System), settings),
        ..variable("AUDIT_LOG_FORMAT", values::format)
    },
    Variable {
        meaning: "further keys whose values are never written; they add to those of the code",
        values: "keys of at least 2 letters or digits, with `,` between",
        example: "`customer_name,phone`",
        default: |_| "none".to_owned(),
        ..variable("AUDIT_LOG_REDACT_KEYS", values::redact_keys)
    },
    Variable {
        meaning: "the most bytes of a line",
        values: "a size from 512 to 1MiB",
        example: "`16000`",
        default: |settings| code(&Key::MaxLine, settings),
        ..variable("AUDIT_LOG_MAX_LINE", values::max_line)
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
