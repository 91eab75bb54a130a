/* The shapes of four sequences of UTF-8 that have 1 to 3 bytes each, for kernels that shuffle bytes. */
#ifndef DEDUP_TEXT_FOLD_SHAPES_H
#define DEDUP_TEXT_FOLD_SHAPES_H

#include <stdint.h>

enum {
    FOLD_SHAPE_BYTES = 16, /* of a shape */
    FOLD_SHAPE_COUNT = 3 * 3 * 3 * 3,
    FOLD_SHAPE_ENDS = 12, /* bytes of the longest */
};

/* A shape: a lane of 4 bytes for each sequence, which says where its last byte stands, the one before and the one
 * before that, counted from the first byte of the first sequence; 0x80 for bytes that it has not. */
extern const uint8_t fold_shapes[FOLD_SHAPE_COUNT * FOLD_SHAPE_BYTES];

/* Where the shape of what begins at a place stands in fold_shapes. The index has a bit for each of the 12 bytes from
 * there on: whether it is the last one of its sequence. */
extern const uint16_t fold_shape_places[1 << FOLD_SHAPE_ENDS];

#endif
