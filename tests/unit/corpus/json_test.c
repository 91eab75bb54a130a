#include "corpus/json.h"

#include "base/utf8.h"
#include "test.h"

/* ---- An independent validator: recursive, byte by byte, as the grammar of RFC 8259 reads ---- */

static const char *naive_value(const char *p, int depth);

static const char *naive_space(const char *p)
{
    return p + strspn(p, " \t\n\r");
}

static const char *naive_string(const char *p)
{
    if (*p++ != '"')
        return NULL;
    while (*p != '"') {
        if ((unsigned char)*p < 0x20)
            return NULL;
        if (*p++ != '\\')
            continue;
        if (*p == 'u') {
            if (strspn(p + 1, "0123456789abcdefABCDEF") < 4)
                return NULL;
            p += 5;
        } else if (*p != '\0' && strchr("\"\\/bfnrt", *p)) {
            p++;
        } else {
            return NULL;
        }
    }
    return p + 1;
}

static const char *naive_number(const char *p)
{
    const char *digits = "0123456789";
    p += *p == '-';
    size_t whole = strspn(p, digits);
    if (whole == 0 || (*p == '0' && whole > 1))
        return NULL;
    p += whole;
    if (*p == '.') {
        size_t fraction = strspn(++p, digits);
        if (fraction == 0)
            return NULL;
        p += fraction;
    }
    if (*p == 'e' || *p == 'E') {
        p++;
        p += *p == '+' || *p == '-';
        size_t exponent = strspn(p, digits);
        if (exponent == 0)
            return NULL;
        p += exponent;
    }
    return p;
}

static const char *naive_members(const char *p, int depth, char close)
{
    if (depth == JSON_DEPTH_MAXIMUM)
        return NULL;
    p = naive_space(p + 1);
    if (*p == close)
        return p + 1;
    for (;;) {
        if (close == '}') {
            p = naive_string(naive_space(p));
            if (!p || *(p = naive_space(p)) != ':')
                return NULL;
            p++;
        }
        p = naive_value(naive_space(p), depth + 1);
        if (!p)
            return NULL;
        p = naive_space(p);
        if (*p == close)
            return p + 1;
        if (*p++ != ',')
            return NULL;
    }
}

static const char *naive_value(const char *p, int depth)
{
    switch (*p) {
    case '{': return naive_members(p, depth, '}');
    case '[': return naive_members(p, depth, ']');
    case '"': return naive_string(p);
    case 't': return strncmp(p, "true", 4) == 0 ? p + 4 : NULL;
    case 'f': return strncmp(p, "false", 5) == 0 ? p + 5 : NULL;
    case 'n': return strncmp(p, "null", 4) == 0 ? p + 4 : NULL;
    default: return naive_number(p);
    }
}

/* `line` is NUL-terminated; a NUL inside is invalid anywhere. */
static bool naive_valid(const char *line, size_t length)
{
    const char *p = naive_space(line);
    if (*p != '{')
        return false;
    p = naive_value(p, 0);
    return p && naive_space(p) == line + length;
}

/* ---- Random lines ---- */

static void add(dedup_buffer *out, const char *text)
{
    assert_int_equal(dedup_buffer_append(out, text, strlen(text), NULL), DEDUP_OK);
}

static void make_string(struct random *random, dedup_buffer *out)
{
    static const char *const pieces[] = {"a",       "text",    "id",      "文",
                                         "𠀀",      "\\n",     "\\\"",    "\\\\",
                                         "\\/",     "\\u0041", "\\u4e2D", "\\ud840\\udc00",
                                         "\\ud800", "\\uDFFF", " ",       "longer clear run of text, 无需转义的一段",
                                         "\x7f",    "{",       "]",       ","};
    add(out, "\"");
    for (size_t i = random_below(random, 6); i > 0; i--)
        add(out, pieces[random_below(random, sizeof pieces / sizeof *pieces)]);
    add(out, "\"");
}

static void make_space(struct random *random, dedup_buffer *out)
{
    static const char *const pieces[] = {"", "", "", " ", "\t", "  ", "\r", "\n"};
    add(out, pieces[random_below(random, 8)]);
}

