#include "report/table.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/failure.h"
#include "base/utf8.h"
#include "report/number.h"

enum { NUMBER_WIDTH = 9, GAP = 2 };

static size_t point_width(uint32_t point)
{
    static const uint32_t wide[][2] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},  {0xac00, 0xd7a3},
                                       {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff01, 0xff60},  {0xffe0, 0xffe6},
                                       {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
    static const uint32_t marks[][2] = {{0x300, 0x36f}, {0x20d0, 0x20ff}, {0x302a, 0x302d}, {0xfe00, 0xfe0f}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (point >= marks[i][0] && point <= marks[i][1])
            return 0;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (point >= wide[i][0] && point <= wide[i][1])
            return 2;
    return 1;
}

size_t table_width(const char *text)
{
    size_t width = 0;
    while (*text)
        width += point_width(utf8_next(&text));
    return width;
}

/* Cuts well-formed text so that it fits `columns`, with "..." where something was cut. */
static void cut(char *text, size_t columns)
{
    if (table_width(text) <= columns)
        return;
    size_t width = 0;
    char *end = text;
    for (const char *next = text; *next; end = text + (next - text)) {
        width += point_width(utf8_next(&next));
        if (width > columns - 3)
            break;
    }
    memcpy(end, "...", 4);
}

void table_init(struct table *table)
{
    table->row_count = 0;
}

struct table_row *table_add(struct table *table, enum table_style style, size_t indent, const char *name)
{
    struct table_row *row = &table->rows[table->row_count++];
    *row = (struct table_row){.style = style};
    memset(row->cells[0], ' ', indent);
    escape_show(name, strlen(name), row->cells[0] + indent, TABLE_CELL - 4 - indent);
    cut(row->cells[0], TABLE_NAME_WIDTH);
    return row;
}

void table_set_text(struct table_row *row, size_t column, const char *text)
{
    (void)snprintf(row->cells[column], TABLE_CELL, "%s", text);
}

void table_set_count(struct table_row *row, size_t column, uint64_t value)
{
    if (value == 0)
        table_set_text(row, column, "-");
    else
        (void)number_grouped(value, row->cells[column]);
}

static dedup_status pad(size_t width, dedup_buffer *out, dedup_error *error)
{
    return dedup_buffer_printf(out, error, "%*s", (int)width, "");
}

/* A bar: coloured blanks, or number signs where there are no colours. Both are one column wide in every terminal. */
static dedup_status print_bar(unsigned length, bool color, dedup_buffer *out, dedup_error *error)
{
    static const char signs[TABLE_BAR + 1] = "########################";
    if (length == 0)
        return DEDUP_OK;
    TRY(pad(GAP, out, error));
    if (color)
        return dedup_buffer_printf(out, error, "\033[46m%*s\033[0m", (int)length, "");
    return dedup_buffer_append(out, signs, length, error);
}

/* Blanks are printed when something follows them, so that no line ends with any. */
static dedup_status print_cells(const struct table_row *row, const size_t *widths, dedup_buffer *out,
                                dedup_error *error)
{
    size_t due = 0;
    for (size_t i = 0; i < TABLE_COLUMNS; i++) {
        const char *cell = row->cells[i];
        size_t blanks = widths[i] - table_width(cell);
        due += i > 0 ? GAP + blanks : 0;
        if (*cell) {
            TRY(pad(due, out, error));
            TRY(dedup_buffer_append(out, cell, strlen(cell), error));
            due = 0;
        }
        due += i > 0 ? 0 : blanks;
    }
    return DEDUP_OK;
}

static dedup_status print_row(const struct table_row *row, const size_t *widths, bool color, dedup_buffer *out,
                              dedup_error *error)
{
    static const char *const codes[] = {[TABLE_PLAIN] = "", [TABLE_HEAD] = "\033[1m", [TABLE_DETAIL] = "\033[2m"};
    const char *code = color ? codes[row->style] : "";
    TRY(dedup_buffer_append(out, code, strlen(code), error));
    TRY(print_cells(row, widths, out, error));
    if (*code)
        TRY(dedup_buffer_append(out, "\033[0m", 4, error));
    TRY(print_bar(row->bar, color, out, error));
    return dedup_buffer_append(out, "\n", 1, error);
}

dedup_status table_print(const struct table *table, bool color, dedup_buffer *out, dedup_error *error)
{
    size_t widths[TABLE_COLUMNS] = {TABLE_NAME_WIDTH, NUMBER_WIDTH, NUMBER_WIDTH, NUMBER_WIDTH, NUMBER_WIDTH};
    for (size_t i = 0; i < table->row_count; i++)
        for (size_t j = 0; j < TABLE_COLUMNS; j++) {
            size_t width = table_width(table->rows[i].cells[j]);
            widths[j] = widths[j] < width ? width : widths[j];
        }
    for (size_t i = 0; i < table->row_count; i++)
        TRY(print_row(&table->rows[i], widths, color, out, error));
    return DEDUP_OK;
}
