#include "pipeline/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/failure.h"

static const char replacement_character[] = "\xef\xbf\xbd";

dedup_status source_desk_create(struct source_desk *desk, dedup_error *error)
{
    *desk = (struct source_desk){0};
    dedup_buffer_init(&desk->line, SIZE_MAX);
    dedup_buffer_init(&desk->unescaped, SIZE_MAX);
    dedup_buffer_init(&desk->name, SIZE_MAX);
    dedup_buffer_init(&desk->date, SIZE_MAX);
    dedup_buffer_init(&desk->origin, SIZE_MAX);
    return decoder_create(&desk->decoder, error);
}

void source_desk_release(struct source_desk *desk)
{
    decoder_free(desk->decoder);
    dedup_buffer_release(&desk->line);
    dedup_buffer_release(&desk->unescaped);
    dedup_buffer_release(&desk->name);
    dedup_buffer_release(&desk->date);
    dedup_buffer_release(&desk->origin);
    free(desk->offsets);
    free(desk->repaired);
    free(desk->line_repairs);
    free(desk->changes);
    *desk = (struct source_desk){0};
}

static dedup_status decode_text(struct source_desk *desk, const struct encoding *encoding, const char *bytes,
                                size_t length, struct source *source, dedup_error *error)
{
    struct decoded decoded;
    TRY(decoder_decode(desk->decoder, encoding, bytes, length, &decoded, error));
    source->text = decoded.text;
    source->text_length = decoded.length;
    source->repairs = decoded.repairs;
    source->repair_count = decoded.repair_count;
    return DEDUP_OK;
}

dedup_status source_open_text(struct source_desk *desk, const struct encoding *encoding, const char *bytes,
                              size_t length, struct source *source, dedup_error *error)
{
    *source = (struct source){.bytes = bytes, .length = length, .encoding = encoding};
    return decode_text(desk, encoding, bytes, length, source, error);
}

/* Makes source->line: the bytes themselves, or their UTF-8 when the file has another encoding. */
static dedup_status decode_line(struct source_desk *desk, struct source *source, dedup_error *error)
{
    source->line = source->bytes;
    source->line_length = source->length;
    if (source->encoding->family == ENCODING_UTF8)
        return DEDUP_OK;
    struct encoding within = *source->encoding;
    within.mark = 0;
    struct decoded decoded;
    TRY(decoder_decode(desk->decoder, &within, source->bytes, source->length, &decoded, error));
    dedup_buffer_clear(&desk->line);
    TRY(dedup_buffer_append(&desk->line, decoded.text, decoded.length, error));
    source->line = desk->line.data;
    source->line_length = desk->line.length;
    TRY(array_reserve(&desk->line_repairs, &desk->line_repair_capacity, decoded.repair_count, "repairs", error));
    if (decoded.repair_count != 0)
        memcpy(desk->line_repairs, decoded.repairs, decoded.repair_count * sizeof *decoded.repairs);
    source->line_repairs = desk->line_repairs;
    source->line_repair_count = decoded.repair_count;
    return DEDUP_OK;
}

/* The value of a field that is not the text, as a NUL-terminated string: strings unescaped, numbers as they stand. */
static dedup_status take_field(const struct source *source, const struct json_value *value, dedup_buffer *out,
                               const char **text, dedup_error *error)
{
    *text = NULL;
    if (value->type != JSON_STRING && value->type != JSON_NUMBER)
        return DEDUP_OK;
    const char *raw = source->line + value->begin;
    size_t length = value->end - value->begin, repairs;
    dedup_buffer_clear(out);
    if (value->type == JSON_STRING)
        TRY(json_unescape(raw, length, out, &repairs, error));
    else
        TRY(dedup_buffer_append(out, raw, length, error));
    *text = out->data;
    return DEDUP_OK;
}

/* True when the raw bytes of a JSON string are a U+FFFD, escaped or not. */
static bool is_replacement(const char *raw, size_t length)
{
    static const char escaped[] = "\\ufffd";
    if (length == sizeof replacement_character - 1)
        return memcmp(raw, replacement_character, length) == 0;
    size_t i = 0;
    while (i < length && i < sizeof escaped - 1 && (raw[i] | (i > 1 ? 0x20 : 0)) == escaped[i])
        i++;
    return i == length && i == sizeof escaped - 1;
}

/* Fills desk->changes with begin and end of each U+FFFD of the text; returns how many there are. */
static dedup_status find_replacements(struct source_desk *desk, const struct source *source, size_t *count,
                                      dedup_error *error)
{
    const char *end = source->text + source->text_length, *place = source->text;
    const size_t size = sizeof replacement_character - 1;
    *count = 0;
    while ((place = memchr(place, (unsigned char)replacement_character[0], (size_t)(end - place)))) {
        if ((size_t)(end - place) >= size && memcmp(place, replacement_character, size) == 0) {
            TRY(array_reserve(&desk->changes, &desk->change_capacity, 2 * *count + 2, "repairs", error));
            desk->changes[2 * *count] = (uint32_t)(place - source->text);
            desk->changes[2 * *count + 1] = desk->changes[2 * *count] + (uint32_t)size;
            ++*count;
        }
        place++;
    }
    return DEDUP_OK;
}

