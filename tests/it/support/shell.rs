//! The binary, run in a folder of its own as those who run it would.

use super::{TestApp, TestFolder};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Command, Output, Stdio},
};

pub struct Shell(pub TestFolder, Vec<(String, String)>);

impl Shell {
    pub fn new() -> Self {
        Self(TestFolder::new(), Vec::new())
    }

    /// With the database and key file of a test.
    pub fn beside(app: &TestApp) -> Self {
        let key = app.folder.path("key").display().to_string();
        let settings = [("VESTIBULE_DATABASE_URL", app.database_url.clone()), ("VESTIBULE_SECRET_KEY_FILE", key)];
        Self(TestFolder::new(), settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// The command as it is about to run: without the settings of whoever runs the tests.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("VESTIBULE_")) {
            command.env_remove(name);
        }
        command.envs(self.1.iter().map(|(name, value)| (name, value))).current_dir(&self.0.0);
        command
    }

    pub fn run_with(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Output {
        let mut command = self.command(env!("CARGO_BIN_EXE_vestibule"));
        command.envs(environment.iter().copied()).args(arguments).output().unwrap()
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(&[], arguments)
    }

    /// Runs where no file may grow beyond so many blocks of 512 bytes: a disk that is full.
    pub fn run_on_a_full_disk(&self, blocks: u32, arguments: &[&str]) -> Output {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut command = self.command("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_vestibule")]).args(arguments).output().unwrap()
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Serves on a free port, and is ready.
    pub fn serve(&self) -> Server {
        let at = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let mut command = self.command(env!("CARGO_BIN_EXE_vestibule"));
        let mut child = command
            .env("VESTIBULE_LISTEN", &at)
            .arg("serve")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        assert!(first.contains(&at), "{first}");
        Server { child, at }
    }
}

/// A server of the test's own; killed with it.
pub struct Server {
    child: Child,
    pub at: String,
}

impl Drop for Server {
    /// As `kill -9` does.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn shown(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}
