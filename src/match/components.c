#include "match/components.h"

#include <stdlib.h>

#include "base/failure.h"

/* Union-find with path halving; the smallest node of a set is its root. */
static uint32_t find_root(uint32_t *parents, uint32_t node)
{
    while (parents[node] != node) {
        parents[node] = parents[parents[node]];
        node = parents[node];
    }
    return node;
}

static void unite(uint32_t *parents, uint32_t a, uint32_t b)
{
    a = find_root(parents, a);
    b = find_root(parents, b);
    if (a < b)
        parents[b] = a;
    else
        parents[a] = b;
}

static void unite_all(uint32_t *parents, size_t node_count, const struct buckets *buckets,
                      const struct containers *containers)
{
    for (size_t b = 0; b < buckets->count; b++)
        for (uint64_t i = buckets->begins[b] + 1; i < buckets->begins[b + 1]; i++)
            unite(parents, buckets->members[buckets->begins[b]], buckets->members[i]);
    for (size_t n = 0; containers->begins && n < node_count; n++)
        for (uint64_t i = containers->begins[n]; i < containers->begins[n + 1]; i++)
            unite(parents, (uint32_t)n, containers->nodes[i]);
}

/* Turns parents into roots and numbers the roots of two nodes or more: ids[root], NONE for nodes alone. The begins of
 * the components stand one place higher than in the end. */
static dedup_status number_roots(uint32_t *parents, uint32_t *ids, size_t node_count, struct components *components,
                                 dedup_error *error)
{
    for (size_t n = 0; n < node_count; n++) {
        parents[n] = find_root(parents, (uint32_t)n);
        ids[n] = 0;
        components->count += ++ids[parents[n]] == 2;
    }
    components->begins = calloc(components->count + 2, sizeof *components->begins);
    if (!components->begins)
        return fail_memory(error, "components");
    uint64_t begin = 0;
    for (size_t n = 0, next = 0; n < node_count; n++) {
        if (parents[n] != n)
            continue;
        uint32_t size = ids[n];
        ids[n] = NONE;
        if (size > 1) {
            ids[n] = (uint32_t)next;
            components->begins[++next] = begin;
            begin += size;
        }
    }
    components->nodes = calloc((size_t)(begin + 1), sizeof *components->nodes);
    return components->nodes ? DEDUP_OK : fail_memory(error, "components");
}

/* Deals the nodes out to their components, which moves the begins to their places. */
static void fill_components(const uint32_t *parents, size_t node_count, struct components *components)
{
    for (size_t n = 0; n < node_count; n++) {
        uint32_t id = components->places[parents[n]];
        if (id != NONE)
            components->nodes[components->begins[id + 1]++] = (uint32_t)n;
    }
    for (uint64_t i = 0; i < components->begins[components->count]; i++)
        components->places[components->nodes[i]] = (uint32_t)i;
}

dedup_status components_make(size_t node_count, const struct buckets *buckets, const struct containers *containers,
                             struct components *components, dedup_error *error)
{
    *components = (struct components){.places = malloc((node_count + 1) * sizeof *components->places)};
    uint32_t *parents = malloc((node_count + 1) * sizeof *parents);
    dedup_status status = DEDUP_OK;
    if (!parents || !components->places)
        status = fail_memory(error, "components");
    if (status == DEDUP_OK) {
        for (size_t n = 0; n < node_count; n++)
            parents[n] = (uint32_t)n;
        unite_all(parents, node_count, buckets, containers);
        status = number_roots(parents, components->places, node_count, components, error);
    }
    if (status == DEDUP_OK)
        fill_components(parents, node_count, components);
    else
        components_release(components);
    free(parents);
    return status;
}

void components_release(struct components *components)
{
    free(components->begins);
    free(components->nodes);
    free(components->places);
    *components = (struct components){0};
}