static void make_value(struct random *random, dedup_buffer *out, int depth);

static void make_members(struct random *random, dedup_buffer *out, int depth, bool object)
{
    add(out, object ? "{" : "[");
    make_space(random, out);
    for (size_t i = random_below(random, 5); i > 0; i--) {
        if (object) {
            make_string(random, out);
            make_space(random, out);
            add(out, ":");
        }
        make_space(random, out);
        make_value(random, out, depth + 1);
        make_space(random, out);
        if (i > 1) {
            add(out, ",");
            make_space(random, out);
        }
    }
    add(out, object ? "}" : "]");
}

static void make_value(struct random *random, dedup_buffer *out, int depth)
{
    static const char *const scalars[] = {"0",    "-0",    "-12.50e+3", "1E5", "123456789012345678901.0",
                                          "true", "false", "null",      "7",   "0.1e-9"};
    size_t kind = random_below(random, depth < 5 ? 4 : 2);
    if (kind == 0)
        add(out, scalars[random_below(random, 10)]);
    else if (kind == 1)
        make_string(random, out);
    else
        make_members(random, out, depth, kind == 2);
}

static void mutate(struct random *random, dedup_buffer *line)
{
    static const char alphabet[] = "{}[]\",:\\u0019-+.eEtrufalsn \x01\x80";
    for (size_t changes = random_below(random, 3); changes > 0 && line->length > 0; changes--) {
        size_t at = random_below(random, line->length);
        switch (random_below(random, 3)) {
        case 0: line->data[at] = alphabet[random_below(random, sizeof alphabet)]; break;
        case 1:
            memmove(line->data + at, line->data + at + 1, line->length - at);
            line->length--;
            break;
        default:
            line->length = at;
            line->data[at] = '\0';
            break;
        }
    }
}

static void scan_agrees_with_the_grammar(void **state)
{
    (void)state;
    struct random random = random_make(11);
    static const char *const names[] = {"text", "文", "A"};
    size_t valid = 0;
    enum { ROUNDS = 60000 };
    struct json_layout layout = {0}; /* the lines before change nothing */
    dedup_buffer bytes;
    dedup_buffer_init(&bytes, SIZE_MAX);
    for (int round = 0; round < ROUNDS; round++) {
        dedup_buffer line;
        dedup_buffer_init(&line, SIZE_MAX);
        make_space(&random, &line);
        make_members(&random, &line, 0, random_below(&random, 20) != 0);
        make_space(&random, &line);
        if (round % 3 != 0)
            mutate(&random, &line);
        bool expected = naive_valid(line.data, line.length);
        /* An exact copy, so that a sanitizer sees a read behind the end. */
        char *copy = test_malloc(line.length + 1);
        memcpy(copy, line.data, line.length);
        struct json_value values[3], glanced[3], taken[3];
        struct json_text text = {.bytes = &bytes, .layout = &layout};
        dedup_error error, again;
        dedup_status status = json_scan(copy, line.length, names, 3, values, &error);
        assert_int_equal(json_scan_text(copy, line.length, names, 3, taken, &text, &again), status);
        for (size_t i = 0; i < 3 && status == DEDUP_OK; i++)
            assert_true(taken[i].begin == values[i].begin && taken[i].end == values[i].end &&
                        taken[i].type == values[i].type && taken[i].escaped == values[i].escaped);
        if (status != DEDUP_OK)
            assert_string_equal(again.message, error.message);
        dedup_status glance = json_glance(copy, line.length, names, 3, glanced, NULL);
        for (size_t i = 0; i < 3 && glance == DEDUP_OK; i++)
            assert_true(glanced[i].begin <= glanced[i].end && glanced[i].end <= line.length);
        if ((status == DEDUP_OK) != expected)
            fail_msg("%s\n%s", line.data, status == DEDUP_OK ? "accepted" : error.message);
        if (status == DEDUP_OK) {
            valid++;
            assert_int_equal(glance, DEDUP_OK);
            for (size_t i = 0; i < 3; i++) {
                assert_true(values[i].begin <= values[i].end && values[i].end <= line.length);
                assert_int_equal(glanced[i].type, values[i].type);
                assert_true(glanced[i].begin == values[i].begin && glanced[i].end == values[i].end);
                assert_true(glanced[i].escaped == values[i].escaped);
            }
        } else {
            assert_int_equal(status, DEDUP_ERROR_FORMAT);
        }
        test_free(copy);
        dedup_buffer_release(&line);
    }
    dedup_buffer_release(&bytes);
    assert_true(valid > ROUNDS / 3 && valid < ROUNDS * 3 / 4);
}

