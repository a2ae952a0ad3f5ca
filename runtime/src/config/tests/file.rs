//! The configuration file: what it says, what it may not say, and where that stands.

use super::{origin, told, value};
use crate::{
    config::{
        Change, ConfigFile, Environment, FileSetting, Layers, Loaded, Profile, Scope, Settings,
        load,
    },
    record::Category,
};

fn max_line(bytes: usize) -> Change {
    Change::File(Scope::All, FileSetting::MaxLine(bytes))
}

fn longest(settings: &Settings) -> usize {
    settings.file(Category::System).max_line
}

fn filed(text: &str) -> Loaded {
    over(&[], text, &[])
}

fn over(defaults: &[Change], text: &str, pairs: &[(&str, &str)]) -> Loaded {
    let environment: Environment = pairs.iter().copied().collect();
    let file = ConfigFile { name: "logs.toml".into(), text: Ok(text.into()) };
    load(&Layers { defaults, file: Some(&file), ..Layers::new("taskmgr", &environment) })
}

#[test]
fn every_kind_of_key() {
    let text = r#"
profile = "production"
level = "warn"
dir = "/var/log/tasks"
keep_files = 12
redact_keys = ["customer_name", "phone"]
console = "stderr,debug"
strict = false
watch = "5s"
max_line = 16000

[levels]
"taskmgr::store" = "trace"
hyper = "off"

[audit]
keep_files = 400
format = "ecs"

[error]
level = "warn"
file_name = "agent_tasks_errors.log"

[performance]
level = "off"
"#;
    let loaded = filed(text);
    let notes: Vec<_> = told(&loaded);
    assert_eq!(
        notes,
        ["logs.toml:9:10: watch=\"5s\": '5s' at 1 watches nothing: no configuration \
                        file is named; expected AUDIT_LOG_CONFIG beside it"
            .to_owned()]
    );
    let settings = loaded.settings;
    assert_eq!(settings.profile, Profile::Production);
    for (key, expected) in [
        ("level", "warn"),
        ("target.taskmgr::store", "trace"),
        ("target.hyper", "off"),
        ("dir", "/var/log/tasks"),
        ("system.keep_files", "12"),
        ("audit.keep_files", "400"),
        ("audit.format", "ecs"),
        ("system.format", "json"),
        ("error", "warn"),
        ("error.file_name", "agent_tasks_errors.log"),
        ("performance", "off"),
        ("redact_keys", "customer_name,phone"),
        ("console", "stderr"),
        ("console.level", "debug"),
        ("watch", "5s"),
        ("debug.max_line", "16000"),
    ] {
        assert_eq!(value(&settings, key), expected, "{key}");
    }
    assert_eq!(origin(&settings, "audit.keep_files"), "file logs.toml:17");
    assert_eq!(origin(&settings, "target.hyper"), "file logs.toml:14");
}

#[test]
fn code_then_file_then_environment() {
    let code = [max_line(1_000), Change::User("code".into())];
    let loaded = over(&code, "max_line = 2000\nuser = 'file'", &[("AUDIT_LOG_USER", "jane")]);
    assert_eq!(told(&loaded), [""; 0]);
    assert_eq!(longest(&loaded.settings), 2_000);
    assert_eq!(loaded.settings.user.as_deref(), Some("jane"));
    assert_eq!(origin(&loaded.settings, "system.max_line"), "file logs.toml:1");
    let pin = [max_line(3_000)];
    let environment = Environment::default();
    let file = ConfigFile { name: "logs.toml".into(), text: Ok("\nmax_line = 2000".into()) };
    let layers = Layers { file: Some(&file), pins: &pin, ..Layers::new("taskmgr", &environment) };
    let loaded = load(&layers);
    assert_eq!(longest(&loaded.settings), 3_000);
    assert_eq!(
        told(&loaded),
        [
            "logs.toml:2:12: max_line=\"2000\": '2000' at 1 cannot change max_line: the program pins \
          it to '3000'; it is ignored"
        ]
    );
}

