# What the scripts beside this file share. Sourced, never run.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "error: $1"
  if [ $# -gt 1 ]; then say "  help: $2"; fi
  exit 1
}

# Swift comes with no Debian package, so it cannot be installed here.
require_swift() {
  command -v swift >/dev/null || fail "there is no swift on the PATH" "install Swift 6.3 from https://swift.org/install"
}
