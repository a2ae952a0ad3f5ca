//! `trail`: see the library.

fn main() -> std::process::ExitCode {
    audit_trail::cli::main()
}
