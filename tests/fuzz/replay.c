/* SPDX-License-Identifier: MIT */
/* Replays a corpus: gives every file of the named directories to the fuzz target it is linked with. A target says that
 * something is wrong by ending the process. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In a heap block of exactly its size, so that a sanitizer sees a read one byte past the end. */
static int replay_file(const char *path, size_t size) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return 0;
    uint8_t *data = malloc(size); /* size 0: whatever it returns may not be read */
    int ok = (size == 0 || data != NULL) && fread(data, 1, size, file) == size;
    fclose(file);
    if (ok) {
        fprintf(stderr, "%s\n", path); /* the last one named is the one that broke it */
        LLVMFuzzerTestOneInput(data, size);
    }
    free(data);
    return ok;
}

int main(int argc, char **argv) {
    int passed = 0, failed = 0;
    for (int i = 1; i < argc; i++) {
        DIR *dir = opendir(argv[i]);
        if (dir == NULL) {
            perror(argv[i]);
            failed++;
            continue;
        }
        for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
            char path[4096];
            struct stat st;
            int len = snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name);
            if (len < 0 || (size_t)len >= sizeof path || stat(path, &st) != 0) {
                failed++;
            } else if (S_ISREG(st.st_mode)) {
                if (replay_file(path, (size_t)st.st_size) == 1)
                    passed++;
                else
                    failed++;
            }
        }
        closedir(dir);
    }
    const char *name = strrchr(argv[0], '/');
    printf("%s: %d passed, %d failed\n", name != NULL ? name + 1 : argv[0], passed, failed);
    return failed == 0 && passed > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
