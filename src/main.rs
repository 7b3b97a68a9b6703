//! The binary: hands the command line over.

use std::process::ExitCode;

fn main() -> ExitCode {
    vestibule::cli::run()
}
