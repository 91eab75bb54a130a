/* A strict reader of JSON that only says yes or no, written against RFC 8259 and independent of the code it checks. */
#ifndef DEDUP_TEST_JSON_CHECK_H
#define DEDUP_TEST_JSON_CHECK_H

#include <stdbool.h>
#include <string.h>

static const char *json_check_value(const char *at);

static const char *json_check_space(const char *at)
{
    return at + strspn(at, " \n\r\t");
}

static const char *json_check_string(const char *at)
{
    if (*at++ != '"')
        return NULL;
    while (*at != '"') {
        if ((unsigned char)*at < 0x20)
            return NULL;
        if (*at++ == '\\') {
            if (*at == 'u' && strspn(at + 1, "0123456789abcdefABCDEF") < 4)
                return NULL;
            if (!*at || !strchr("\"\\/bfnrtu", *at))
                return NULL;
            at++;
        }
    }
    return at + 1;
}

static const char *json_check_number(const char *at)
{
    size_t whole = strspn(at, "0123456789");
    if (whole == 0 || (whole > 1 && *at == '0'))
        return NULL;
    at += whole;
    if (*at != '.')
        return at;
    size_t fraction = strspn(at + 1, "0123456789");
    return fraction == 0 ? NULL : at + 1 + fraction;
}

static const char *json_check_group(const char *at, char close)
{
    at = json_check_space(at + 1);
    if (*at == close)
        return at + 1;
    for (;;) {
        if (close == '}') {
            at = json_check_string(at);
            if (!at || *at++ != ':')
                return NULL;
            at = json_check_space(at);
        }
        at = json_check_value(at);
        if (!at)
            return NULL;
        at = json_check_space(at);
        if (*at == close)
            return at + 1;
        if (*at++ != ',')
            return NULL;
        at = json_check_space(at);
    }
}

static const char *json_check_value(const char *at)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < 3; i++)
        if (strncmp(at, words[i], strlen(words[i])) == 0)
            return at + strlen(words[i]);
    switch (*at) {
    case '"': return json_check_string(at);
    case '{': return json_check_group(at, '}');
    case '[': return json_check_group(at, ']');
    default: return json_check_number(at);
    }
}

/* True when `text` is one JSON value with nothing but white space behind it. */
static inline bool json_check(const char *text)
{
    const char *end = json_check_value(text);
    return end && *json_check_space(end) == '\0';
}

#endif
