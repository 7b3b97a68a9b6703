//! What the pages say is there is there.

use crate::support::shell::{Shell, shown};
use std::{
    fs,
    path::{Path, PathBuf},
};

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md")).collect();
    pages.push(root.join("README.md"));
    pages
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split([')', '#']).next().unwrap();
            if !target.is_empty() && !target.contains("://") {
                assert!(page.parent().unwrap().join(target).exists(), "{}: {target}", page.display());
            }
        }
    }
}

#[test]
fn the_readme_links_every_page() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    for page in pages().iter().filter(|page| !page.ends_with("README.md")) {
        let name = format!("docs/{}", page.file_name().unwrap().to_string_lossy());
        assert!(readme.contains(&name), "{name}");
    }
}

/// `vestibule …`, and `v …` where it stands for that, as the pages have it in blocks and in the running text.
fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_block = false;
    for line in text.lines() {
        if line.starts_with("```") {
            is_block = !is_block;
        } else if is_block {
            found.push(line.to_owned());
        } else {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    let begins = |line: &String| line.strip_prefix("vestibule ").or(line.strip_prefix("v ")).map(str::to_owned);
    found.iter().filter_map(begins).collect()
}

#[test]
fn every_command_in_the_pages_is_known() {
    let shell = Shell::new();
    let mut tried = 0;
    for page in pages() {
        for command in commands(&fs::read_to_string(&page).unwrap()) {
            // The words before the first that is a value: `user add`, `audit verify`, `backup`.
            let is_name =
                |word: &&str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !word.starts_with('-');
            let names: Vec<&str> = command.split(' ').take_while(is_name).take(2).collect();
            let Some(first) = names.first() else { continue };
            let nested = ["user", "admin", "organisation", "audit", "config"].contains(first);
            let path = if nested { &names[..] } else { &names[..1] };
            if *first == "help" {
                continue;
            }
            let help = shell.run(&[path, &["--help"]].concat());
            assert!(help.status.success(), "{}: {command}", page.display());
            for option in command.split([' ', '=']).filter(|word| word.starts_with("--")) {
                assert!(shown(&help).contains(option), "{}: {command}: {option}", page.display());
            }
            tried += 1;
        }
    }
    assert!(tried > 40, "{tried}");
}
