#!/bin/sh
# Lines of src/ that the tests reach, error paths by injected faults included. Fails when their share is below LEAST percent.
# Usage: tests/coverage.sh [LEAST]      default 90; the list by file is left in build/coverage/lines.txt
set -eu
cd "$(dirname "$0")/.."
sh tests/support/packages.sh checks
find build/coverage -name '*.gcda' -delete 2>/dev/null || true
sh tests/run.sh coverage
gcovr --root . --object-directory build/coverage --filter src/ --exclude src/text/generate --exclude src/text/fold_table \
    --gcov-ignore-parse-errors --fail-under-line "${1:-90}" --output build/coverage/lines.txt --print-summary
