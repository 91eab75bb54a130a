#include "corpus/codec.h"

const struct codec *codec_of(enum container container)
{
    switch (container) {
    case CONTAINER_GZ: return &codec_gz;
    case CONTAINER_ZST: return &codec_zst;
    case CONTAINER_XZ: return &codec_xz;
    case CONTAINER_BZ2: return &codec_bz2;
    case CONTAINER_LZ4: return &codec_lz4;
    case CONTAINER_PLAIN: break;
    }
    return NULL;
}
