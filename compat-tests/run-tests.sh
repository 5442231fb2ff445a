#!/usr/bin/env bash
# Every test, once. The tests of compat-tests mostly wait for clocks and peers, so many run at a time.
set -euo pipefail
cd "$(dirname "$0")/.."

compat-tests/setup-peers.sh
cargo build --workspace --all-targets
cargo test -q --workspace --doc
if cargo nextest --version >/dev/null 2>&1; then
    exec cargo nextest run --workspace "$@"
fi
exec cargo test --no-fail-fast --workspace --lib --bins --tests "$@" -- --test-threads=24