/* Lists the U+FFFD of the text that the line does not have. */
static dedup_status find_changes(struct source_desk *desk, struct source *source, dedup_error *error)
{
    size_t count;
    if (source->repair_count == 0 && source->json_repairs == 0)
        return DEDUP_OK;
    TRY(find_replacements(desk, source, &count, error));
    TRY(array_reserve(&desk->offsets, &desk->offset_capacity, 2 * count, "repairs", error));
    TRY(source_map_to_line(desk, source, desk->changes, 2 * count, desk->offsets, error));
    for (size_t i = 0; i < count; i++) {
        const uint32_t *raw = &desk->offsets[2 * i];
        if (!is_replacement(source->line + raw[0], raw[1] - raw[0]))
            desk->changes[source->change_count++] = desk->changes[2 * i];
    }
    source->changes = desk->changes;
    return DEDUP_OK;
}

/* Takes the text out of source->value, of which desk->unescaped holds the text if there are escapes. `sound`: that is
 * well-formed UTF-8. */
static dedup_status take_text(struct source_desk *desk, bool sound, struct source *source, dedup_error *error)
{
    source->escaped = source->value.escaped;
    source->raw_text = source->escaped ? desk->unescaped.data : source->line + source->value.begin;
    source->raw_text_length = source->escaped ? desk->unescaped.length : source->value.end - source->value.begin;
    if (sound) {
        source->text = source->raw_text;
        source->text_length = (uint32_t)source->raw_text_length;
    } else {
        TRY(decode_text(desk, &encoding_utf8, source->raw_text, source->raw_text_length, source, error));
    }
    return find_changes(desk, source, error);
}

static dedup_status check_text(const char *field, const struct source *source, dedup_error *error)
{
    if (source->value.type == JSON_ABSENT)
        return fail(error, DEDUP_ERROR_FORMAT, "no field \"%s\"; name the field that holds the text with --text-field",
                    field);
    if (source->value.type != JSON_STRING)
        return fail(error, DEDUP_ERROR_FORMAT,
                    "field \"%s\" is not a string; name the field that holds the text with --text-field", field);
    return DEDUP_OK;
}

/* Leaves of an address its host, in lower case and without "www.". */
static void keep_host(dedup_buffer *address)
{
    char *begin = address->data, *mark = strchr(begin, ':'), *out = begin;
    while (mark && (mark[1] != '/' || mark[2] != '/'))
        mark = strchr(mark + 1, ':');
    begin = mark ? mark + 3 : begin + strspn(begin, "/");
    char *end = begin;
    for (; *end != '\0' && *end != '/' && *end != '?' && *end != '#'; end++)
        begin = *end == '@' ? end + 1 : begin;
    for (; begin < end && *begin != ':'; begin++)
        *out++ = *begin >= 'A' && *begin <= 'Z' ? (char)(*begin | 0x20) : *begin;
    *out = '\0';
    if (strncmp(address->data, "www.", 4) == 0)
        memmove(address->data, address->data + 4, (size_t)(out - address->data) - 3);
}

/* Takes the origin from a value, unless that says nothing. */
static dedup_status take_origin(struct source_desk *desk, const struct json_value *value, bool address,
                                struct source *source, dedup_error *error)
{
    const char *text = NULL;
    TRY(take_field(source, value, &desk->origin, &text, error));
    if (text && address)
        keep_host(&desk->origin);
    if (!text || *text == '\0')
        return DEDUP_OK;
    source->origin = text;
    source->address = address;
    source->places.origin_begin = (uint32_t)value->begin;
    source->places.origin_end = (uint32_t)value->end;
    return DEDUP_OK;
}

/* The first of the values that says where the document comes from; the last of them is an address. */
static dedup_status find_origin(struct source_desk *desk, const struct json_value *values, size_t count,
                                struct source *source, dedup_error *error)
{
    for (size_t i = 0; i < count && !source->origin; i++)
        TRY(take_origin(desk, &values[i], i == count - 1, source, error));
    return DEDUP_OK;
}

static bool same_fields(const struct source_fields *a, const struct source_fields *b)
{
    return a->text == b->text && a->id == b->id && a->date == b->date && a->origin == b->origin &&
           a->origins == b->origins;
}

