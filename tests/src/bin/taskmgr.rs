//! The task manager as the tests run it: the same entry point as the real binary.
fn main() -> std::process::ExitCode {
    taskmgr::cli::main()
}