static void assert_field(const char *line, const char *name, enum json_type type, const char *raw)
{
    struct json_value value;
    dedup_error error;
    if (json_scan(line, strlen(line), &name, 1, &value, &error) != DEDUP_OK)
        fail_msg("%s", error.message);
    assert_int_equal(value.type, type);
    assert_int_equal(value.end - value.begin, strlen(raw));
    assert_memory_equal(line + value.begin, raw, strlen(raw));
}

/* Lines that begin their fields like the one before, or nearly. */
static void beginnings_of_fields_are_known_again(void **state)
{
    (void)state;
    static const char *const names[] = {"text", "id", "id"};
    static const char *const lines[] = {
        "{\"id\": 1, \"text\": \"a\"}",
        "{\"id\": 2, \"text\": \"b\"}",
        "{\"id\":3, \"text\" : \"c\"}",
        "{ \"id\" :  4,\"text\": \"d\"}",
        "{\"ic\": 5, \"text\":\"e\"}",
        "{\"text\": \"f\", \"id\": 6}",
        "{\"text\": \"g\", \"id\":[\"text\"]}",
        "{\"\\u0069d\": 8, \"text\": \"h\"}",
        "{\"text\": \"i\", \"text\": \"j\"}",
        "{\"id\": 2, \"text\"",
        "{\"id\":",
        "{\"text\": \"f\", \"id\": 6}",
    };
    struct json_layout layout = {0};
    dedup_buffer bytes;
    dedup_buffer_init(&bytes, SIZE_MAX);
    for (size_t round = 0; round < 3; round++)
        for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
            struct json_value values[3], taken[3];
            struct json_text text = {.bytes = &bytes, .layout = &layout};
            dedup_status status = json_scan(lines[i], strlen(lines[i]), names, 3, values, NULL);
            assert_int_equal(json_scan_text(lines[i], strlen(lines[i]), names, 3, taken, &text, NULL), status);
            for (size_t j = 0; j < 3 && status == DEDUP_OK; j++)
                assert_true(taken[j].type == values[j].type && taken[j].begin == values[j].begin &&
                            taken[j].end == values[j].end && taken[j].escaped == values[j].escaped);
        }
    dedup_buffer_release(&bytes);
}

static void fields_are_found(void **state)
{
    (void)state;
    assert_field("{}", "text", JSON_ABSENT, "");
    assert_field(" { \"text\" : \"a\\nb\" } ", "text", JSON_STRING, "a\\nb");
    assert_field("{\"text\":\"\"}", "text", JSON_STRING, "");
    assert_field("{\"a\":{\"text\":1},\"text\":[1, {\"text\":2}] }", "text", JSON_ARRAY, "[1, {\"text\":2}]");
    assert_field("{\"text\":{\"text\":\"}\"}}", "text", JSON_OBJECT, "{\"text\":\"}\"}");
    assert_field("{\"n\": -1.2300e+05 ,\"m\":2}", "n", JSON_NUMBER, "-1.2300e+05");
    assert_field("{\"n\":null}", "n", JSON_LITERAL, "null");
    /* The last one of a name wins, also when it is spelled in another way or has another type. */
    assert_field("{\"text\":\"a\",\"x\":1,\"text\":\"b\"}", "text", JSON_STRING, "b");
    assert_field("{\"text\":\"a\",\"\\u0074e\\u0078t\":3}", "text", JSON_NUMBER, "3");
    assert_field("{\"\\u6b63\\u6587\":\"b\"}", "正文", JSON_STRING, "b");
    assert_field("{\"\\ud840\\udc00\":\"b\"}", "𠀀", JSON_STRING, "b");
    assert_field("{\"te\\u0078\":1,\"textt\":2,\"tex\\u0074\\u0000\":3,\"\\u0074\":4}", "text", JSON_ABSENT, "");
    assert_field("{\"a\\/b\":1}", "a/b", JSON_NUMBER, "1");
    assert_field("{\"\":1}", "", JSON_NUMBER, "1");
}

