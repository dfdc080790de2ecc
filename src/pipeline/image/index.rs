//! What the manifests of an image say: which parts are layers, in which order, and what made each.
//!
//! Formats: the archive of `docker save` (manifest.json) and the OCI image layout and specification
//! (index.json, manifests, configurations). Believes nothing but names: what is missing or odd is told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bstr::BString;
use serde_json::Value;

use crate::model::Layer;

/// Manifests within manifests.
const MOST_LEVELS: usize = 4;

/// How the parts of an image belong together.
#[derive(Default)]
pub struct Index {
    layers: BTreeMap<BString, Arc<Layer>>,
    pub configs: BTreeSet<BString>,
    /// Manifests and configurations that are named and not there.
    pub missing: BTreeSet<BString>,
}

impl Index {
    /// From the documents of an image by name.
    pub fn read(documents: &BTreeMap<BString, Vec<u8>>) -> Self {
        let mut index = Self::default();
        let document = |name: &str| -> Option<Value> {
            serde_json::from_slice(documents.get(&BString::from(name))?).ok()
        };
        for image in document("manifest.json").iter().filter_map(Value::as_array).flatten() {
            let Some(config) = image["Config"].as_str() else { continue };
            let layers: Vec<_> = list(&image["Layers"]).filter_map(Value::as_str).collect();
            index.add(config, document(config).as_ref(), &layers);
        }
        let mut todo: Vec<(Value, usize)> = document("index.json").into_iter().map(|it| (it, 0)).collect();
        while let Some((manifest, level)) = todo.pop() {
            for below in list(&manifest["manifests"]).filter_map(blob) {
                match document(&below) {
                    Some(found) if level < MOST_LEVELS => todo.push((found, level + 1)),
                    _ => _ = index.missing.insert(below.into()),
                }
            }
            if let Some(config) = blob(&manifest["config"]) {
                let layers: Vec<_> = list(&manifest["layers"]).filter_map(blob).collect();
                let layers: Vec<_> = layers.iter().map(String::as_str).collect();
                index.add(&config, document(&config).as_ref(), &layers);
            }
        }
        index
    }

    fn add(&mut self, name: &str, config: Option<&Value>, layers: &[&str]) {
        match config {
            Some(_) => self.configs.insert(name.into()),
            None => self.missing.insert(name.into()),
        };
        let config = config.unwrap_or(&Value::Null);
        let mut made_by = list(&config["history"]).filter(|it| it["empty_layer"].as_bool() != Some(true));
        let mut contents = list(&config["rootfs"]["diff_ids"]);
        for (index, path) in layers.iter().enumerate() {
            let made_by = made_by.next().and_then(|it| it["created_by"].as_str());
            let content = contents.next().and_then(Value::as_str);
            let named = path.strip_prefix("blobs/sha256/").map(|hash| format!("sha256:{hash}"));
            let layer = Layer {
                number: index + 1,
                of: layers.len(),
                digest: named.or(content.map(str::to_owned)).unwrap_or_else(|| (*path).to_owned()),
                instruction: made_by.map(instruction),
            };
            self.layers.entry((*path).into()).or_insert_with(|| Arc::new(layer));
        }
    }

    pub fn is_empty(&self) -> bool {
        self.configs.is_empty() && self.layers.is_empty()
    }

    pub fn layer(&self, name: &BString) -> Option<Arc<Layer>> {
        self.layers.get(name).cloned()
    }

    pub fn layers(&self) -> impl Iterator<Item = (&BString, &Layer)> {
        self.layers.iter().map(|(name, layer)| (name, &**layer))
    }
}

/// What a configuration says, as the files that would say it: a line each.
pub fn settings(config: &[u8]) -> Vec<(&'static str, String)> {
    let Ok(config) = serde_json::from_slice::<Value>(config) else { return Vec::new() };
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    let mut line = |file, text: &str| {
        let lines = files.entry(file).or_default();
        lines.push_str(text);
        lines.push('\n');
    };
    for part in ["config", "container_config"].map(|part| &config[part]) {
        list(&part["Env"]).filter_map(Value::as_str).for_each(|it| line(".env", it));
        for (key, value) in part["Labels"].as_object().into_iter().flatten() {
            line("labels.properties", &format!("{key}={}", value.as_str().unwrap_or_default()));
        }
        for command in ["Entrypoint", "Cmd", "OnBuild"] {
            let words: Vec<_> = list(&part[command]).filter_map(Value::as_str).collect();
            if !words.is_empty() {
                line("command.sh", &words.join(" "));
            }
        }
    }
    for step in list(&config["history"]) {
        let made_by = step["created_by"].as_str().unwrap_or_default();
        line("Dockerfile", &instruction(made_by));
        if let Some(comment) = step["comment"].as_str().filter(|it| !it.is_empty()) {
            line("comments.txt", comment);
        }
    }
    files.into_iter().collect()
}

/// A step as its author wrote it, with the arguments of the build that it was given.
fn instruction(made_by: &str) -> String {
    let step = made_by.trim();
    match step.strip_prefix("/bin/sh -c #(nop)") {
        Some(plain) => plain.trim().to_owned(),
        None => step.strip_prefix("/bin/sh -c ").map_or_else(|| step.to_owned(), |it| format!("RUN {it}")),
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Where the OCI layout keeps what a descriptor names.
fn blob(descriptor: &Value) -> Option<String> {
    let (algorithm, hash) = descriptor["digest"].as_str()?.split_once(':')?;
    Some(format!("blobs/{algorithm}/{hash}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_are_told_as_they_were_written() {
        for (made_by, wanted) in [
            ("/bin/sh -c #(nop)  ENV A=b", "ENV A=b"),
            ("/bin/sh -c make all", "RUN make all"),
            ("|1 A=b /bin/sh -c make", "|1 A=b /bin/sh -c make"),
            ("COPY . /app # buildkit", "COPY . /app # buildkit"),
        ] {
            assert_eq!(instruction(made_by), wanted);
        }
    }
}
