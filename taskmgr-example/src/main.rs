//! The `taskmgr` command.
fn main() -> std::process::ExitCode {
    taskmgr::cli::main()
}
