#include <dedup/dedup.h>
#include <stdio.h>

int main(void)
{
    dedup_buffer key;
    dedup_buffer_init(&key, 100);
    dedup_error error;
    if (dedup_fold("漢字，ABC！", sizeof "漢字，ABC！" - 1, &key, &error) != DEDUP_OK)
        return 1;
    puts(key.data);
    dedup_buffer_release(&key);
    return 0;
}