dedup_status source_open_json(struct source_desk *desk, const struct encoding *encoding,
                              const struct source_fields *fields, const char *bytes, size_t length,
                              struct source *source, dedup_error *error)
{
    *source = (struct source){.bytes = bytes, .length = length, .encoding = encoding, .json = true};
    TRY(decode_line(desk, source, error));
    enum { PLAIN = 3, ORIGINS = 4 };
    const char *names[PLAIN + ORIGINS] = {fields->text ? fields->text : "",
                                          fields->id ? fields->id : "",
                                          fields->date ? fields->date : "",
                                          fields->origin ? fields->origin : "",
                                          "source",
                                          "site",
                                          "url"};
    struct json_value values[PLAIN + ORIGINS];
    struct json_text text = {.bytes = &desk->unescaped, .layout = &desk->layout};
    size_t count = fields->origins ? PLAIN + ORIGINS : PLAIN;
    if (!same_fields(fields, &desk->fields))
        desk->layout = (struct json_layout){0};
    desk->fields = *fields;
    if (fields->text)
        TRY(json_scan_text(source->line, source->line_length, names, count, values, &text, error));
    else
        TRY(json_glance(source->line, source->line_length, names, count, values, error));
    source->value = values[0];
    if (fields->id)
        TRY(take_field(source, &values[1], &desk->name, &source->id, error));
    if (fields->date)
        TRY(take_field(source, &values[2], &desk->date, &source->date, error));
    if (fields->origins)
        TRY(find_origin(desk, values + PLAIN + (fields->origin ? 0 : 1),
                        (size_t)(fields->origin ? ORIGINS : ORIGINS - 1), source, error));
    source->text = "";
    if (!fields->text)
        return DEDUP_OK;
    TRY(check_text(fields->text, source, error));
    source->places.text_begin = (uint32_t)source->value.begin;
    source->places.text_end = (uint32_t)source->value.end;
    source->json_repairs = text.repairs;
    return take_text(desk, text.sound, source, error);
}

dedup_status source_reopen_json(struct source_desk *desk, const struct encoding *encoding,
                                const struct source_again *again, const char *bytes, size_t length,
                                struct source *source, dedup_error *error)
{
    const struct source_places *places = again->places;
    *source = (struct source){.bytes = bytes, .length = length, .encoding = encoding, .json = true, .text = ""};
    TRY(decode_line(desk, source, error));
    const char *raw = source->line + places->text_begin;
    bool escaped = again->text && memchr(raw, '\\', places->text_end - places->text_begin);
    source->value = (struct json_value){JSON_STRING, escaped, places->text_begin, places->text_end};
    if (places->origin_begin != 0) {
        bool string = source->line[places->origin_begin - 1] == '"';
        struct json_value value = {
            .type = string ? JSON_STRING : JSON_NUMBER, .begin = places->origin_begin, .end = places->origin_end};
        TRY(take_origin(desk, &value, again->address, source, error));
    }
    if (!again->text)
        return DEDUP_OK;
    dedup_buffer_clear(&desk->unescaped);
    if (escaped)
        TRY(json_unescape(raw, places->text_end - places->text_begin, &desk->unescaped, &source->json_repairs, error));
    return take_text(desk, again->sound, source, error);
}

struct json_style source_style(const struct source *source)
{
    const struct json_value *value = &source->value;
    return json_style_of(source->line + value->begin, value->end - value->begin);
}

dedup_status source_map_to_line(struct source_desk *desk, const struct source *source, const uint32_t *offsets,
                                size_t count, uint32_t *places, dedup_error *error)
{
    const uint32_t *unescaped = offsets;
    if (source->repair_count != 0) {
        TRY(array_reserve(&desk->repaired, &desk->repaired_capacity, count, "mapped places", error));
        TRY(decoder_map(desk->decoder, &encoding_utf8, source->raw_text, source->raw_text_length, offsets, count,
                        desk->repaired, error));
        unescaped = desk->repaired;
    }
    if (source->escaped)
        json_map(source->line + source->value.begin, source->value.end - source->value.begin, unescaped, count, places);
    else if (places != unescaped)
        memmove(places, unescaped, count * sizeof *places);
    for (size_t i = 0; i < count; i++)
        places[i] += (uint32_t)source->value.begin;
    return DEDUP_OK;
}

dedup_status source_map(struct source_desk *desk, const struct source *source, const uint32_t *offsets, size_t count,
                        uint32_t *places, dedup_error *error)
{
    if (!source->json)
        return decoder_map(desk->decoder, source->encoding, source->bytes, source->length, offsets, count, places,
                           error);
    if (source->encoding->family == ENCODING_UTF8)
        return source_map_to_line(desk, source, offsets, count, places, error);
    TRY(array_reserve(&desk->offsets, &desk->offset_capacity, count, "mapped places", error));
    TRY(source_map_to_line(desk, source, offsets, count, desk->offsets, error));
    struct encoding within = *source->encoding;
    within.mark = 0;
    return decoder_map(desk->decoder, &within, source->bytes, source->length, desk->offsets, count, places, error);
}
