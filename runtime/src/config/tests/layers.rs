//! Who wins, and who is told.

use proptest::prelude::*;

use super::{layered, loaded, origin, told, value};
use crate::{
    config::{
        Change, Color, ConsoleTarget, Dir, FileSetting, Profile, Rule, Scope, Settings, Threshold,
    },
    record::{Category, Level},
};

#[test]
fn nothing_set_is_the_profile_dev() {
    let loaded = loaded(&[]);
    assert_eq!(told(&loaded), [""; 0]);
    let settings = loaded.settings;
    assert_eq!(settings.profile, Profile::Dev);
    assert_eq!(settings.file(Category::Audit).max_line, 8_000);
    assert!(!settings.strict);
    assert!(settings.origins().iter().all(|effective| effective.origin.to_string() == "profile"));
    assert_eq!(
        settings.list().to_string(),
        "dev,debug,system=on,debug=on,error=on,audit=on,performance=on"
    );
}

/// The table of profiles, as the design has it.
#[test]
fn profiles() {
    let row = |profile: Profile| {
        let settings = Settings::new("taskmgr", profile);
        [
            "level",
            "console",
            "console.level",
            "console.format",
            "dir",
            "debug",
            "system.rotate_size",
            "system.rotate_every",
            "system.compress",
            "spool",
        ]
        .map(|key| value(&settings, key))
        .join(" ")
    };
    let keep = |profile: Profile, category: &str| {
        let settings = Settings::new("taskmgr", profile);
        ["files", "age", "bytes", "floor"]
            .map(|limit| value(&settings, &format!("{category}.keep_{limit}")))
            .join(" ")
    };
    assert_eq!(row(Profile::Dev), "debug stderr trace text logs debug 10MiB day off off");
    assert_eq!(
        row(Profile::Test),
        "debug captured trace text private temporary directory debug off off off off"
    );
    assert_eq!(row(Profile::Staging), "info stderr warn text logs off 100MiB day zstd auto");
    assert_eq!(row(Profile::Production), "info stderr error text logs off 100MiB day zstd auto");
    assert_eq!(row(Profile::Container), "info stdout trace json off off 100MiB day zstd off");
    for category in ["system", "debug", "performance", "error", "audit"] {
        let floor = if category == "audit" { "10" } else { "0" };
        let most = match category {
            "audit" => "off 365d off",
            "error" => "off 30d 2GiB",
            _ => "10 14d 2GiB",
        };
        for (profile, kept) in [
            (Profile::Dev, "5 off off"),
            (Profile::Test, "off off off"),
            (Profile::Staging, "10 7d off"),
            (Profile::Production, most),
            (Profile::Container, most),
        ] {
            assert_eq!(keep(profile, category), format!("{kept} {floor}"), "{profile} {category}");
        }
    }
    let durability = |profile: Profile| {
        let settings = Settings::new("taskmgr", profile);
        ["audit", "error", "system", "performance", "debug"]
            .map(|category| value(&settings, &format!("{category}.durability")))
            .join(" ")
    };
    assert_eq!(durability(Profile::Dev), "written written written written written");
    assert_eq!(durability(Profile::Test), durability(Profile::Dev));
    assert_eq!(durability(Profile::Staging), "written 1s written written written");
    assert_eq!(durability(Profile::Production), "1s 1s written written written");
    assert_eq!(durability(Profile::Container), durability(Profile::Production));
}

fn max_line(bytes: usize) -> Change {
    Change::File(Scope::All, FileSetting::MaxLine(bytes))
}

#[test]
fn profile_then_code_then_environment_then_pin() {
    let code = [max_line(1_000)];
    let environment = [("AUDIT_LOG_MAX_LINE", "2000")];
    let pin = [max_line(3_000)];
    let seen = |defaults: &[Change], pairs: &[(&str, &str)], pins: &[Change]| {
        let settings = layered(defaults, pairs, pins).settings;
        (settings.file(Category::Audit).max_line, origin(&settings, "audit.max_line"))
    };
    assert_eq!(seen(&[], &[], &[]), (8_000, "profile".into()));
    assert_eq!(seen(&code, &[], &[]), (1_000, "code".into()));
    let variable = "environment variable AUDIT_LOG_MAX_LINE".to_owned();
    assert_eq!(seen(&code, &environment, &[]), (2_000, variable));
    assert_eq!(seen(&code, &environment, &pin), (3_000, "pinned by code".into()));
}

