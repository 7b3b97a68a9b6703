//! `bindgen IN.wasm OUT_DIR NAME` does what `wasm-bindgen --target web` does, by the library that command is made of,
//! which compiles in a quarter of its time.
//!
//! It writes `NAME.js` and `NAME.wasm`, each with a brotli-compressed `.br` beside it, and prints what a browser will
//! download. The JavaScript has no address of the module built in: the page passes `module_or_path`.

use anyhow::{Context, Result, bail, ensure};
use std::{env, fs, path::Path};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [input, out_dir, name] = args.as_slice() else {
        bail!("usage: bindgen IN.wasm OUT_DIR NAME");
    };
    let (wasm, js) = bindgen(input, Path::new(out_dir), name)?;
    println!(
        "browser code: {} wasm + {} js = {} bytes (brotli), {} + {} raw",
        grouped(wasm.compressed),
        grouped(js.compressed),
        grouped(wasm.compressed + js.compressed),
        grouped(wasm.raw),
        grouped(js.raw),
    );
    Ok(())
}

struct Sizes {
    raw: usize,
    compressed: usize,
}

fn bindgen(input: &str, out_dir: &Path, name: &str) -> Result<(Sizes, Sizes)> {
    let fresh = tempfile::tempdir()?;
    Bindgen::new()
        .web(true)?
        .input_path(input)
        .out_name(name)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(&fresh)?;
    let fresh = fresh.path();
    ensure!(!fresh.join("snippets").exists(), "a crate brings JavaScript files of its own, which nothing serves");
    fs::create_dir_all(out_dir)?;
    let wasm = publish(&fresh.join(format!("{name}_bg.wasm")), &out_dir.join(format!("{name}.wasm")))?;
    let js = publish(&fresh.join(format!("{name}.js")), &out_dir.join(format!("{name}.js")))?;
    Ok((wasm, js))
}

/// Leaves an equal file untouched, so that the server, which embeds it, is not built again.
fn publish(from: &Path, to: &Path) -> Result<Sizes> {
    let content = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    let beside = to.with_added_extension("br");
    if !beside.exists() || fs::read(to).ok().as_ref() != Some(&content) {
        // The plain file comes last: once it is there, its companion is the right one.
        fs::write(&beside, compress(&content)?)?;
        fs::write(to, &content)?;
    }
    let compressed = usize::try_from(fs::metadata(&beside)?.len())?;
    Ok(Sizes { raw: content.len(), compressed })
}

fn compress(content: &[u8]) -> Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &params)?;
    Ok(compressed)
}

/// 33370 as "33,370".
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}
