#!/usr/bin/env bash
# Runs one fuzz target, or all of them one after the other, for some seconds each: fuzz/run.sh TARGET|all|quick [SECONDS]. The quick ones build
# without the registry.
set -euo pipefail
cd "$(dirname "$0")"

target=${1:?name a target, or all}
seconds=${2:-60}
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-../target/fuzz}

one() {
  local length=4096
  if [ "$1" = trace ]; then length=32768; fi
  local features=(--no-default-features)
  if [ "$1" = specs ]; then features=(); fi
  mkdir -p "corpus/$1"
  cargo +nightly fuzz run "${features[@]}" --target-dir "$CARGO_TARGET_DIR" "$1" "corpus/$1" "seeds/$1" -- \
    -max_total_time="$seconds" -max_len="$length" -rss_limit_mb=2048 -timeout=10 -print_final_stats=1
}

quick=(edges factors arrays tensors observed trace saved alignments params contacts ladder trainers pbm networks quadratic coloring max_sat)
if [ "$target" = all ]; then
  for target in specs "${quick[@]}"; do one "$target"; done
elif [ "$target" = quick ]; then
  for target in "${quick[@]}"; do one "$target"; done
else
  one "$target"
fi
