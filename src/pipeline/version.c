#include "dedup/version.h"

#include <bzlib.h>
#include <iconv.h>
#include <lz4.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/hash.h"
#include "base/isa.h"

#define QUOTE(number)  QUOTE_(number)
#define QUOTE_(number) #number

static const char *xxhash_version(void)
{
    return QUOTE(XXH_VERSION_MAJOR) "." QUOTE(XXH_VERSION_MINOR) "." QUOTE(XXH_VERSION_RELEASE);
}

static const char *pcre2_version(void)
{
    return QUOTE(PCRE2_MAJOR) "." QUOTE(PCRE2_MINOR);
}

static const char *iconv_version(void)
{
#ifdef _LIBICONV_VERSION
    return "GNU libiconv";
#elif defined(__GLIBC__)
    return gnu_get_libc_version();
#else
    return "";
#endif
}

static const struct {
    const char *name;
    const char *(*version)(void);
} components[] = {
    {"xxHash", xxhash_version},   {"PCRE2", pcre2_version},   {"iconv", iconv_version},
    {"zstd", ZSTD_versionString}, {"zlib", zlibVersion},      {"lzma", lzma_version_string},
    {"bzip2", BZ2_bzlibVersion},  {"lz4", LZ4_versionString},
};

const char *dedup_version(void)
{
    return DEDUP_VERSION_TEXT;
}

const char *dedup_instructions(void)
{
    return isa_name(isa_best());
}

bool dedup_version_component(size_t index, dedup_component *out)
{
    if (index >= sizeof components / sizeof *components)
        return false;
    *out = (dedup_component){components[index].name, components[index].version()};
    return true;
}