static void a_glance_checks_what_is_asked_for(void **state)
{
    static const struct {
        const char *line;
        dedup_status status;
    } cases[] = {
        {"{\"a\":\"\\q\001\",\"text\":\"b\"}", DEDUP_OK},
        {"{\"a\":{\"\\q\":[\"\\u1\"]},\"text\":\"b\"}", DEDUP_OK},
        {"{\"a\":\"\\\\\\\"\\\\\",\"text\":\"b\"}", DEDUP_OK},
        {"{\"a\":\"\\\\\\\",\"text\":\"b\"}", DEDUP_ERROR_FORMAT},
        {"{\"a\":\"\",\"text\":\"\\q\"}", DEDUP_ERROR_FORMAT},
        {"{\"\\q\":\"\",\"text\":\"b\"}", DEDUP_ERROR_FORMAT},
        {"{\"a\":01,\"text\":\"b\"}", DEDUP_ERROR_FORMAT},
        {"{\"text\":\"b\",\"a\":\"", DEDUP_ERROR_FORMAT},
    };
    static const char *const name = "text";
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json_value value;
        const char *line = cases[i].line;
        assert_int_equal(json_glance(line, strlen(line), &name, 1, &value, NULL), cases[i].status);
        if (cases[i].status == DEDUP_OK)
            assert_memory_equal(line + value.begin, "b\"", 2);
    }
}

/* Lines of files that were put together; places count from the mark. */
static void a_byte_order_mark_is_accepted(void **state)
{
    (void)state;
    static const char line[] = "\xef\xbb\xbf {\"text\": \"\\u4e2d\", \"id\": 7}";
    const char *names[] = {"text", "id"};
    struct json_value values[2], glanced[2];
    dedup_buffer text;
    dedup_buffer_init(&text, 100);
    struct json_text taken = {.bytes = &text};
    assert_int_equal(json_scan_text(line, sizeof line - 1, names, 2, values, &taken, NULL), DEDUP_OK);
    assert_int_equal(json_glance(line, sizeof line - 1, names, 2, glanced, NULL), DEDUP_OK);
    assert_int_equal(text.length, 3);
    assert_memory_equal(text.data, "\u4e2d", 3);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(glanced[i].begin, values[i].begin);
        assert_int_equal(glanced[i].end, values[i].end);
    }
    assert_memory_equal(line + values[0].begin, "\\u4e2d", 6);
    assert_memory_equal(line + values[1].begin, "7", 1);
    dedup_buffer_release(&text);
}

