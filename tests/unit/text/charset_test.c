/* Files as web servers sent them, against their text. The collection is not part of this repository: the environment
 * variable DEDUP_SHARED names its folder; without it the test is skipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text/encoding.h"
#include "transcode.h"

static const char *folder(void)
{
    const char *shared = getenv("DEDUP_SHARED");
    return shared ? shared : DEDUP_SOURCE_DIR "/../shared";
}

static unsigned char *read_whole(const char *kind, const char *name, const char *suffix, size_t *length)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/eval/charset/%s/%s%s", folder(), kind, name, suffix);
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    enum { MOST = 1 << 24 };
    unsigned char *bytes = malloc(MOST);
    assert_non_null(bytes);
    *length = fread(bytes, 1, MOST, file);
    (void)fclose(file);
    return bytes;
}

/* The text without a mark, which is not part of it. */
static bool same_text(const struct decoded *text, const unsigned char *want, size_t want_length)
{
    if (want_length >= 3 && memcmp(want, "\xef\xbb\xbf", 3) == 0) {
        want += 3;
        want_length -= 3;
    }
    return text->length == want_length && (want_length == 0 || memcmp(text->text, want, want_length) == 0);
}

struct tally {
    unsigned files, detected, declared, utf16;
};

/* Decodes by the label, or by detection when that is NULL; returns whether the text is the wanted one. */
static bool decodes_to(struct decoder *decoder, const unsigned char *raw, size_t raw_length, const char *label,
                       const unsigned char *want, size_t want_length)
{
    struct encoding encoding;
    struct decoded text;
    if (label) {
        assert_int_equal(encoding_named(label, &encoding, NULL), DEDUP_OK);
        (void)encoding_of_mark(raw, raw_length, &encoding);
    } else {
        assert_int_equal(encoding_detect(decoder, raw, raw_length, &encoding, NULL), DEDUP_OK);
    }
    assert_int_equal(decoder_decode(decoder, &encoding, raw, raw_length, &text, NULL), DEDUP_OK);
    assert_true(utf8_valid(text.text, text.length));
    return same_text(&text, want, want_length);
}

/* The same text as UTF-16 without a mark, both ways, detected. */
static bool utf16_comes_back(struct decoder *decoder, const unsigned char *text, size_t length)
{
    static const char *const names[] = {"UTF-16LE", "UTF-16BE"};
    bool same = true;
    for (size_t i = 0; i < 2; i++) {
        size_t raw_length = 0;
        unsigned char *raw = transcode(names[i], (const char *)text, length, &raw_length);
        same = same && decodes_to(decoder, raw, raw_length, NULL, text, length);
        free(raw);
    }
    return same;
}

static void judge(struct decoder *decoder, const char *name, const char *label, struct tally *tally)
{
    size_t raw_length = 0, want_length = 0;
    unsigned char *raw = read_whole("raw", name, "", &raw_length);
    unsigned char *want = read_whole("utf8", name, ".txt", &want_length);
    if (raw && want) {
        tally->files++;
        bool detected = decodes_to(decoder, raw, raw_length, NULL, want, want_length);
        bool declared = decodes_to(decoder, raw, raw_length, label, want, want_length);
        if (!detected || !declared)
            print_message("%s %s: %s%s\n", name, label, detected ? "" : "detection ", declared ? "" : "decoding");
        tally->detected += detected;
        tally->declared += declared;
        bool utf16 = want_length < 2 || utf16_comes_back(decoder, want, want_length);
        if (!utf16)
            print_message("%s: detection as UTF-16\n", name);
        tally->utf16 += utf16;
    } else if (raw) {
        /* EUC-TW has no text to compare with, but what is declared decodes without repairs. */
        struct encoding encoding;
        struct decoded text;
        assert_int_equal(encoding_named(label, &encoding, NULL), DEDUP_OK);
        assert_int_equal(decoder_decode(decoder, &encoding, raw, raw_length, &text, NULL), DEDUP_OK);
        assert_int_equal(text.repair_count, 0);
    }
    free(raw);
    free(want);
}

static void test_collection(void **state)
{
    (void)state;
    size_t length = 0;
    struct tally tally = {0};
    char *list = (char *)read_whole(".", "gold", ".tsv", &length);
    if (!list) {
        print_message("skipped: no collection in %s\n", folder());
        skip();
    }
    list[length] = '\0';
    char *rest = NULL;
    struct decoder *decoder;
    assert_int_equal(decoder_create(&decoder, NULL), DEDUP_OK);
    for (char *line = strtok_r(list, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char name[16], label[16];
        assert_int_equal(sscanf(line, "%15s %15s", name, label), 2);
        char *note = strstr(label, "-broken");
        if (note)
            *note = '\0';
        judge(decoder, name, label, &tally);
    }
    decoder_free(decoder);
    free(list);
    print_message("%u files: %u detected, %u declared, %u as UTF-16\n", tally.files, tally.detected, tally.declared,
                  tally.utf16);
    assert_true(tally.files > 0);
    assert_true(tally.detected * 100 >= tally.files * 98);
    assert_int_equal(tally.declared, tally.files);
    assert_true(tally.utf16 * 100 >= tally.files * 98);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_collection)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
