/* The five compression formats behind one face.
 *
 * A compressed file is a row of members: gzip members, zstd and lz4 frames, xz and bzip2 streams. An unpacker decodes
 * one member and checks its checksum; input_stream walks from member to member. The libraries of the formats are called
 * directly, because libarchive 3.6 passes over what matters here: gzip checksums, the rest of an lz4 file behind an
 * empty frame, and errors before the first byte of output, which it shows as an empty file. */
#ifndef DEDUP_CORPUS_CODEC_H
#define DEDUP_CORPUS_CODEC_H

#include <stdbool.h>

#include "corpus/listing.h"
#include "dedup/buffer.h"

/* Memory that a file may make a decoder take: dictionaries up to 128 MiB and what goes with them. Every preset of the
 * command line tools stays below; `zstd --long=28` and up does not. */
enum { CODEC_MEMORY = 160 << 20, CODEC_WINDOW_LOG = 27 };

/* Bytes that codec.starts looks at. */
enum { CODEC_MAGIC = 6 };

enum codec_result {
    CODEC_MORE,     /* gave what it could: has no input or no room left */
    CODEC_END,      /* the member is complete and its checksum right */
    CODEC_BROKEN,   /* not what the format allows */
    CODEC_TOO_LARGE /* needs more than CODEC_MEMORY */
};

/* Where an unpacker reads and writes; it moves the pointers and lowers the lengths. */
struct codec_io {
    const unsigned char *in;
    size_t in_length;
    unsigned char *out;
    size_t out_length;
};

struct codec {
    const char *name; /* "gzip" */
    /* True when `bytes` (CODEC_MAGIC of them, zeros behind the end of the file) open a member. */
    bool (*starts)(const unsigned char *bytes);

    void *(*unpack_create)(void); /* for one member; NULL when memory runs out */
    enum codec_result (*unpack)(void *state, struct codec_io *io);
    void (*unpack_free)(void *state);

    void *(*pack_create)(void); /* NULL when memory runs out */
    /* Appends to `out` what packing `bytes` (up to CODEC_PIECE) gives. `finish`: these are the last. Errors: MEMORY,
     * LIMIT by `out`. */
    dedup_status (*pack)(void *state, const void *bytes, size_t length, bool finish, dedup_buffer *out,
                         dedup_error *error);
    void (*pack_free)(void *state);
};

enum { CODEC_PIECE = 64 * 1024 };

/* A length for libraries that count in `unsigned`: at most 1 GiB at a time. */
static inline unsigned codec_narrow(size_t length)
{
    return length < 1u << 30 ? (unsigned)length : 1u << 30;
}

/* NULL for CONTAINER_PLAIN. */
const struct codec *codec_of(enum container container);

extern const struct codec codec_gz, codec_zst, codec_xz, codec_bz2, codec_lz4;

#endif
