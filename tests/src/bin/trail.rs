//! `trail` as the tests run it.

fn main() -> std::process::ExitCode {
    audit_trail::cli::main()
}
