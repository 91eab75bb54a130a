#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/failure.h"
#include "text/encoding.h"

const struct encoding encoding_utf8 = {ENCODING_UTF8, "UTF-8", 0, 1};
static const struct encoding gb18030 = {ENCODING_GB18030, "GB18030", 0, 1};
static const struct encoding big5 = {ENCODING_BIG5, "Big5-HKSCS", 0, 1};
static const struct encoding utf16le = {ENCODING_UTF16LE, "UTF-16LE", 0, 2};
static const struct encoding utf16be = {ENCODING_UTF16BE, "UTF-16BE", 0, 2};
static const struct encoding hz = {ENCODING_HZ, "HZ-GB-2312", 0, 1};
/* Names that mean something else, or are spelt differently, in iconv(3). */
static const struct encoding utf32le = {ENCODING_OTHER, "UTF-32LE", 0, 4};
static const struct encoding utf32be = {ENCODING_OTHER, "UTF-32BE", 0, 4};
static const struct encoding windows1252 = {ENCODING_OTHER, "CP1252", 0, 1};
static const struct encoding shift_jis = {ENCODING_OTHER, "CP932", 0, 1};
static const struct encoding euc_kr = {ENCODING_OTHER, "CP949", 0, 1};

/* Labels without their punctuation. What the web calls gb2312, big5, latin1, shift_jis or euc-kr is the larger set that
 * browsers decode by that name. */
static const struct {
    const char *label;
    const struct encoding *encoding;
} labels[] = {
    {"utf8", &encoding_utf8},
    {"unicode11utf8", &encoding_utf8},
    {"xunicode20utf8", &encoding_utf8},
    {"ascii", &encoding_utf8},
    {"usascii", &encoding_utf8},
    {"gb18030", &gb18030},
    {"gb180302000", &gb18030},
    {"gb180302005", &gb18030},
    {"gb180302022", &gb18030},
    {"gbk", &gb18030},
    {"xgbk", &gb18030},
    {"gb2312", &gb18030},
    {"gb231280", &gb18030},
    {"csgb2312", &gb18030},
    {"csiso58gb231280", &gb18030},
    {"isoir58", &gb18030},
    {"chinese", &gb18030},
    {"euccn", &gb18030},
    {"cp936", &gb18030},
    {"ms936", &gb18030},
    {"windows936", &gb18030},
    {"big5", &big5},
    {"big5hkscs", &big5},
    {"big5eten", &big5},
    {"cnbig5", &big5},
    {"csbig5", &big5},
    {"xxbig5", &big5},
    {"cp950", &big5},
    {"ms950", &big5},
    {"windows950", &big5},
    {"utf16", &utf16le},
    {"utf16le", &utf16le},
    {"ucs2", &utf16le},
    {"ucs2le", &utf16le},
    {"iso10646ucs2", &utf16le},
    {"unicode", &utf16le},
    {"csunicode", &utf16le},
    {"unicodefeff", &utf16le},
    {"utf16be", &utf16be},
    {"ucs2be", &utf16be},
    {"unicodefffe", &utf16be},
    {"hz", &hz},
    {"hzgb2312", &hz},
    {"utf32", &utf32le},
    {"utf32le", &utf32le},
    {"utf32be", &utf32be},
    {"latin1", &windows1252},
    {"iso88591", &windows1252},
    {"windows1252", &windows1252},
    {"shiftjis", &shift_jis},
    {"sjis", &shift_jis},
    {"xsjis", &shift_jis},
    {"windows31j", &shift_jis},
    {"euckr", &euc_kr},
    {"ksc56011987", &euc_kr},
    {"windows949", &euc_kr},
};

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Copies the label without white space around it as iconv(3) may see it: upper case, and nothing that iconv takes for
 * an option. False when it can be no name. */
static bool copy_label(const char *label, char *name, size_t size)
{
    while (is_space(*label))
        label++;
    size_t length = strlen(label);
    while (length > 0 && is_space(label[length - 1]))
        length--;
    if (length == 0 || length >= size)
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = label[i];
        bool lower = c >= 'a' && c <= 'z';
        if (!lower && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && !strchr("-_.:+()", c))
            return false;
        name[i] = (char)(lower ? c - 'a' + 'A' : c);
    }
    name[length] = '\0';
    return true;
}

/* Lower case, letters and digits only. */
static void squeeze(const char *name, char *out)
{
    for (; *name != '\0'; name++) {
        if (*name >= 'A' && *name <= 'Z')
            *out++ = (char)(*name - 'A' + 'a');
        else if (*name >= '0' && *name <= '9')
            *out++ = *name;
    }
    *out = '\0';
}

dedup_status encoding_named(const char *label, struct encoding *out, dedup_error *error)
{
    struct encoding other = {.family = ENCODING_OTHER, .unit = 1};
    char squeezed[sizeof other.name];
    if (!copy_label(label, other.name, sizeof other.name))
        return fail(error, DEDUP_ERROR_ARGUMENT, "no name of an encoding: %s", label);
    squeeze(other.name, squeezed);
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        if (strcmp(squeezed, labels[i].label) == 0) {
            *out = *labels[i].encoding;
            return DEDUP_OK;
        }
    }
    iconv_t converter = iconv_open("UTF-8", other.name);
    if (converter == (iconv_t)-1 && errno == ENOMEM)
        return fail_memory(error, "a converter");
    if (converter == (iconv_t)-1)
        return fail(error, DEDUP_ERROR_ARGUMENT, "unknown encoding: %s; `iconv -l` lists those of this system", label);
    (void)iconv_close(converter);
    *out = other;
    return DEDUP_OK;
}

bool encoding_of_mark(const void *bytes, size_t length, struct encoding *out)
{
    static const struct {
        const char *bytes;
        unsigned char length;
        const struct encoding *encoding;
    } marks[] = {
        {"\xef\xbb\xbf", 3, &encoding_utf8}, {"\xff\xfe\0\0", 4, &utf32le}, {"\0\0\xfe\xff", 4, &utf32be},
        {"\xff\xfe", 2, &utf16le},           {"\xfe\xff", 2, &utf16be},     {"\x84\x31\x95\x33", 4, &gb18030},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        bool whole = marks[i].encoding->unit < 4 || length % 4 == 0;
        if (length >= marks[i].length && whole && memcmp(bytes, marks[i].bytes, marks[i].length) == 0) {
            *out = *marks[i].encoding;
            out->mark = marks[i].length;
            return true;
        }
    }
    return false;
}
