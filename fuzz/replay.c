/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over each file of its corpus, as a test (TAP): what was found once stays
 * fixed. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

enum { INPUT_MAX = 1 << 20 };

static int is_input(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static void replay(const char *dir, const char *name, int number)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        printf("not ok %d - %s: %s\n", number, name, strerror(errno));
        return;
    }
    static uint8_t input[INPUT_MAX];
    size_t n = fread(input, 1, sizeof input, f);
    fclose(f);
    uint8_t *exact =
        malloc(n > 0 ? n : 1); /* of the input's own size, so that ASan sees an overread */
    if (exact == NULL)
        abort();
    memcpy(exact, input, n);
    (void)LLVMFuzzerTestOneInput(exact, n); /* it aborts when its oracle does not hold */
    free(exact);
    printf("ok %d - %s\n", number, name);
}

int main(int argc, char **argv)
{
    struct dirent **names = NULL;
    int count = argc == 2 ? scandir(argv[1], &names, is_input, alphasort) : -1;
    if (count <= 0) {
        printf("Bail out! no corpus: %s\n", argc == 2 ? argv[1] : "usage: replay DIR");
        return 1;
    }
    printf("1..%d\n", count);
    fflush(stdout);
    for (int i = 0; i < count; i++) {
        replay(argv[1], names[i]->d_name, i + 1);
        fflush(stdout);
        free(names[i]);
    }
    free(names);
    return 0;
}
