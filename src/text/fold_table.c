#include "text/fold_table.h"

#include "text/fold_table.inc"
