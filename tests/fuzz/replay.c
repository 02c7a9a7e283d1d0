/* replay.c: runs a fuzz target on files, without a fuzzer

   usage: fuzz_NAME FILE|FOLDER...

   Folders are flat. Names each file before it runs it, so that what ended the program is known. */
#include <dirent.h>
#include <sys/stat.h>

#include "base/file.h"
#include "fuzz.h"

static size_t n_run;

static void run_file(const char *path) {
    MappedFile file;
    Error err;
    printf("%s\n", path);
    fflush(stdout);
    if (!file_map(path, &file, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    uint8_t *copy = malloc(file.size ? file.size : 1);  // so that what reads behind its end is seen
    require(copy);
    memcpy(copy, file.data, file.size);
    LLVMFuzzerTestOneInput(copy, file.size);
    free(copy);
    file_unmap(&file);
    n_run++;
}

static void run_folder(const char *folder) {
    DIR *listing = opendir(folder);
    require(listing);
    for (const struct dirent *entry; (entry = readdir(listing));) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (*entry->d_name != '.') run_file(path);
    }
    closedir(listing);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        struct stat info;
        if (stat(argv[i], &info) != 0) continue;  // not every target has every folder
        if (S_ISDIR(info.st_mode))
            run_folder(argv[i]);
        else
            run_file(argv[i]);
    }
    printf("%zu inputs\n", n_run);
    return n_run ? 0 : 1;
}