static void failures_name_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int byte;
        const char *what;
    } cases[] = {
        {"", 1, "'{'"},
        {"[1]", 1, "'{'"},
        {"\"text\"", 1, "'{'"},
        {"\xef\xbb\xbf", 4, "'{'"},
        {"\xef\xbb\xbf\xef\xbb\xbf{}", 4, "'{'"},
        {" \xef\xbb\xbf{}", 2, "'{'"},
        {"{}\xef\xbb\xbf", 3, "nothing behind the object"},
        {"{} x", 4, "nothing behind the object"},
        {"{}{}", 3, "nothing behind the object"},
        {"{\"a\":1", 7, "',' or '}'"},
        {"{\"a\":[1", 8, "',' or ']'"},
        {"{\"a\":01}", 7, "',' or '}'"},
        {"{\"a\":1.}", 8, "a digit"},
        {"{\"a\":-}", 7, "a digit"},
        {"{\"a\":nul}", 6, "a value"},
        {"{\"a\":}", 6, "a value"},
        {"{\"a\":NaN}", 6, "a value"},
        {"{\"a\":1,}", 8, "a name in quotes"},
        {"{'a':1}", 2, "a name in quotes"},
        {"{\"a\" 1}", 6, "':'"},
        {"{\"a\":\"b}", 9, "the end of a string"},
        {"{\"a\":\"\t\"}", 7, "no control character in a string"},
        {"{\"a\":\"\\x\"}", 8, "one of"},
        {"{\"a\":\"\\u12g4\"}", 11, "four hexadecimal digits"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dedup_error error;
        assert_int_equal(json_scan(cases[i].line, strlen(cases[i].line), NULL, 0, NULL, &error), DEDUP_ERROR_FORMAT);
        char place[32];
        int length = snprintf(place, sizeof place, "at byte %d of", cases[i].byte);
        if (length < 0 || !strstr(error.message, place) || !strstr(error.message, cases[i].what))
            fail_msg("%s\n%s\n%s %s", cases[i].line, error.message, place, cases[i].what);
    }
}

static void depth_is_bounded(void **state)
{
    (void)state;
    for (int levels = JSON_DEPTH_MAXIMUM - 1; levels <= JSON_DEPTH_MAXIMUM + 1; levels++) {
        for (int shape = 0; shape < 2; shape++) {
            dedup_buffer line;
            dedup_buffer_init(&line, SIZE_MAX);
            add(&line, "{\"a\":");
            for (int i = 1; i < levels; i++)
                add(&line, shape ? "[" : "{\"b\":");
            add(&line, "1");
            for (int i = 1; i < levels; i++)
                add(&line, shape ? "]" : "}");
            add(&line, "}");
            dedup_status status = json_scan(line.data, line.length, NULL, 0, NULL, NULL);
            assert_int_equal(status, levels <= JSON_DEPTH_MAXIMUM ? DEDUP_OK : DEDUP_ERROR_LIMIT);
            dedup_buffer_release(&line);
        }
    }
    static char brackets[1 << 20];
    memset(brackets, '[', sizeof brackets);
    memcpy(brackets, "{\"a\":", 5);
    assert_int_equal(json_scan(brackets, sizeof brackets, NULL, 0, NULL, NULL), DEDUP_ERROR_LIMIT);
}

static void assert_text(const char *raw, const char *text, size_t length, size_t repairs)
{
    dedup_buffer out;
    dedup_buffer_init(&out, SIZE_MAX);
    size_t counted = 0;
    assert_int_equal(json_unescape(raw, strlen(raw), &out, &counted, NULL), DEDUP_OK);
    assert_int_equal(out.length, length);
    assert_memory_equal(out.data, text, length);
    assert_int_equal(counted, repairs);
    dedup_buffer_release(&out);
}

static void escapes_become_text(void **state)
{
    (void)state;
    assert_text("", "", 0, 0);
    assert_text("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t", 8, 0);
    assert_text("a\\u0000b", "a\0b", 3, 0);
    assert_text("\\u007f\\u0080\\u07FF\\u0800\\uffff", "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf", 11, 0);
    assert_text("\\ud840\\udc00\\uDBFF\\uDFFF", "\xf0\xa0\x80\x80\xf4\x8f\xbf\xbf", 8, 0);
    assert_text("\\ud800", "\xef\xbf\xbd", 3, 1);
    assert_text("\\udc00\\ud800", "\xef\xbf\xbd\xef\xbf\xbd", 6, 2);
    assert_text("\\ud800\\ud840\\udc00", "\xef\xbf\xbd\xf0\xa0\x80\x80", 7, 1);
    assert_text("\\ud800\\n\\ud800x", "\xef\xbf\xbd\n\xef\xbf\xbdx", 8, 2);
    assert_text("\\ufffd", "\xef\xbf\xbd", 3, 0);
    for (uint32_t unit = 0; unit < 0x10000; unit++) {
        char raw[8], text[4];
        (void)snprintf(raw, sizeof raw, unit % 2 ? "\\u%04x" : "\\u%04X", (unsigned)unit);
        bool lone = unit >= 0xd800 && unit < 0xe000;
        size_t length = utf8_put(lone ? 0xfffd : unit, text);
        assert_text(raw, text, length, lone);
    }
}

