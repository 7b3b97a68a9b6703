//! `vestibule completions` and `vestibule man`: made from the commands themselves.

use super::{Cli, Failure};
use clap::{Arg, Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;
use std::io::{self, Write};

pub(super) fn completions(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "vestibule", &mut script);
    print(&script)
}

/// One page with all commands.
pub(super) fn man() -> Result<(), Failure> {
    let mut root = Cli::command();
    root.build();
    page(&root).map_err(|error| Failure::Refused(error.to_string())).and_then(|page| print(&page))
}

/// Prints; a reader that has gone away is no fault of ours.
fn print(bytes: &[u8]) -> Result<(), Failure> {
    match io::stdout().write_all(bytes) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Refused(error.to_string())),
        _ => Ok(()),
    }
}

fn page(root: &Command) -> io::Result<Vec<u8>> {
    let man = Man::new(root.clone());
    let mut out = Vec::new();
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    man.render_options_section(&mut out)?;
    writeln!(out, ".SH COMMANDS")?;
    commands(root, &mut out)?;
    writeln!(out, ".SH EXIT STATUS\n0 done, 1 refused or done in part, 2 wrong usage, 3 settings, 4 database.")?;
    writeln!(out, ".SH FILES\n.I vestibule.toml\nis read where the command runs; the environment wins over it.")?;
    man.render_version_section(&mut out)?;
    Ok(out)
}

fn commands(of: &Command, out: &mut Vec<u8>) -> io::Result<()> {
    for command in of.get_subcommands().filter(|command| command.get_name() != "help") {
        if command.has_subcommands() {
            commands(command, out)?;
            continue;
        }
        let own: Vec<&Arg> = command.get_arguments().filter(|arg| !arg.is_global_set() && !is_common(arg)).collect();
        let words: Vec<String> = own.iter().filter(|arg| arg.is_positional()).map(|arg| arg.to_string()).collect();
        let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
        writeln!(out, ".SS {}", escaped(format!("{name} {}", words.join(" ")).trim()))?;
        writeln!(out, "{}.", text(command.get_about()))?;
        for arg in own {
            writeln!(out, ".TP\n\\fB{}\\fR\n{}.", escaped(&arg.to_string()), text(arg.get_help()))?;
            let values: Vec<String> = arg.get_possible_values().iter().map(|one| one.get_name().to_owned()).collect();
            if !values.is_empty() && arg.get_action().takes_values() {
                writeln!(out, "One of: {}.", escaped(&values.join(", ")))?;
            }
        }
    }
    Ok(())
}

fn is_common(arg: &Arg) -> bool {
    ["help", "version"].contains(&arg.get_id().as_str())
}

fn text(help: Option<&clap::builder::StyledStr>) -> String {
    let text = help.map(ToString::to_string).unwrap_or_default();
    escaped(text.lines().map(str::trim).collect::<Vec<_>>().join(" ").trim_end_matches('.'))
}

/// A line that holds no instruction to the typesetter.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', r"\e").replace('-', r"\-");
    if text.starts_with(['.', '\'']) { format!(r"\&{text}") } else { text }
}
