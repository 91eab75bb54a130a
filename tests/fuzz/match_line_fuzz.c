/* The matching form is valid UTF-8 without double spaces, and its origins ascend over the begins of code points. */
#include <stdlib.h>

#include "base/utf8_validate.h"
#include "text/fold.h"

#define CHECK(condition) ((condition) ? (void)0 : abort())

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    size_t length = utf8_prefix(text, size);
    struct match_line line;
    match_line_init(&line);
    CHECK(match_line_set(&line, text, length, NULL) == DEDUP_OK);
    CHECK(utf8_prefix(line.text, line.length) == line.length && line.text[line.length] == '\0');
    CHECK(line.origin[line.length] <= length);
    for (uint32_t i = 0; i < line.length; i++) {
        CHECK(line.origin[i] < line.origin[line.length] && (data[line.origin[i]] & 0xc0) != 0x80);
        CHECK(i == 0 || line.origin[i] >= line.origin[i - 1]);
        CHECK(line.text[i] != ' ' || (i > 0 && i + 1 < line.length && line.text[i + 1] != ' '));
    }
    match_line_release(&line);
    return 0;
}
