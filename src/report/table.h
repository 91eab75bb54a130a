/* Aligned columns for a terminal: the first column stands left, the others right, and a bar may end a row. */
#ifndef DEDUP_REPORT_TABLE_H
#define DEDUP_REPORT_TABLE_H

#include <stdbool.h>

#include "dedup/buffer.h"

enum { TABLE_ROWS = 32, TABLE_COLUMNS = 5, TABLE_CELL = 128, TABLE_NAME_WIDTH = 24, TABLE_BAR = 24 };

enum table_style { TABLE_PLAIN = 0, TABLE_HEAD, TABLE_DETAIL };

struct table_row {
    enum table_style style;
    char cells[TABLE_COLUMNS][TABLE_CELL]; /* UTF-8 without control characters; "" is an empty cell */
    unsigned bar;                          /* length of a bar behind the last cell, up to TABLE_BAR */
};

struct table {
    struct table_row rows[TABLE_ROWS];
    size_t row_count;
};

void table_init(struct table *table);
/* Adds a row; the table must have room. `name` (any bytes) is indented by `indent`, escaped, cut to TABLE_NAME_WIDTH.
 */
struct table_row *table_add(struct table *table, enum table_style style, size_t indent, const char *name);
void table_set_text(struct table_row *row, size_t column, const char *text);
/* Digits in groups of three, "-" for 0. */
void table_set_count(struct table_row *row, size_t column, uint64_t value);
/* Appends the table as lines. Errors: MEMORY, LIMIT. */
DEDUP_NODISCARD dedup_status table_print(const struct table *table, bool color, dedup_buffer *out, dedup_error *error);

/* Columns that well-formed UTF-8 takes on a terminal: 2 for wide East Asian characters, 0 for marks that combine. */
size_t table_width(const char *text);

#endif