/* Valid UTF-8 of all lengths, quotes, control characters and slashes. */
static void make_text(struct random *random, dedup_buffer *out)
{
    static const char *const pieces[] = {
        "a",    "/", "\"", "\\",     "\n", "\t",           "\x01",        "\x1f",
        "\x7f", "é", "文", "\u2028", "𠀀", "\xef\xbf\xbd", "plain words", "一段没有转义的文字"};
    dedup_buffer_init(out, SIZE_MAX);
    add(out, "");
    for (size_t i = random_below(random, 12); i > 0; i--)
        add(out, pieces[random_below(random, sizeof pieces / sizeof *pieces)]);
    if (random_below(random, 4) == 0)
        assert_int_equal(dedup_buffer_append(out, "\0", 1, NULL), DEDUP_OK);
}

/* unescape(raw[0..map(k)]) == text[0..k] for every code point boundary k. */
static void assert_map(const dedup_buffer *raw, const dedup_buffer *text)
{
    uint32_t offsets[2000], mapped[2000];
    size_t count = 0;
    for (size_t k = 0; k <= text->length; k++)
        if (k == text->length || (text->data[k] & 0xc0) != 0x80) {
            assert_true(count + 2 < 2000);
            for (int twice = 0; twice < 2; twice++) /* equal offsets are allowed */
                offsets[count++] = (uint32_t)k;
        }
    json_map(raw->data, raw->length, offsets, count, mapped);
    for (size_t i = 0; i < count; i++) {
        dedup_buffer part;
        size_t repairs = 0;
        dedup_buffer_init(&part, SIZE_MAX);
        assert_true(mapped[i] <= raw->length && (i == 0 || mapped[i - 1] <= mapped[i]));
        assert_int_equal(json_unescape(raw->data, mapped[i], &part, &repairs, NULL), DEDUP_OK);
        assert_int_equal(part.length, offsets[i]);
        assert_memory_equal(part.data, text->data, part.length);
        dedup_buffer_release(&part);
    }
}

static void text_survives_every_style(void **state)
{
    (void)state;
    struct random random = random_make(12);
    for (int round = 0; round < 20000; round++) {
        struct json_style style = {.ascii = round & 1, .upper = round & 2, .slash = round & 4};
        dedup_buffer text, raw, back, line;
        make_text(&random, &text);
        dedup_buffer_init(&raw, SIZE_MAX);
        dedup_buffer_init(&back, SIZE_MAX);
        dedup_buffer_init(&line, SIZE_MAX);
        assert_int_equal(json_escape_like(style, text.data, text.length, &raw, NULL), DEDUP_OK);
        size_t repairs = 0;
        assert_int_equal(json_unescape(raw.data, raw.length, &back, &repairs, NULL), DEDUP_OK);
        assert_int_equal(repairs, 0);
        assert_int_equal(back.length, text.length);
        assert_memory_equal(back.data, text.data, text.length);
        assert_map(&raw, &text);

        const char *name = "t";
        struct json_value value;
        add(&line, "{\"t\":\"");
        assert_int_equal(dedup_buffer_append(&line, raw.data, raw.length, NULL), DEDUP_OK);
        add(&line, "\"}");
        assert_int_equal(json_scan(line.data, line.length, &name, 1, &value, NULL), DEDUP_OK);
        assert_int_equal(value.end - value.begin, raw.length);

        for (size_t i = 0; style.ascii && i < raw.length; i++)
            assert_true((unsigned char)raw.data[i] < 0x80);
        dedup_buffer_release(&text);
        dedup_buffer_release(&raw);
        dedup_buffer_release(&back);
        dedup_buffer_release(&line);
    }
}

