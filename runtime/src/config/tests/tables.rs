//! Good and bad values of each variable.

/// Variable, value, a setting it is about, and that setting's value after it.
pub(super) const GOOD: &[(&str, &str, &str, &str)] = &[
    ("AUDIT_LOG", "staging", "profile", "staging"),
    ("AUDIT_LOG", "warn", "level", "warn"),
    ("AUDIT_LOG", "performance=off", "performance", "off"),
    ("AUDIT_LOG", "error=warn", "error", "warn"),
    ("AUDIT_LOG", "audit=off", "audit", "off"),
    ("AUDIT_LOG", "a::b=off", "target.a::b", "off"),
    ("RUST_LOG", "trace", "level", "trace"),
    ("RUST_LOG", "a-b::c=error", "target.a_b::c", "error"),
    ("AUDIT_LOG_PROFILE", "PROD", "profile", "production"),
    ("AUDIT_LOG_PROFILE", " ci ", "profile", "test"),
    ("AUDIT_LOG_DIR", "/var/log/x y", "dir", "/var/log/x y"),
    ("AUDIT_LOG_DIR", "Off", "dir", "off"),
    ("AUDIT_LOG_CONSOLE", "off", "console", "off"),
    ("AUDIT_LOG_CONSOLE", "STDOUT", "console", "stdout"),
    ("AUDIT_LOG_CONSOLE", "warn", "console.level", "warn"),
    ("AUDIT_LOG_CONSOLE", "stdout, error", "console.level", "error"),
    ("NO_COLOR", "1", "console.color", "never"),
    ("AUDIT_LOG_COLOR", "always", "console.color", "always"),
    ("AUDIT_LOG_ROTATE_SIZE", "1KiB", "error.rotate_size", "1KiB"),
    ("AUDIT_LOG_ROTATE_SIZE", "2 gib", "audit.rotate_size", "2GiB"),
    ("AUDIT_LOG_ROTATE_SIZE", "1500000", "system.rotate_size", "1500kB"),
    ("AUDIT_LOG_ROTATE_SIZE", "4097", "system.rotate_size", "4097B"),
    ("AUDIT_LOG_ROTATE_SIZE", "off", "system.rotate_size", "off"),
    ("AUDIT_LOG_ROTATE_EVERY", "off", "system.rotate_every", "off"),
    ("AUDIT_LOG_ROTATE_EVERY", "Day", "system.rotate_every", "day"),
    ("AUDIT_LOG_ROTATE_EVERY", "HOUR", "error.rotate_every", "hour"),
    ("AUDIT_LOG_ROTATE_EVERY", "week", "error.rotate_every", "week"),
    ("AUDIT_LOG_ROTATE_EVERY", "minute", "error.rotate_every", "minute"),
    ("AUDIT_LOG_ROTATE_EVERY", "15 m", "error.rotate_every", "15m"),
    ("AUDIT_LOG_ROTATE_EVERY", "24h", "error.rotate_every", "day"),
    ("AUDIT_LOG_ROTATE_ZONE", "UTC", "error.rotate_zone", "utc"),
    ("AUDIT_LOG_ROTATE_JITTER", "60s", "error.rotate_jitter", "1m"),
    ("AUDIT_LOG_ROTATE_JITTER", "off", "error.rotate_jitter", "off"),
    ("AUDIT_LOG_ROTATE_ON_START", "true", "system.rotate_on_start", "true"),
    ("AUDIT_LOG_ROTATE_SIGNAL", "off", "rotate_signal", "off"),
    ("AUDIT_LOG_KEEP_AGE", "52w", "audit.keep_age", "364d"),
    ("AUDIT_LOG_KEEP_AGE", "off", "audit.keep_age", "off"),
    ("AUDIT_LOG_KEEP_BYTES", "2 GiB", "audit.keep_bytes", "2GiB"),
    ("AUDIT_LOG_KEEP_FLOOR", "20", "audit.keep_floor", "20"),
    ("AUDIT_LOG_KEEP_FLOOR", "off", "audit.keep_floor", "0"),
    ("AUDIT_LOG_DIR_BYTES", "10GB", "dir_bytes", "10GB"),
    ("AUDIT_LOG_DIR_BYTES", "off", "dir_bytes", "off"),
    ("AUDIT_LOG_MIN_FREE", "5%", "debug.min_free", "5%"),
    ("AUDIT_LOG_MIN_FREE", "1GiB", "debug.min_free", "1GiB"),
    ("AUDIT_LOG_MIN_FREE", "off", "debug.min_free", "off"),
    ("AUDIT_LOG_COMPRESS_DELAY", "0s", "debug.compress_delay", "off"),
    ("AUDIT_LOG_COMPRESS_DELAY", "1h", "debug.compress_delay", "1h"),
    ("AUDIT_LOG_FILE_MODE", "660", "audit.file_mode", "0660"),
    ("AUDIT_LOG_DIR_MODE", "2770", "dir_mode", "2770"),
    ("AUDIT_LOG_DURABILITY", "Synced", "audit.durability", "synced"),
    ("AUDIT_LOG_DURABILITY", "written", "audit.durability", "written"),
    ("AUDIT_LOG_DURABILITY", "1000 ms", "audit.durability", "1s"),
    ("AUDIT_LOG_ON_FAILURE", "DROP", "system.on_failure", "drop"),
    ("AUDIT_LOG_ON_FAILURE", "drop", "audit.on_failure", "continue"),
    ("AUDIT_LOG_ON_FAILURE", "abort", "audit.on_failure", "abort"),
    ("AUDIT_LOG_ON_FAILURE", "deny", "performance.on_failure", "drop"),
    ("AUDIT_LOG_ON_FAILURE", "continue", "performance.on_failure", "continue"),
    ("AUDIT_LOG_HEARTBEAT", "300 s", "heartbeat", "5m"),
    ("AUDIT_LOG_HEARTBEAT", "off", "heartbeat", "off"),
    ("AUDIT_LOG_EXIT_WAIT", "500ms", "exit_wait", "500ms"),
    ("AUDIT_LOG_EXIT_WAIT", "off", "exit_wait", "off"),
    ("AUDIT_LOG_QUEUE", "64 kib", "queue", "64KiB"),
    ("AUDIT_LOG_KEEP_FILES", "7", "performance.keep_files", "7"),
    ("AUDIT_LOG_KEEP_FILES", "off", "performance.keep_files", "off"),
    ("AUDIT_LOG_COMPRESS", "gzip", "debug.compress", "gzip"),
    ("AUDIT_LOG_FORMAT", "ECS", "audit.format", "ecs"),
    ("AUDIT_LOG_FORMAT", "text", "debug.format", "text"),
    ("AUDIT_LOG_REDACT_KEYS", "phone, ,name", "redact_keys", "phone,name"),
    ("AUDIT_LOG_MAX_LINE", "512", "audit.max_line", "512"),
    ("AUDIT_LOG_MAX_LINE", "1MiB", "debug.max_line", "1048576"),
    ("AUDIT_LOG_SPOOL", "Auto", "spool", "auto"),
    ("AUDIT_LOG_SPOOL", "on", "spool", "on"),
    ("AUDIT_LOG_TIMING", "Summary", "timing", "summary"),
    ("AUDIT_LOG_TIMING", "slow", "timing", "slow"),
    ("AUDIT_LOG_SUMMARY_EVERY", "120 s", "summary_every", "2m"),
    ("AUDIT_LOG_SUMMARY_EVERY", "1d", "summary_every", "1d"),
    ("AUDIT_LOG_SUMMARY_EVERY", "OFF", "summary_every", "off"),
    ("AUDIT_LOG_USER", " jane ", "user", "jane"),
    ("AUDIT_LOG_AGENT", "agent-7", "agent", "agent-7"),
    ("AUDIT_LOG_STRICT", "TRUE", "strict", "true"),
    ("AUDIT_LOG_STRICT", "false", "strict", "false"),
    ("AUDIT_LOG_HASH_KEY", "sixteen bytes ok", "hash_key", "(not shown)"),
    ("AUDIT_LOG_CONFIG", "/etc/logs.toml", "config", "/etc/logs.toml"),
    ("AUDIT_LOG_CONFIG", "off", "config", "off"),
    ("AUDIT_LOG_WATCH", "250 ms", "watch", "250ms"),
    ("AUDIT_LOG_WATCH", "off", "watch", "off"),
];