#[test]
fn the_profile_comes_first_whoever_sets_it() {
    let defaults = [Change::Profile(Profile::Container), Change::Dir(Dir::At("/data".into()))];
    let settings = layered(&defaults, &[("AUDIT_LOG", "production")], &[]).settings;
    assert_eq!(settings.profile, Profile::Production);
    assert_eq!(settings.dir, Dir::At("/data".into()), "code beats the profile");
    assert_eq!(settings.console.target, ConsoleTarget::Stderr, "of the profile in force");
    assert_eq!(origin(&settings, "profile"), "environment variable AUDIT_LOG");
}

#[test]
fn an_overruled_operator_is_told() {
    let pins = [Change::Category(Category::Audit, Rule::On)];
    let loaded = layered(&[], &[("AUDIT_LOG", "info,audit=off")], &pins);
    assert!(loaded.settings.file(Category::Audit).enabled);
    assert_eq!(
        told(&loaded),
        ["AUDIT_LOG=\"info,audit=off\": 'info,audit=off' at 1 cannot change audit: the program \
          pins it to 'on'; it is ignored"]
    );
    let agreed = layered(&[], &[("AUDIT_LOG", "audit=on")], &pins);
    assert_eq!(told(&agreed), [""; 0]);
}

#[test]
fn audit_is_switched_off_by_its_name_in_audit_log_alone() {
    for pairs in [
        [("RUST_LOG", "off")],
        [("RUST_LOG", "audit=off,off")],
        [("AUDIT_LOG", "off")],
        [("AUDIT_LOG", "production,error")],
        [("AUDIT_LOG", "::audit=off")],
        [("AUDIT_LOG", "audit=error")],
    ] {
        let settings = loaded(&pairs).settings;
        let audit = settings.file(Category::Audit);
        assert!(audit.enabled && audit.level == Level::Trace, "{pairs:?}");
    }
    assert!(!loaded(&[("AUDIT_LOG", "audit=off")]).settings.file(Category::Audit).enabled);
}

#[test]
fn rust_log_is_read_where_audit_log_is_unset() {
    let level = |pairs: &[(&str, &str)]| value(&loaded(pairs).settings, "level");
    assert_eq!(level(&[("RUST_LOG", "warn")]), "warn");
    assert_eq!(level(&[("AUDIT_LOG", ""), ("RUST_LOG", "warn")]), "warn");
    assert_eq!(level(&[("AUDIT_LOG", "dev"), ("RUST_LOG", "warn")]), "debug");
    let bad = loaded(&[("AUDIT_LOG", "dev"), ("RUST_LOG", "inof")]);
    assert_eq!(told(&bad), [""; 0], "what is not read is not judged");
}

#[test]
fn a_variable_with_a_category_beats_the_general_one() {
    let settings = loaded(&[
        ("AUDIT_LOG_AUDIT_KEEP_FILES", "30"),
        ("AUDIT_LOG_KEEP_FILES", "7"),
        ("AUDIT_LOG_PERFORMANCE_ROTATE_SIZE", "off"),
        ("AUDIT_LOG_ERROR_COMPRESS", "gzip"),
        ("AUDIT_LOG_DEBUG_ROTATE_EVERY", "off"),
    ])
    .settings;
    let of = |key| value(&settings, key);
    assert_eq!((of("audit.keep_files"), of("system.keep_files")), ("30".into(), "7".into()));
    assert_eq!(of("performance.rotate_size"), "off");
    assert_eq!(of("system.rotate_size"), "10MiB");
    assert_eq!((of("error.compress"), of("system.compress")), ("gzip".into(), "off".into()));
    assert_eq!(of("debug.rotate_every"), "off");
    assert_eq!(
        origin(&settings, "audit.keep_files"),
        "environment variable AUDIT_LOG_AUDIT_KEEP_FILES"
    );
}

