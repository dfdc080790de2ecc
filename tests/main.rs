//! One test binary: stories on real repositories, told through the harness.

mod harness;
mod hook; // what `hook install` and `uninstall` do to real repositories, and what git then does
