/* Declared encodings that only iconv(3) knows. */
#include <errno.h>
#include <string.h>

#include "base/failure.h"
#include "base/utf8_validate.h"
#include "text/decoder.h"

enum { STEP = 1 << 16 };

/* The converter of `name` in its initial state; the last one used is kept. */
static dedup_status foreign_open(struct decoder *decoder, const char *name, dedup_error *error)
{
    if (decoder->foreign_name[0] != '\0' && strcmp(decoder->foreign_name, name) == 0) {
        (void)iconv(decoder->foreign, NULL, NULL, NULL, NULL);
        return DEDUP_OK;
    }
    iconv_t converter = iconv_open("UTF-8", name);
    if (converter == (iconv_t)-1 && errno == ENOMEM)
        return fail_memory(error, "a converter");
    if (converter == (iconv_t)-1)
        return fail(error, DEDUP_ERROR_ARGUMENT, "unknown encoding: %s", name);
    if (decoder->foreign_name[0] != '\0')
        (void)iconv_close(decoder->foreign);
    decoder->foreign = converter;
    memcpy(decoder->foreign_name, name, sizeof decoder->foreign_name);
    return DEDUP_OK;
}

/* What one call did. */
struct step {
    size_t raw;        /* bytes of input taken, the ill-formed ones not counted */
    size_t text;       /* bytes of output */
    size_t ill_formed; /* bytes of input that follow and cannot be decoded; 0 for none */
    bool full;         /* stopped because the next character does not fit */
};

/* Converts until the input ends, is ill-formed, or `room` is full. At the end of the input also what the converter
 * held back. */
static struct step foreign_step(iconv_t converter, unsigned unit, const unsigned char *bytes, size_t left, char *out,
                                size_t room)
{
    char *from = (char *)bytes, *to = out;
    size_t from_left = left, to_left = room;
    int code = 0;
    if (iconv(converter, &from, &from_left, &to, &to_left) == (size_t)-1 ||
        iconv(converter, NULL, NULL, &to, &to_left) == (size_t)-1)
        code = errno;
    struct step step = {.raw = left - from_left, .text = room - to_left};
    if (code == E2BIG)
        step.full = true;
    else if (code != 0)
        step.ill_formed = unit < from_left ? unit : from_left;
    return step;
}

dedup_status foreign_decode(struct decoder *decoder, const struct encoding *encoding, const unsigned char *bytes,
                            size_t length, dedup_error *error)
{
    TRY(foreign_open(decoder, encoding->name, error));
    dedup_buffer *text = &decoder->text;
    size_t at = encoding->mark < length ? encoding->mark : length;
    for (bool more = true; more;) {
        size_t need = length - at < STEP ? length - at + 64 : STEP;
        TRY(dedup_buffer_reserve(text, need, error));
        struct step step = foreign_step(decoder->foreign, encoding->unit, bytes + at, length - at,
                                        text->data + text->length, text->capacity - text->length);
        /* A converter that neither moves nor finds room in plenty of it is broken: never wait for it. */
        if (step.full && step.raw == 0 && step.text == 0 && at < length)
            step.ill_formed = 1;
        at += step.raw;
        text->length += step.text;
        if (step.ill_formed > 0) {
            TRY(decoder_repair(decoder, at, step.ill_formed, error));
            TRY(dedup_buffer_append(text, "\xef\xbf\xbd", 3, error));
            at += step.ill_formed;
        }
        more = at < length || (step.full && step.text > 0);
    }
    if (!utf8_valid(text->data, text->length))
        return fail(error, DEDUP_ERROR_ARGUMENT, "the encoding %s does not decode to Unicode text", encoding->name);
    return DEDUP_OK;
}

dedup_status foreign_map(struct decoder *decoder, const struct encoding *encoding, const unsigned char *bytes,
                         size_t length, const uint32_t *offsets, size_t count, uint32_t *raw, dedup_error *error)
{
    TRY(foreign_open(decoder, encoding->name, error));
    char scratch[4096];
    size_t at = encoding->mark < length ? encoding->mark : length, text = 0;
    for (size_t i = 0; i < count; i++) {
        size_t room = 0;
        while (text < offsets[i] && at < length) {
            size_t gap = offsets[i] - text;
            /* As much as leads to the offset and no further; more only when the next character is not to be had. */
            if (room < gap)
                room = gap < sizeof scratch ? gap : sizeof scratch;
            struct step step = foreign_step(decoder->foreign, encoding->unit, bytes + at, length - at, scratch, room);
            bool stuck = step.full && step.raw == 0 && step.text == 0;
            room = stuck && room < 64 ? room + 4 : 0;
            if (stuck && room == 0)
                step.ill_formed = 1;
            at += step.raw;
            text += step.text;
            /* An ill-formed stretch is noticed even when the text before it filled the room. */
            if (step.ill_formed > 0 && text < offsets[i]) {
                at += step.ill_formed;
                text += 3;
            }
        }
        raw[i] = (uint32_t)(text < offsets[i] ? length : at);
    }
    return DEDUP_OK;
}