static void maps_hold_for_raw_strings_of_others(void **state)
{
    (void)state;
    struct random random = random_make(13);
    for (int round = 0; round < 20000; round++) {
        dedup_buffer quoted, text;
        dedup_buffer_init(&quoted, SIZE_MAX);
        dedup_buffer_init(&text, SIZE_MAX);
        make_string(&random, &quoted);
        dedup_buffer raw = {.data = quoted.data + 1, .length = quoted.length - 2};
        size_t repairs = 0;
        assert_int_equal(json_unescape(raw.data, raw.length, &text, &repairs, NULL), DEDUP_OK);
        if (repairs == 0) /* a cut between the halves of a pair is no cut of the text */
            assert_map(&raw, &text);
        dedup_buffer_release(&quoted);
        dedup_buffer_release(&text);
    }
}

static void assert_styled(const char *raw, const char *text, const char *expected)
{
    dedup_buffer out;
    dedup_buffer_init(&out, SIZE_MAX);
    assert_int_equal(json_escape_like(json_style_of(raw, strlen(raw)), text, strlen(text), &out, NULL), DEDUP_OK);
    assert_string_equal(out.data, expected);
    dedup_buffer_release(&out);
}

static void the_style_of_the_input_is_kept(void **state)
{
    (void)state;
    assert_styled("中文", "文/\"\n\x01", "文/\\\"\\n\\u0001");
    assert_styled("\\u4e2d", "文𠀀\b\f", "\\u6587\\ud840\\udc00\\b\\f");
    assert_styled("\\u4E2D", "文x", "\\u6587x");
    assert_styled("\\u4E2D", "\u4e2d", "\\u4E2D");
    assert_styled("\\u4e2d中", "文", "文");
    assert_styled("\\u0041 plain", "文", "文"); /* an escape of ASCII says nothing about the rest */
    assert_styled("http:\\/\\/", "a/b", "a\\/b");
    assert_styled("http:\\//", "a/b", "a/b");
    assert_styled("\\\\u4e2d", "文", "文"); /* a backslash and then letters */
    assert_styled("\\u4e2d", "\xff", "\\ufffd");
    assert_styled("", "", "");
}

static void bounds_of_buffers_hold(void **state)
{
    (void)state;
    dedup_buffer out;
    dedup_buffer_init(&out, 5);
    size_t repairs = 0;
    add(&out, "ab");
    struct json_style style = {.ascii = true};
    assert_int_equal(json_escape_like(style, "x文", 4, &out, NULL), DEDUP_ERROR_LIMIT);
    assert_string_equal(out.data, "ab");
    assert_int_equal(json_unescape("long enough", 11, &out, &repairs, NULL), DEDUP_ERROR_LIMIT);
    assert_string_equal(out.data, "ab");
    dedup_buffer_release(&out);
}

static void strings_say_whether_they_are_escaped(void **state)
{
    (void)state;
    static const char line[] =
        "{\"plain\": \"abc\", \"line\": \"ab\\n\", \"u\": \"\\u4e2d\", \"none\": \"\", \"n\": [\"\\n\"]}";
    static const char *const names[] = {"plain", "line", "u", "none", "n"};
    struct json_value values[5];
    assert_int_equal(json_scan(line, strlen(line), names, 5, values, NULL), DEDUP_OK);
    assert_true(!values[0].escaped && values[1].escaped && values[2].escaped && !values[3].escaped &&
                !values[4].escaped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scan_agrees_with_the_grammar),
        cmocka_unit_test(beginnings_of_fields_are_known_again),
        cmocka_unit_test(fields_are_found),
        cmocka_unit_test(a_glance_checks_what_is_asked_for),
        cmocka_unit_test(a_byte_order_mark_is_accepted),
        cmocka_unit_test(failures_name_their_place),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(escapes_become_text),
        cmocka_unit_test(text_survives_every_style),
        cmocka_unit_test(maps_hold_for_raw_strings_of_others),
        cmocka_unit_test(the_style_of_the_input_is_kept),
        cmocka_unit_test(bounds_of_buffers_hold),
        cmocka_unit_test(strings_say_whether_they_are_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
