#include "report/report.h"

/* The name at `index`, "unknown" outside of the list. */
static const char *name_at(const char *const *names, size_t count, size_t index)
{
    return index < count ? names[index] : "unknown";
}
#define NAME_AT(names, value) name_at(names, sizeof(names) / sizeof *(names), (size_t)(value))

const char *report_clean_name(dedup_clean_level level)
{
    static const char *const names[] = {[DEDUP_CLEAN_OFF] = "off",
                                        [DEDUP_CLEAN_SAFE] = "safe",
                                        [DEDUP_CLEAN_STANDARD] = "standard",
                                        [DEDUP_CLEAN_AGGRESSIVE] = "aggressive"};
    return NAME_AT(names, level);
}

const char *report_documents_name(dedup_documents value)
{
    static const char *const names[] = {[DEDUP_DOCUMENTS_REMOVE] = "remove", [DEDUP_DOCUMENTS_KEEP] = "keep"};
    return NAME_AT(names, value);
}

const char *report_paragraphs_name(dedup_paragraphs value)
{
    static const char *const names[] = {[DEDUP_PARAGRAPHS_DOCUMENT] = "document",
                                        [DEDUP_PARAGRAPHS_KEEP] = "keep",
                                        [DEDUP_PARAGRAPHS_CORPUS] = "corpus",
                                        [DEDUP_PARAGRAPHS_OFF] = "off"};
    return NAME_AT(names, value);
}

const char *report_paragraph_unit_name(dedup_paragraph_unit value)
{
    static const char *const names[] = {
        [DEDUP_PARAGRAPH_AUTO] = "auto", [DEDUP_PARAGRAPH_LINE] = "line", [DEDUP_PARAGRAPH_BLANK] = "blank"};
    return NAME_AT(names, value);
}

const char *report_keep_name(dedup_keep value)
{
    static const char *const names[] = {
        [DEDUP_KEEP_BEST] = "best", [DEDUP_KEEP_FIRST] = "first", [DEDUP_KEEP_NEWEST] = "newest"};
    return NAME_AT(names, value);
}

const char *report_log_name(dedup_log value)
{
    static const char *const names[] = {
        [DEDUP_LOG_TEXT] = "text", [DEDUP_LOG_RANGES] = "ranges", [DEDUP_LOG_OFF] = "off"};
    return NAME_AT(names, value);
}