#[test]
fn in_code_too_whatever_the_order() {
    let special = Change::File(Category::Audit.into(), FileSetting::KeepFiles(Some(30)));
    let general = Change::File(Scope::All, FileSetting::KeepFiles(Some(7)));
    for defaults in [[special.clone(), general.clone()], [general, special]] {
        let settings = layered(&defaults, &[], &[]).settings;
        assert_eq!(settings.file(Category::Audit).keep.files, Some(30));
        assert_eq!(settings.file(Category::Error).keep.files, Some(7));
    }
}

#[test]
fn a_shorter_audit_trail_is_told() {
    for (name, value, meant) in
        [("KEEP_FILES", "5", "off"), ("KEEP_AGE", "30d", "365d"), ("KEEP_BYTES", "1GiB", "off")]
    {
        let general = format!("AUDIT_LOG_{name}");
        let special = format!("AUDIT_LOG_AUDIT_{name}");
        let pairs = [("AUDIT_LOG", "production"), (general.as_str(), value)];
        let short = loaded(&pairs);
        assert_eq!(
            told(&short),
            [format!(
                "{general}=\"{value}\": '{value}' at 1 holds for the audit trail as well, which \
                 keeps less: {value}, not {meant}; expected {special}={meant} if that is not meant"
            )]
        );
        assert_eq!(short.faults().count(), 0);
        let long = loaded(&[pairs[0], (general.as_str(), "off")]);
        assert_eq!(told(&long), [""; 0]);
        let apart = [pairs[0], pairs[1], (special.as_str(), value)];
        assert_eq!(told(&loaded(&apart)), [""; 0], "who names it means it");
    }
}

#[test]
fn audit_log_profile_beats_the_profile_in_audit_log() {
    let loaded = loaded(&[("AUDIT_LOG", "production"), ("AUDIT_LOG_PROFILE", "dev")]);
    assert_eq!(loaded.settings.profile, Profile::Dev);
    assert_eq!(
        told(&loaded),
        ["AUDIT_LOG_PROFILE=\"dev\": 'dev' at 1 beats the profile 'production' of the \
          environment variable AUDIT_LOG"]
    );
    assert_eq!(
        told(&super::loaded(&[("AUDIT_LOG", "prod"), ("AUDIT_LOG_PROFILE", "production")])),
        [""; 0]
    );
}

#[test]
fn audit_log_color_beats_no_color_which_beats_the_code() {
    let code = [Change::Color(Color::Always)];
    let color = |pairs: &[(&str, &str)]| layered(&code, pairs, &[]).settings.console.color;
    assert_eq!(color(&[("NO_COLOR", "")]), Color::Always);
    assert_eq!(color(&[("NO_COLOR", "1")]), Color::Never);
    assert_eq!(color(&[("AUDIT_LOG_COLOR", "auto"), ("NO_COLOR", "1")]), Color::Auto);
}

#[test]
fn who_asks_for_a_level_on_the_console_sees_one() {
    let code = [Change::Console(ConsoleTarget::Off)];
    let target = |text| layered(&code, &[("AUDIT_LOG_CONSOLE", text)], &[]).settings.console.target;
    assert_eq!(target("warn"), ConsoleTarget::Stderr);
    assert_eq!(target("stdout,warn"), ConsoleTarget::Stdout);
    assert_eq!(target("off,warn"), ConsoleTarget::Off);
}

#[test]
fn directives_are_merged_target_by_target() {
    let code = [Change::Target("hyper".into(), Level::Warn.into()), Change::Level(Threshold::OFF)];
    let pins = [Change::Target("vault".into(), Threshold::OFF)];
    let pairs = [("AUDIT_LOG", "h2=error,hyper=info,vault=trace")];
    let settings = layered(&code, &pairs, &pins).settings;
    assert_eq!(settings.filter.to_string(), "off,h2=error,hyper=info,vault=off");
    assert_eq!(origin(&settings, "target.vault"), "pinned by code");
    assert_eq!(origin(&settings, "level"), "code");
}

