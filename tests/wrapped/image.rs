//! `leakgate image`: every layer, and who made it.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    env,
    made::{gzip, tar, zip},
};
use crate::harness::{Dir, Told, made::token, place};

fn digest(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

/// Two layers, of which the second deletes what the first has, and a configuration.
struct Made {
    layers: [Vec<u8>; 2],
    config: Vec<u8>,
}

impl Made {
    fn new(packed: bool) -> Self {
        let layers = [
            tar(&[("app/main.py", b"print()\n"), ("app/.env", env(1).as_bytes())]),
            tar(&[("app/.wh..env", b""), ("etc/motd", b"hello\n")]),
        ];
        let diffs: Vec<_> = layers.iter().map(|layer| format!("sha256:{}", digest(layer))).collect();
        let config = json!({
            "architecture": "amd64",
            "config": { "Env": ["PATH=/bin", format!("GITHUB_TOKEN={}", token(2))], "Labels": { "by": token(3) } },
            "history": [
                { "created_by": "/bin/sh -c #(nop) ADD file:0 in / " },
                { "created_by": format!("|1 TOKEN={} /bin/sh -c make", token(4)), "empty_layer": true },
                { "created_by": "RUN rm app/.env # buildkit" },
            ],
            "rootfs": { "type": "layers", "diff_ids": diffs },
        });
        let layers = if packed { layers.map(|layer| gzip(&layer)) } else { layers };
        Self { layers, config: config.to_string().into_bytes() }
    }

    /// As `docker save` packs it.
    fn saved(&self) -> Vec<(String, Vec<u8>)> {
        let manifest = json!([{
            "Config": "c0ffee.json",
            "RepoTags": ["app:1"],
            "Layers": ["one/layer.tar", "two/layer.tar"],
        }]);
        vec![
            ("one/layer.tar".to_owned(), self.layers[0].clone()),
            ("two/layer.tar".to_owned(), self.layers[1].clone()),
            ("c0ffee.json".to_owned(), self.config.clone()),
            ("manifest.json".to_owned(), manifest.to_string().into_bytes()),
        ]
    }

    /// As an OCI layout.
    fn layout(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        let mut blob = |bytes: &[u8]| -> Value {
            let hash = digest(bytes);
            files.push((format!("blobs/sha256/{hash}"), bytes.to_vec()));
            json!({ "digest": format!("sha256:{hash}"), "size": bytes.len() })
        };
        let layers: Vec<_> = self.layers.iter().map(|layer| blob(layer)).collect();
        let config = blob(&self.config);
        let manifest = json!({ "schemaVersion": 2, "config": config, "layers": layers });
        let manifest = blob(manifest.to_string().as_bytes());
        let index = json!({ "schemaVersion": 2, "manifests": [manifest] });
        files.push(("index.json".to_owned(), index.to_string().into_bytes()));
        files
    }
}

fn packed(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let files: Vec<_> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    tar(&files)
}

/// All four are found, and the one that was deleted names its layer.
fn right(told: Told, image: &str, layer: &str) {
    let told = told.hits(&[&token(1), &token(2), &token(3), &token(4)]);
    let in_layer = told.findings.iter().find(|found| found["layer"].is_object()).expect("one is in a layer");
    assert_eq!(place(in_layer), (format!("{image}!/{layer}!/app/.env").as_str(), 2, 15));
    let wanted = json!({ "number": 1, "of": 2, "digest": layer, "instruction": "ADD file:0 in /" });
    assert_eq!(in_layer["layer"], wanted);
    let mut others: Vec<_> = (told.findings.iter())
        .filter(|found| found["layer"].is_null())
        .map(|found| place(found).0.rsplit("!/").next().unwrap_or_default().to_owned())
        .collect();
    others.sort();
    assert_eq!(others, [".env", "Dockerfile", "labels.properties"]);
}

#[test]
fn saved_images_and_layouts_are_read_from_files_folders_and_pipes() {
    for gzipped in [false, true] {
        let made = Made::new(gzipped);
        let diff = format!("sha256:{}", digest(&Made::new(false).layers[0]));
        let blob = format!("sha256:{}", digest(&made.layers[0]));
        for (files, layer) in [(made.saved(), diff), (made.layout(), blob)] {
            let dir = Dir::new();
            let archive = packed(&files);
            dir.write("image.tar", &archive);
            right(dir.scan("", &["image", "image.tar"]), "image.tar", &layer);
            dir.write("image.tar.gz", gzip(&archive));
            right(dir.scan("", &["image", "image.tar.gz"]), "image.tar.gz", &layer);
            right(Told::fed(&mut dir.leakgate("", &["image", "-"]), &archive), "stdin", &layer);
            for (name, bytes) in &files {
                dir.write(format!("folder/{name}"), bytes);
            }
            right(dir.scan("", &["image", "folder"]), "folder", &layer);
        }
    }
}

#[test]
fn a_layer_that_is_missing_or_packed_oddly_makes_it_incomplete() {
    let mut made = Made::new(false);
    made.config = br#"{"config":{}}"#.to_vec();
    made.layers[0] = b"not a layer".to_vec();
    let mut files = made.saved();
    let dir = Dir::new();
    dir.write("image.tar", packed(&files));
    let told = dir.scan("", &["image", "image.tar"]).incomplete("packed in a way");
    assert!(told.summary["skipped"][0]["what"].as_str().expect("text").contains("layer 1 of 2"));
    files.remove(0);
    dir.write("image.tar", packed(&files));
    dir.scan("", &["image", "image.tar"]).incomplete("not there");
}

#[test]
fn what_is_no_image_is_an_error() {
    let dir = Dir::new();
    dir.write("a.tar", tar(&[("a", b"b")]));
    dir.write("a.txt", "text");
    for (path, wanted) in [("a.tar", "no manifest.json"), ("a.txt", "no tar archive"), ("none", "none")] {
        dir.scan("", &["image", path]).refused(wanted);
    }
}

#[test]
fn an_archive_in_a_layer_keeps_its_name_where_it_alone_holds_something() {
    for packed_layer in [false, true] {
        let layer = tar(&[("etc/motd", b"hello\n"), ("app.jar", &zip(&[("a.env", env(5).as_bytes())]))]);
        let layer = if packed_layer { gzip(&layer) } else { layer };
        let made = Made { layers: [layer, tar(&[])], config: br#"{"config":{}}"#.to_vec() };
        let dir = Dir::new();
        dir.write("image.tar", packed(&made.saved()));
        let told = dir.scan("", &["image", "image.tar"]).hits(&[&token(5)]);
        assert_eq!(place(told.one()).0, "image.tar!/one/layer.tar!/app.jar!/a.env");
    }
}
