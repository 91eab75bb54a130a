#include "clean/line_memo.h"

#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "base/hash.h"

dedup_status line_memo_reserve(struct line_memo *memo, dedup_error *error)
{
    if (!memo->lines)
        memo->lines = calloc(LINE_MEMO_LINES, sizeof *memo->lines);
    return memo->lines ? DEDUP_OK : fail_memory(error, "a cleaning worker");
}

void line_memo_release(struct line_memo *memo)
{
    free(memo->lines);
    *memo = (struct line_memo){0};
}

void line_memo_clear(struct line_memo *memo)
{
    for (size_t i = 0; memo->lines && i < LINE_MEMO_LINES; i++)
        memo->lines[i].length = 0;
}

uint32_t line_memo_place(const char *text, uint32_t length)
{
    return (uint32_t)(hash64_of(text, length) % LINE_MEMO_LINES);
}

bool line_memo_knows(const struct line_memo *memo, uint32_t place, const char *text, uint32_t length)
{
    const struct line_memory *line = &memo->lines[place];
    return line->length == length && memcmp(line->text, text, length) == 0;
}
