#!/usr/bin/env bash
# npm run analyze: slither over src/, with the findings accepted in slither.config.json and docs/slither.md left out.
# Ends non-zero on any other finding. Installs slither into .venv; needs Python 3 with venv.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly SLITHER=0.11.6
if [ "$(.venv/bin/slither --version 2>/dev/null)" != "$SLITHER" ]; then
  python3 -m venv .venv
  .venv/bin/pip install --quiet "slither-analyzer==$SLITHER"
fi

# slither cleans the output folder: it gets one of its own.
export FOUNDRY_OUT=.slither/out FOUNDRY_CACHE_PATH=.slither/cache
PATH="$PWD/node_modules/@foundry-rs/forge-linux-amd64/bin:$PATH" .venv/bin/slither . --config-file slither.config.json
