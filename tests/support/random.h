/* A seeded generator for tests (SplitMix64, public domain by Sebastiano Vigna). The seed is printed so that a failure
 * can be repeated: TEST_SEED sets it. */
#ifndef DEDUP_TESTS_RANDOM_H
#define DEDUP_TESTS_RANDOM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct random {
    uint64_t state;
};

static inline struct random random_make(uint64_t seed)
{
    const char *wish = getenv("TEST_SEED");
    struct random random = {wish ? strtoull(wish, NULL, 0) : seed};
    printf("seed %#llx\n", (unsigned long long)random.state);
    return random;
}

static inline uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/* 0 <= result < bound. */
static inline size_t random_below(struct random *random, size_t bound)
{
    return (size_t)(random_next(random) % bound);
}

#endif
