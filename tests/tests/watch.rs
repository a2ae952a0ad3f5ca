//! A configuration file that is watched: levels and limits follow it without a word from the
//! program.

use std::fs;

use audit_runtime::Level;
use audit_runtime::config::Key;
use audit_runtime::record::Category;
use audit_tests::until;

#[test]
fn levels_follow_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (dir, config) = (folder.path().join("logs"), folder.path().join("logs.toml"));
    fs::write(&config, "watch = '10ms'\nlevel = 'warn'\n").unwrap();
    let config_name = config.to_str().unwrap();
    let logs = audit_runtime::builder("tests")
        .environment([("AUDIT_LOG_CONFIG", config_name)])
        .dir(&dir)
        .init();
    assert_eq!(logs.problems(), []);
    tracing::info!("before");

    let next = folder.path().join("next.toml");
    fs::write(&next, "watch = '10ms'\nlevel = 'info'\n").unwrap();
    fs::rename(&next, &config).unwrap();
    until("the new level", || logs.settings().filter.default_level() == Some(Level::Info));
    assert_eq!(logs.settings().origin(&Key::Level).to_string(), format!("file {config_name}:2"));
    let system = || fs::read_to_string(dir.join("system.log")).unwrap_or_default();
    until("the line that says so", || system().contains("settings_changed"));
    until("the filter of events", || {
        tracing::info!("after");
        system().contains("after")
    });
    assert!(!system().contains("before"));

    // So do the limits of archives; those that are too many go.
    let archives = || {
        let names = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with("audit.log.2")).count()
    };
    for seq in 1..=4 {
        fs::write(dir.join(format!("audit.log.20260102T000000.000Z-00000{seq}")), "x").unwrap();
    }
    fs::write(&next, "watch = '10ms'\nlevel = 'info'\n[audit]\nkeep_files = 1\n").unwrap();
    fs::rename(&next, &config).unwrap();
    until("the new limit", || archives() == 1);
    assert_eq!(logs.settings().file(Category::Audit).keep.files, Some(1));

    // A bad file is told once and changes nothing.
    fs::write(&next, "level = \n").unwrap();
    fs::rename(&next, &config).unwrap();
    until("the report", || system().contains("setting_ignored"));
    assert_eq!(logs.settings().filter.default_level(), Some(Level::Info));
    drop(logs);
    let reports = system().lines().filter(|line| line.contains("setting_ignored")).count();
    assert_eq!(reports, 1);
}
