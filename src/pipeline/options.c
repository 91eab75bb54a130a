#include "dedup/run.h"

void dedup_options_init(dedup_options *options)
{
    *options = (dedup_options){
        .text_field = "text",
        .clean = DEDUP_CLEAN_STANDARD,
        .threshold = 0.8,
        .containment = 0.95,
        .maximum_document = UINT64_C(1) << 30,
        .maximum_file = UINT64_C(1) << 40,
        .maximum_ratio = 1000,
    };
}