#[test]
fn debug_log_is_written_where_it_says_more_than_system_log() {
    let enabled = |text| loaded(&[("AUDIT_LOG", text)]).settings.file(Category::Debug).enabled;
    assert!(enabled("dev"));
    assert!(!enabled("dev,info"));
    assert!(!enabled("production"));
    assert!(enabled("production,taskmgr::store=debug"));
    assert!(enabled("production,debug=on"));
    assert!(!enabled("dev,debug=off"));
}

#[test]
fn keys_that_name_a_secret_only_add_up() {
    let code = [Change::RedactKeys(vec!["phone".into()])];
    let pins = [Change::RedactKeys(vec!["patient".into()])];
    let loaded = layered(&code, &[("AUDIT_LOG_REDACT_KEYS", "name,phone")], &pins);
    assert_eq!(loaded.settings.redact_keys, ["phone", "name", "patient"]);
    assert_eq!(told(&loaded), [""; 0]);
}

#[test]
fn the_wishes_of_the_code_are_checked_as_well() {
    let name = |category, name: &str| Change::FileName(category, name.into());
    let defaults = [
        max_line(1),
        Change::Target("a b".into(), Threshold::OFF),
        Change::Target("::".into(), Threshold::OFF),
        Change::Dir(Dir::At("".into())),
        Change::Category(Category::Audit, Rule::From(Level::Error)),
        name(Category::System, "../x.log"),
        name(Category::Debug, "x.txt"),
        name(Category::Error, ".log"),
    ];
    let loaded = layered(&defaults, &[], &[Change::User(String::new())]);
    assert_eq!(loaded.faults().count(), 9);
    assert_eq!(
        told(&loaded)[0],
        "max_line (code)=\"1\": '1' at 1 is out of range; expected 512 to 1048576 bytes; it is \
         ignored"
    );
    assert_eq!(loaded.settings.origins(), super::loaded(&[]).settings.origins());
}

#[test]
fn two_categories_never_share_a_file() {
    let name = |category, name: &str| Change::FileName(category, name.into());
    let defaults = [name(Category::System, "tasks.log"), name(Category::Error, "tasks.log")];
    let loaded = layered(&defaults, &[], &[]);
    assert_eq!(value(&loaded.settings, "system.file_name"), "tasks.log");
    assert_eq!(value(&loaded.settings, "error.file_name"), "error.log");
    assert_eq!(
        told(&loaded),
        ["error.file_name (code)=\"tasks.log\": 'tasks.log' at 1 is the name of the system file; \
          expected a name of its own; it is ignored"]
    );
    let stolen = layered(&[name(Category::System, "audit.log")], &[], &[]);
    assert_eq!(value(&stolen.settings, "system.file_name"), "system.log");
    assert_eq!(stolen.faults().count(), 1);
}

proptest! {
    #[test]
    fn no_environment_is_too_bad(
        pairs in prop::collection::vec(
            (prop::sample::select(names()), prop_oneof![any::<String>(), "[a-z0-9=,:off]{0,12}"]),
            0..8,
        ),
    ) {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let loaded = layered(&[], &pairs, &[]);
        prop_assert!((512..=1 << 20).contains(&loaded.settings.file(Category::System).max_line));
        for problem in &loaded.problems {
            prop_assert!(!problem.to_string().contains(char::is_control), "{problem}");
        }
        // What is in force, said again, changes nothing and is not complained about.
        let list = loaded.settings.list().to_string();
        let again = super::loaded(&[("AUDIT_LOG", &list)]);
        prop_assert_eq!(again.faults().count(), 0, "{:?}", told(&again));
        prop_assert_eq!(again.settings.list().to_string(), list);
    }
}

fn names() -> Vec<String> {
    crate::config::variables::VARIABLES
        .iter()
        .map(|variable| variable.name.to_owned())
        .chain(["AUDIT_LOG_AUDIT_KEEP_FILES".to_owned(), "AUDIT_LOG_X\u{1b}".to_owned()])
        .collect()
}
