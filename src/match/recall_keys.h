/* Keys that are about to be compared, brought back from the file first. */
#ifndef DEDUP_MATCH_RECALL_KEYS_H
#define DEDUP_MATCH_RECALL_KEYS_H

#include "match/matcher.h"

/* Texts whose keys are wanted, and where these can be read. */
struct recalled_keys {
    const struct text *texts; /* borrowed */
    uint64_t *wanted;         /* a bit for each text */
    uint32_t *ranks;          /* of each word of these: how many texts come before it */
    uint64_t *begins;         /* of each wanted text */
};

/* A list of texts to which recalled_keys_want adds. Errors: MEMORY. */
DEDUP_NODISCARD dedup_status recalled_keys_init(struct recalled_keys *keys, const struct matcher *matcher,
                                                dedup_error *error);
void recalled_keys_release(struct recalled_keys *keys);

static inline void recalled_keys_want(struct recalled_keys *keys, uint32_t text)
{
    keys->wanted[text / 64] |= (uint64_t)1 << text % 64;
}

/* Copies the short keys of the wanted texts to memory, as many as the key store allows, in the order in which they lie
 * in the file. Errors: MEMORY, READ. */
DEDUP_NODISCARD dedup_status recalled_keys_load(struct recalled_keys *keys, const struct matcher *matcher,
                                                dedup_error *error);

/* Where to read the key of a wanted text. */
static inline struct key_ref recalled_key(const struct recalled_keys *keys, uint32_t text)
{
    uint64_t before = keys->wanted[text / 64] & (((uint64_t)1 << text % 64) - 1);
    return (struct key_ref){keys->begins[keys->ranks[text / 64] + (uint32_t)__builtin_popcountll(before)],
                            keys->texts[text].count};
}

#endif
