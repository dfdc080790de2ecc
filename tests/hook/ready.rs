//! The hooks in `hooks/`, ready to copy, are what the installer writes.

use super::*;

#[test]
fn the_ready_hooks_are_the_installers_own() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks");
    for kind in Kind::ALL {
        let gate = hook::Gate { kind, program: Path::new("/usr/local/bin/leakgate"), order: Order::Before };
        let shim = hook::Shim { name: kind.name(), gate: Some(gate), other: hook::Other::Kept };
        let path = folder.join(kind.name());
        if std::env::var_os("LEAKGATE_WRITE").is_some() {
            fs::write(&path, shim.render()).expect("writable");
            mode(&path, 0o755);
        }
        let present = fs::read(&path).unwrap_or_default();
        assert!(present == shim.render(), "{}: run this test with LEAKGATE_WRITE=1", path.display());
        assert_eq!(path.metadata().expect("there").permissions().mode() & 0o111, 0o111, "{}", path.display());
    }
}