#[test]
fn what_is_not_understood_is_told_with_its_place_and_left_out_alone() {
    let text = "keep_fils = 3\nrotate_size = '10M'\nmax_line = 1.5\nlevle = 'info'\nfile_name = 'x.log'\nuser = 'jane'\n\
                [audit]\nlevel = 'inof'\nkeep_files = true\ncolor = 'never'\n\
                [levels]\ntaskmgr.store = 'debug'\n'a b' = 'debug'\nhyper = 'warning'\n\
                [audits]\nkeep_files = 3\n";
    let loaded = filed(text);
    let expected = [
        "logs.toml:1:1=\"keep_fils\": 'keep_fils' at 1 is no known key; did you mean \
         'keep_files'?",
        "logs.toml:3:12=\"max_line\": 'max_line' at 1 cannot be a number with a fraction",
        "logs.toml:4:1=\"levle\": 'levle' at 1 is no known key; did you mean 'level'?",
        "logs.toml:5:1=\"file_name\": 'file_name' at 1 is a key of a category; expected it in a table",
        "logs.toml:10:1=\"audit.color\": 'color' at 7 is a key that takes no category",
        "logs.toml:12:1=\"taskmgr\": 'taskmgr' at 1 cannot be a table; expected a level; a target \
         is quoted",
        "logs.toml:13:1: levels=\"a b\": 'a b' at 1 is not a target",
        "logs.toml:15:2=\"audits\": 'audits' at 1 is no known key; did you mean 'audit'?",
        "logs.toml:2:16: rotate_size=\"10M\": '10M' at 1 is not a size; did you mean '10MiB'?",
        "logs.toml:8:10: level=\"inof\": 'inof' at 1 is nothing a category can be; did you mean \
         'info'?",
        "logs.toml:9:14: keep_files=\"true\": 'true' at 1 is not a number of files",
        "logs.toml:14:10: hyper=\"warning\": 'warning' at 1 is not a level; did you mean 'warn'?",
    ];
    let told = told(&loaded);
    for expected in expected {
        assert!(told.iter().any(|text| text.starts_with(expected)), "{expected}\n{told:#?}");
    }
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    assert_eq!(loaded.settings.user.as_deref(), Some("jane"), "the rest holds");
    assert_eq!(loaded.faults().count(), expected.len());
}

#[test]
fn a_part_of_a_value_is_told_at_its_own_column() {
    let loaded = filed("console = \"stderr,wran\"");
    let problem = loaded.problems.first().expect("a problem");
    assert_eq!(problem.variable, "logs.toml:1:19: console");
    assert!(problem.caret().contains("console=stderr,wran\n"), "{}", problem.caret());
    assert_eq!(
        problem.caret().lines().nth(1).and_then(|line| line.find('^')),
        problem.caret().lines().next().and_then(|line| line.find("wran"))
    );
}

#[test]
fn of_a_file_that_is_no_toml_nothing_holds() {
    let loaded = filed("user = 'jane'\nkeep_files = \n");
    assert_eq!(loaded.settings.user, None);
    let told = told(&loaded);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("logs.toml:2:"), "{told:?}");
    assert!(told[0].contains("nothing of the file holds"), "{told:?}");
}

#[test]
fn a_secret_in_a_file_is_never_shown() {
    for text in [
        "hash_key = 'hush'",
        "hash_kye = 'hush-hush-hush-hush'",
        "hash_key = 'hush-hush-hush-hush",
        "hash_key = ['hush']",
        "[levels]\nhash_key = { a = 'hush' }",
    ] {
        let loaded = filed(text);
        assert!(!loaded.problems.is_empty(), "{text}");
        let all = format!("{:?} {:?} {:?}", loaded, told(&loaded), loaded.settings.origins());
        assert!(!all.contains("hush"), "{text}: {all}");
        assert!(loaded.problems.iter().all(|problem| !problem.caret().contains("hush")));
    }
    assert!(filed("hash_key = 'a key of sixteen bytes'").problems.is_empty());
}

#[test]
fn a_file_that_cannot_be_read_is_told_by_who_named_it() {
    let pairs = [("AUDIT_LOG_CONFIG", "/etc/logs.toml")];
    let environment: Environment = pairs.into_iter().collect();
    let file = ConfigFile { name: "/etc/logs.toml".into(), text: Err("no such file".into()) };
    let loaded = load(&Layers { file: Some(&file), ..Layers::new("taskmgr", &environment) });
    assert_eq!(
        told(&loaded),
        ["AUDIT_LOG_CONFIG=\"/etc/logs.toml\": '/etc/logs.toml' at 1 cannot be read (no such \
          file); expected a readable TOML file, or off; it is ignored"]
    );
}

#[test]
fn a_file_can_shorten_the_audit_trail_but_that_is_told() {
    let code = [Change::Profile(Profile::Production)];
    let loaded = over(&code, "keep_files = 7", &[]);
    assert_eq!(
        told(&loaded),
        [
            "logs.toml:1:14: keep_files=\"7\": '7' at 1 holds for the audit trail as well, which keeps \
          less: 7, not off; expected [audit] keep_files=off if that is not meant"
        ]
    );
}

#[test]
fn text_is_for_files_of_people() {
    let loaded = filed("format = 'text'");
    assert_eq!(told(&loaded), [""; 0]);
    assert_eq!(value(&loaded.settings, "system.format"), "text");
    assert_eq!(value(&loaded.settings, "audit.format"), "json");
    let loaded = filed("[audit]\nformat = 'text'");
    assert_eq!(value(&loaded.settings, "audit.format"), "json");
    assert!(told(&loaded)[0].contains("no tool can check"), "{:?}", told(&loaded));
    let loaded = filed("profile = 'container'\nformat = 'text'");
    assert_eq!(value(&loaded.settings, "system.format"), "json", "the standard output");
    assert_eq!(loaded.faults().count(), 1, "{:?}", told(&loaded));
    let loaded = filed("profile = 'container'\nformat = 'ecs'");
    assert_eq!(value(&loaded.settings, "audit.format"), "ecs");
    assert_eq!(told(&loaded), [""; 0]);
}
