#!/bin/sh
# Analyzes one source file with gcc -fanalyzer; prints what it finds as FUNCTION: WARNING and fails. Needs a build in build/release.
# Leaks are left to LeakSanitizer, under which tests/faults lets allocations fail: gcc 12 loses sight of what a struct owns.
# __clang_analyzer__ means that what fails is not DEDUP_OK.
set -eu

# What gcc 12 takes wrongly, and why it is wrong.
known='
blocks_read    a stretch within a block that is held is in memory
code_text      a table is there for every family that decoder_need_table() knows
decode_eight   the loop sets all eight
list_distinct  the loop wrote all entries below the count
make_blocks    the loop ends when there are no blocks
mark_fences    a compound literal leaves no member unset
plan_batches   all places below the count of batches were set
take_files     is_whole() is false when there is no next file
'

gcc -std=c17 -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -D__clang_analyzer__ -DDEDUP_BUILD='""' -DDEDUP_COMPILER='""' -Iinclude -Isrc -O1 -Wno-unused-result -fanalyzer \
    -Wno-analyzer-malloc-leak -c "$1" -o /dev/null 2>&1 |
    awk -v known="$known" '
        BEGIN { count = split(known, lines, "\n"); for (i = 1; i <= count; i++) { split(lines[i], word, " "); passed[word[1]] = 1 } }
        /: In function / { name = $NF; gsub(/[^A-Za-z0-9_]/, "", name) }
        / (warning|error): / && !(name in passed) { print name ": " $0; found = 1 }
        END { exit found }'