/// Variable, value, what is told from the reason on.
pub(super) const BAD: &[(&str, &str, &str)] = &[
    (
        "AUDIT_LOG",
        "inof",
        "'inof' at 1 is not a level or profile; did you mean 'info'? expected a level (off, \
         error, warn, info, debug or trace), a profile (dev, test, staging, production, \
         container) or, for a target, 'inof=trace'; it is ignored",
    ),
    (
        "RUST_LOG",
        "a_b=wran",
        "'wran' at 5 is not a level; did you mean 'warn'? expected off, error, warn, info, debug \
         or trace; it is ignored",
    ),
    (
        "AUDIT_LOG_PROFILE",
        "prodution",
        "'prodution' at 1 is not a profile; did you mean 'production'? expected dev, test, \
         staging, production or container; it is ignored",
    ),
    (
        "AUDIT_LOG_DIR",
        "none",
        "'none' at 1 is not a directory; did you mean 'off'? expected a path with a '/', or off; \
         it is ignored",
    ),
    (
        "AUDIT_LOG_CONSOLE",
        "stder",
        "'stder' at 1 is neither a place nor a level; did you mean 'stderr'? expected off, \
         stderr, stdout, or a level, or both with ',' between; it is ignored",
    ),
    (
        "AUDIT_LOG_AUDIT_ON_FAILURE",
        "drop",
        "'drop' at 1 would lose records of what was done; expected continue, deny or abort; it is \
         ignored",
    ),
    (
        "AUDIT_LOG_SYSTEM_ON_FAILURE",
        "abort",
        "'abort' at 1 is for the audit category; expected continue or drop; it is ignored",
    ),
    (
        "AUDIT_LOG_ON_FAILURE",
        "ignore",
        "'ignore' at 1 is not one of its values; expected continue, drop, deny or abort; it is \
         ignored",
    ),
    (
        "AUDIT_LOG_HEARTBEAT",
        "often",
        "'often' at 1 is not a period; expected a period such as 5m (units s, m, h, d), or off; \
         it is ignored",
    ),
    (
        "AUDIT_LOG_EXIT_WAIT",
        "2m",
        "'2m' at 1 is out of range; expected at most 1m, or off; it is ignored",
    ),
    ("AUDIT_LOG_QUEUE", "1kB", "'1kB' at 1 is out of range; expected 64KiB to 1GiB; it is ignored"),
    (
        "AUDIT_LOG_COLOR",
        "yes",
        "'yes' at 1 is not one of its values; expected auto, always or never; it is ignored",
    ),
    (
        "AUDIT_LOG_ROTATE_SIZE",
        "10M",
        "'10M' at 1 is not a size; did you mean '10MiB'? expected a size such as 10MiB (units B, \
         kB, MB, GB, KiB, MiB, GiB); it is ignored",
    ),
    (
        "AUDIT_LOG_ROTATE_SIZE",
        "99999999999GiB",
        "'99999999999GiB' at 1 is not a size; expected a size such as 10MiB",
    ),
    (
        "AUDIT_LOG_ROTATE_SIZE",
        "0",
        "'0' at 1 is too small a file; expected at least 1KiB, or off; it is ignored",
    ),
    (
        "AUDIT_LOG_ROTATE_EVERY",
        "daily",
        "'daily' at 1 is not a period; did you mean 'day'? expected minute, hour, day, week, a \
         period such as 15m (units s, m, h, d), or off; it is ignored",
    ),
    ("AUDIT_LOG_ROTATE_EVERY", "15", "'15' at 1 is not a period; did you mean '15m'? expected"),
    ("AUDIT_LOG_ROTATE_EVERY", "hous", "'hous' at 1 is not a period; did you mean 'hour'?"),
    (
        "AUDIT_LOG_ROTATE_EVERY",
        "10ms",
        "'10ms' at 1 is out of range; expected 1s to 366d, or off; it is ignored",
    ),
    (
        "AUDIT_LOG_ROTATE_ZONE",
        "../../etc/passwd",
        "'../../etc/passwd' at 1 is no name of a time zone; expected utc, local or a name such as \
         Europe/Berlin; it is ignored",
    ),
    (
        "AUDIT_LOG_ROTATE_JITTER",
        "13h",
        "'13h' at 1 is out of range; expected at most 12h, or off; it is ignored",
    ),
    (
        "AUDIT_LOG_ROTATE_ON_START",
        "yes",
        "'yes' at 1 is not one of its values; did you mean 'true'?",
    ),
    (
        "AUDIT_LOG_ROTATE_SIGNAL",
        "SIGHUB",
        "'SIGHUB' at 1 is not one of its values; did you mean 'SIGHUP'? expected SIGHUP, SIGUSR1 \
         or off; it is ignored",
    ),
    (
        "AUDIT_LOG_KEEP_AGE",
        "14",
        "'14' at 1 is not a time; did you mean '14d'? expected a time such as 5s (units ms, s, m, \
         h, d, w); it is ignored",
    ),
    (
        "AUDIT_LOG_KEEP_AGE",
        "14s",
        "'14s' at 1 is out of range; expected 1m to 36525d, or off to keep them forever; it is \
         ignored",
    ),
    (
        "AUDIT_LOG_KEEP_BYTES",
        "0",
        "'0' at 1 would delete each archive at once; expected at least 1KiB, or off; it is ignored",
    ),
    ("AUDIT_LOG_KEEP_BYTES", "2G", "'2G' at 1 is not a size; did you mean '2GiB'?"),
    (
        "AUDIT_LOG_KEEP_FLOOR",
        "some",
        "'some' at 1 is not a number of files; expected a number of files, or off; it is ignored",
    ),
    (
        "AUDIT_LOG_DIR_BYTES",
        "12B",
        "'12B' at 1 would delete each archive at once; expected at least",
    ),
    (
        "AUDIT_LOG_MIN_FREE",
        "95%",
        "'95%' at 1 is out of range; expected 1% to 90%, or a size such as 1GiB, or off; it is \
         ignored",
    ),
    ("AUDIT_LOG_MIN_FREE", "5 percent", "'5 percent' at 1 is not free space; expected 1% to 90%"),
    ("AUDIT_LOG_COMPRESS_DELAY", "5min", "'5min' at 1 is not a time; did you mean '5m'?"),
    (
        "AUDIT_LOG_FILE_MODE",
        "0666",
        "'0666' at 1 is no mode of a log file; expected 0600, 0640, 0660, 0644 or 0664; it is ignored",
    ),
    ("AUDIT_LOG_FILE_MODE", "rw", "'rw' at 1 is not a mode; expected 0600, 0640"),
    ("AUDIT_LOG_DIR_MODE", "640", "'640' at 1 is no mode of a log directory; expected 0700, 0750"),
    ("AUDIT_LOG_DIR_MODE", "0o750", "'0o750' at 1 is not a mode; expected 0700, 0750"),
    (
        "AUDIT_LOG_DURABILITY",
        "sync",
        "'sync' at 1 is not one of its values; did you mean 'synced'? expected written, synced, or \
         a time such as 1s; it is ignored",
    ),
    (
        "AUDIT_LOG_DURABILITY",
        "2sec",
        "'2sec' at 1 is not one of its values; did you mean '2s'? expected written, synced, or a \
         time such as 1s; it is ignored",
    ),
    (
        "AUDIT_LOG_DURABILITY",
        "1ms",
        "'1ms' at 1 is out of range; expected written, synced, or a time from 100ms to 1h; it is \
         ignored",
    ),
    (
        "AUDIT_LOG_KEEP_FILES",
        "0",
        "'0' at 1 would delete each archive at once; expected a number of files from 1 on, or \
         off to keep all; it is ignored",
    ),
    ("AUDIT_LOG_KEEP_FILES", "-1", "'-1' at 1 is not a number of files; expected a number"),
    (
        "AUDIT_LOG_COMPRESS",
        "gz",
        "'gz' at 1 is not one of its values; did you mean 'gzip'? expected zstd, gzip or off; it is \
         ignored",
    ),
    (
        "AUDIT_LOG_FORMAT",
        "txt",
        "'txt' at 1 is not one of its values; did you mean 'text'? expected json, text or ecs; it \
         is ignored",
    ),
    (
        "AUDIT_LOG_REDACT_KEYS",
        "phone,*",
        "'*' at 7 would match nearly every key; expected keys of at least 2 letters or digits, \
         with ',' between; it is ignored",
    ),
    (
        "AUDIT_LOG_MAX_LINE",
        "511",
        "'511' at 1 is out of range; expected 512 to 1048576 bytes; it is ignored",
    ),
    (
        "AUDIT_LOG_SPOOL",
        "aut",
        "'aut' at 1 is not one of its values; did you mean 'auto'? expected off, auto or on; it is \
         ignored",
    ),
    (
        "AUDIT_LOG_TIMING",
        "sumary",
        "'sumary' at 1 is not one of its values; did you mean 'summary'? expected each, summary \
         or slow; it is ignored",
    ),
    (
        "AUDIT_LOG_SUMMARY_EVERY",
        "5min",
        "'5min' at 1 is not a period; did you mean '5m'? expected a period such as 30s (units s, \
         m, h, d), or off; it is ignored",
    ),
    (
        "AUDIT_LOG_SUMMARY_EVERY",
        "0s",
        "'0s' at 1 is out of range; expected 1s to 1d, or off; it is ignored",
    ),
    (
        "AUDIT_LOG_USER",
        "a\u{1b}b",
        "'a\\u{1b}b' at 1 is no name; expected 1 to 256 bytes without control characters; it is \
         ignored",
    ),
    ("AUDIT_LOG_AGENT", "a\nb", "'a\\nb' at 1 is no name; expected 1 to 256 bytes"),
    (
        "AUDIT_LOG_STRICT",
        "1",
        "'1' at 1 is not one of its values; did you mean 'true'? expected true or false; it is \
         ignored",
    ),
    (
        "AUDIT_LOG_WATCH",
        "5",
        "'5' at 1 is not a time; did you mean '5s'? expected a time such as 5s (units ms, s, m, h, \
         d, w); it is ignored",
    ),
    ("AUDIT_LOG_WATCH", "1ms", "'1ms' at 1 is out of range; expected 10ms to 1d, or off"),
    ("AUDIT_LOG_STRICT", "flase", "'flase' at 1 is not one of its values; did you mean 'false'?"),
];
