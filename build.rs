//! Lets cargo see when the admin was built anew: what `rust-embed` embeds is read at compile time,
//! and cargo can only watch a folder that is there.

fn main() -> std::io::Result<()> {
    std::fs::create_dir_all("admin/dist")?;
    println!("cargo:rerun-if-changed=admin/dist");
    Ok(())
}
