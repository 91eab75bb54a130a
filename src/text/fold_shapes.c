#include "text/fold_shapes.h"

#if defined(__GNUC__)

/* A sequence of `n` bytes that begins at place `p`. */
#define LANE(p, n)                                                                                                     \
    (uint8_t)((p) + (n)-1), (uint8_t)((n) > 1 ? (p) + (n)-2 : 0x80), (uint8_t)((n) > 2 ? (p) : 0x80), 0x80
#define SHAPE(a, b, c, d)        LANE(0, a), LANE(a, b), LANE((a) + (b), c), LANE((a) + (b) + (c), d)
#define SHAPES_OF_THREE(b, c, d) SHAPE(1, b, c, d), SHAPE(2, b, c, d), SHAPE(3, b, c, d)
#define SHAPES_OF_TWO(c, d)      SHAPES_OF_THREE(1, c, d), SHAPES_OF_THREE(2, c, d), SHAPES_OF_THREE(3, c, d)
#define SHAPES_OF_ONE(d)         SHAPES_OF_TWO(1, d), SHAPES_OF_TWO(2, d), SHAPES_OF_TWO(3, d)

const uint8_t fold_shapes[FOLD_SHAPE_COUNT * FOLD_SHAPE_BYTES] = {
    SHAPES_OF_ONE(1),
    SHAPES_OF_ONE(2),
    SHAPES_OF_ONE(3),
};

/* The lowest bit is not there any more. */
#define WITHOUT(ends) ((ends) & ((ends)-1))
/* The length of the first sequence, of which there may be none; of one that begins behind an end. */
#define FIRST(ends) (__builtin_ctz((ends) | 1 << FOLD_SHAPE_ENDS) + 1)
#define NEXT(ends)  (__builtin_ctz(WITHOUT(ends) | 1 << FOLD_SHAPE_ENDS) - __builtin_ctz((ends) | 1 << FOLD_SHAPE_ENDS))
/* What is no shape of four sequences, as behind the end of a text, may have any. */
#define DIGIT(length) ((length) < 1 || (length) > 3 ? 0 : (length)-1)
#define PLACE(ends)                                                                                                    \
    (FOLD_SHAPE_BYTES * (DIGIT(FIRST(ends)) + 3 * DIGIT(NEXT(ends)) + 9 * DIGIT(NEXT(WITHOUT(ends))) +                 \
                         27 * DIGIT(NEXT(WITHOUT(WITHOUT(ends))))))

#define PLACES_4(ends)    PLACE(ends), PLACE((ends) + 1), PLACE((ends) + 2), PLACE((ends) + 3)
#define PLACES_16(ends)   PLACES_4(ends), PLACES_4((ends) + 4), PLACES_4((ends) + 8), PLACES_4((ends) + 12)
#define PLACES_64(ends)   PLACES_16(ends), PLACES_16((ends) + 16), PLACES_16((ends) + 32), PLACES_16((ends) + 48)
#define PLACES_256(ends)  PLACES_64(ends), PLACES_64((ends) + 64), PLACES_64((ends) + 128), PLACES_64((ends) + 192)
#define PLACES_1024(ends) PLACES_256(ends), PLACES_256((ends) + 256), PLACES_256((ends) + 512), PLACES_256((ends) + 768)

const uint16_t fold_shape_places[1 << FOLD_SHAPE_ENDS] = {
    PLACES_1024(0),
    PLACES_1024(1024),
    PLACES_1024(2048),
    PLACES_1024(3072),
};

#endif
