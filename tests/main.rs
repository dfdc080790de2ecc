//! One test binary: stories on real repositories, told through the harness.

mod harness;

mod allow; // what the allowlist covers, and what it must not
mod baseline; // what was known before
mod dir; // files and folders as they stand on disk
mod exit_codes; // 0, 1, 2, 3: frozen
mod files; // files that people name after what they hold
mod foreign; // packs and lists of other tools
mod generic; // secrets that no format betrays
mod history; // the past, with git as the oracle
mod hook; // what `hook install` and `uninstall` do to real repositories, and what git then does
mod immunity; // every way of hiding a secret from a scanner that we know of
mod large; // files above a size, for those who ask
mod layers; // who may import whom
mod packs; // packs that are shared, and rules on trial
mod pairs; // two halves of one thing are one finding
mod range; // a merge request
mod receive; // the server's gate, under real pushes
mod redaction; // no output tells a value
mod report; // the JSON Lines contract, SARIF, and the same answer every time
mod rules; // the pattern pack and a user's own patterns
mod staged; // what `git commit` is about to record
mod stdin; // a pipe
mod wrapped; // in containers, images and encodings
