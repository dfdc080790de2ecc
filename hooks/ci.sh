#!/bin/sh
# Scans what a merge request brings in, on any CI.    usage: ci.sh BASE [HEAD] [leakgate's options]
#
# BASE is the tip of the branch to merge into, HEAD what is to be merged. The exit status is leakgate's:
# 0 clean, 1 found something, 2 could not run (an unknown BASE), 3 could not read everything.
set -eu
: "${1:?usage: ci.sh BASE [HEAD] [options]}"
base=$1
head=${2:-HEAD}
shift
[ $# -eq 0 ] || shift

# A shallow clone lacks commits of the range. Without the rest nothing can be said, so nothing passes.
if [ "$(git rev-parse --is-shallow-repository)" = true ]; then
	git fetch --quiet --unshallow || {
		echo "leakgate: this clone is shallow, and the rest of it could not be fetched"
		echo "help: clone with the whole history (depth 0)"
		exit 3
	} >&2
fi
exec leakgate range "$base..$head" "$@"
