//! The program; what it can do is in `cli.rs`.

fn main() -> std::process::ExitCode {
    koffer::cli::run()
}
