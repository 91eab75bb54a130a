/* Version of libdedup. The build reads these three numbers; there is no second place to change. */
#ifndef DEDUP_VERSION_H
#define DEDUP_VERSION_H

#define DEDUP_VERSION_MAJOR 0
#define DEDUP_VERSION_MINOR 1
#define DEDUP_VERSION_PATCH 0

#endif
