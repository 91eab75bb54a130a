/* Version of libdedup. The build reads these three numbers; there is no second place to change. */
#ifndef DEDUP_VERSION_H
#define DEDUP_VERSION_H

#define DEDUP_VERSION_MAJOR 0
#define DEDUP_VERSION_MINOR 1
#define DEDUP_VERSION_PATCH 0

/* The same as text, "1.2.3". */
#define DEDUP_VERSION_TEXT                                                                                             \
    DEDUP_VERSION_QUOTE(DEDUP_VERSION_MAJOR)                                                                           \
    "." DEDUP_VERSION_QUOTE(DEDUP_VERSION_MINOR) "." DEDUP_VERSION_QUOTE(DEDUP_VERSION_PATCH)
#define DEDUP_VERSION_QUOTE(number)  DEDUP_VERSION_QUOTE_(number)
#define DEDUP_VERSION_QUOTE_(number) #number

#endif
