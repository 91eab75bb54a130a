#include "report/writer.h"

#include <string.h>

#include "base/escape.h"
#include "report/bytes.h"
#include "report/number.h"

void writer_init(struct writer *writer, dedup_buffer *out, dedup_error *error)
{
    *writer = (struct writer){.out = out, .error = error, .status = DEDUP_OK, .first = true};
}

static void put(struct writer *writer, const char *bytes, size_t length)
{
    if (writer->status == DEDUP_OK)
        writer->status = dedup_buffer_append(writer->out, bytes, length, writer->error);
}

static void put_text(struct writer *writer, const char *text)
{
    put(writer, text, strlen(text));
}

static void put_break(struct writer *writer)
{
    put(writer, "\n", 1);
    for (unsigned i = 0; i < writer->depth; i++)
        put(writer, "  ", 2);
}

/* Separates from what stands before. */
static void begin_item(struct writer *writer)
{
    if (!writer->first)
        put(writer, ",", 1);
    if (writer->row == 0 && writer->depth != 0)
        put_break(writer);
    else if (!writer->first)
        put(writer, " ", 1);
    writer->first = false;
}

static void begin_value(struct writer *writer, const char *key)
{
    begin_item(writer);
    if (key) {
        put(writer, "\"", 1);
        put_text(writer, key);
        put(writer, "\": ", 3);
    }
}

void writer_open(struct writer *writer, const char *key, char bracket)
{
    begin_value(writer, key);
    put(writer, &bracket, 1);
    writer->depth++;
    writer->first = true;
}

void writer_open_row(struct writer *writer, const char *key, char bracket)
{
    writer_open(writer, key, bracket);
    if (writer->row == 0)
        writer->row = writer->depth;
}

void writer_close(struct writer *writer, char bracket)
{
    bool in_row = writer->row != 0;
    if (writer->row == writer->depth)
        writer->row = 0;
    writer->depth--;
    if (!in_row && !writer->first)
        put_break(writer);
    put(writer, &bracket, 1);
    writer->first = false;
}

void writer_text(struct writer *writer, const char *key, const char *text)
{
    if (!text) {
        begin_value(writer, key);
        put_text(writer, "null");
        return;
    }
    begin_item(writer);
    if (writer->status != DEDUP_OK)
        return;
    writer->status = key ? bytes_field(key, text, strlen(text), " ", writer->out, writer->error)
                         : escape_json(text, strlen(text), writer->out, writer->error);
}

void writer_number(struct writer *writer, const char *key, uint64_t value)
{
    char digits[NUMBER_SIZE];
    begin_value(writer, key);
    put(writer, digits, number_plain(value, digits));
}

void writer_decimal(struct writer *writer, const char *key, double value, unsigned count)
{
    char digits[NUMBER_SIZE];
    begin_value(writer, key);
    put(writer, digits, number_trimmed(value, count, digits));
}

void writer_flag(struct writer *writer, const char *key, bool value)
{
    begin_value(writer, key);
    put_text(writer, value ? "true" : "false");
}
