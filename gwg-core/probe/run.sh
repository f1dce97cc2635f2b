#!/usr/bin/env bash
# The probe on bare metal: builds it for two Cortex-M, a RISC-V and WebAssembly, runs it in QEMU and Node, and
# demands what the host printed: the same states, acceptances and generators, bit for bit. Prints sizes, stack and
# instructions a step. Needs Debian's packages below; installs them where it may.
set -euo pipefail
cd "$(dirname "$0")"

PACKAGES=(rustc-web cargo-web rust-web-src qemu-system-arm qemu-system-misc lld-22 nodejs)
TOOLS=(/usr/bin/cargo /usr/bin/rustc qemu-system-arm qemu-system-riscv32 ld.lld-22 wasm-ld-22 node cc nm size)
M4F=thumbv7em-none-eabihf
M0=thumbv6m-none-eabi
RV32=riscv32imc-unknown-none-elf
WASM=wasm32-unknown-unknown
TARGETS=("$M4F" "$M0" "$RV32" "$WASM")
# What Gibbs-With-Gradients alone may cost on the M4F: instructions a step (O3), and bytes of flash at O3 and at Os.
declare -A MOST=([tree]=1000 [n-fold]=680 [evaluation]=1500)
declare -A FLASH=([tree]=8100 [n-fold]=4200 [evaluation]=7000)
declare -A SMALL=([tree]=4800 [n-fold]=2470 [evaluation]=4200)
STEPS=256 # COUNTED of chains.rs
SPANS=257 # calls of `advance` of a chain

missing() {
  local tool sysroot
  for tool in "${TOOLS[@]}"; do command -v "$tool" >/dev/null || echo "$tool"; done
  if ! sysroot=$(/usr/bin/rustc --print sysroot 2>&1) || ! [ -d "$sysroot/lib/rustlib/src/rust/library/core" ]; then
    echo "the source of Debian's core"
  fi
}

if [ -n "$(missing)" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "installing ${PACKAGES[*]}"
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${PACKAGES[@]}"; } >/dev/null ||
    echo "apt-get failed"
fi
if [ -n "$(missing)" ]; then
  echo "BARE METAL NOT CHECKED. Missing:"
  missing
  echo "On Debian: apt-get install --no-install-recommends ${PACKAGES[*]}"
  [ "${CI:-}" != true ] || exit 1
  exit 0
fi

unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_TARGET
target=$(realpath -m "${CARGO_TARGET_DIR:-../../target}")
images=$target/bare/images
mkdir -p "$images"
cc -shared -fPIC -O2 -o "$images/count.so" count.c

CARGO_TARGET_DIR=$target/probe cargo build --quiet --release --locked
"$target/probe/release/gwg-core-probe" >"$images/host"
cat "$images/host"

export CARGO_TARGET_THUMBV7EM_NONE_EABIHF_LINKER=ld.lld-22
export CARGO_TARGET_THUMBV6M_NONE_EABI_LINKER=ld.lld-22
export CARGO_TARGET_RISCV32IMC_UNKNOWN_NONE_ELF_LINKER=ld.lld-22
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-22

# build <kernels> <profile>: leaves images/<target>.<kernels>.<profile>
build() {
  local args=() t file
  for t in "${TARGETS[@]}"; do args+=(--target "$t"); done
  [ "$1" = all ] || args+=(--no-default-features --features "$1")
  # Debian's own compiler, whose source of core it can build.
  CARGO_TARGET_DIR=$target/bare RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 \
    /usr/bin/cargo build --quiet --locked --profile "$2" -Zbuild-std=core "${args[@]}"
  for t in "${TARGETS[@]}"; do
    file=$target/bare/$t/$2/gwg-core-probe
    [ "$t" != "$WASM" ] || file=$file.wasm
    cp "$file" "$images/$t.$1.$2"
  done
}

# run <target> <image>: prints what it prints; instructions go to <image>.count
run() {
  local qemu=(timeout 120) count mark
  case $1 in
  "$WASM") node run.mjs "$2"; return ;;
  "$M4F") qemu+=(qemu-system-arm -machine mps2-an386) ;;
  "$M0") qemu+=(qemu-system-arm -machine microbit) ;;
  "$RV32") qemu+=(qemu-system-riscv32 -machine virt -cpu "rv32,g=false,f=false,d=false,a=false" -bios none) ;;
  esac
  mark=$(nm "$2" | awk '$3 == "mark" { print $1 }')
  count=$images/count.so,mark=$mark,out=$2.count
  # QEMU writes semihosted text to its standard error.
  "${qemu[@]}" -nographic -monitor none -serial none -semihosting-config enable=on,target=native \
    -plugin "$count" -kernel "$2" 2>&1 </dev/null
}

# Instructions a step, a chain a word.
per_step() {
  [ ! -f "$1.count" ] || awk -v steps=$STEPS -v spans=$SPANS \
    '$1 == "span" && n++ % spans == 0 { printf "%s%.0f", s, $2 / steps; s = " " }' "$1.count"
}

flash() {
  case $1 in
  *"$WASM"*) wc -c <"$1" ;;
  *) size -A "$1" | awk '$1 == ".text" || $1 == ".rodata" { bytes += $2 } END { print bytes }' ;;
  esac
}

stack() { printf '%d' "0x0$(awk '$1 == "stack" { print $2 }' "$1.out")"; }

differ=0
table=$'| target | kernels | text + rodata O3 | Os | stack O3 | Os | instructions a step O3 | Os | bits |\n|---|---|---|---|---|---|---|---|---|'
declare -A CHAINS=([all]=. [tree]='^ising gwg-tree' [n-fold]='^ising gwg-n-fold' [evaluation]='^ising gwg-evaluation')
for kernels in all tree n-fold evaluation; do
  for profile in release small; do build $kernels $profile; done
  for t in "${TARGETS[@]}"; do
    same=same
    for profile in release small; do
      image=$images/$t.$kernels.$profile
      rm -f "$image.count"
      run "$t" "$image" >"$image.out" || same=FAILED
      if ! diff <(grep "${CHAINS[$kernels]}" "$images/host") <(grep -v '^stack' "$image.out"); then same=DIFFERENT; fi
    done
    [ $same = same ] || differ=1
    fast=$images/$t.$kernels.release small=$images/$t.$kernels.small
    table+=$'\n'"| $t | $kernels | $(flash "$fast") | $(flash "$small") | $(stack "$fast") | $(stack "$small") | $(per_step "$fast") | $(per_step "$small") | $same |"
  done
done
printf '\n%s\n\n' "$table"
[ $differ -eq 0 ] || { echo "the bits are not the host's"; exit 1; }
# within <what> <spent> <allowed>
within() {
  [ "$2" -le "$3" ] || { echo "$1: $2, $3 allowed"; exit 1; }
}
for kernels in "${!MOST[@]}"; do
  image=$images/$M4F.$kernels
  within "instructions a step of $kernels" "$(per_step "$image.release")" "${MOST[$kernels]}"
  within "bytes of $kernels at O3" "$(flash "$image.release")" "${FLASH[$kernels]}"
  within "bytes of $kernels at Os" "$(flash "$image.small")" "${SMALL[$kernels]}"
done
echo "the same bits on the host and ${#TARGETS[@]} targets"
