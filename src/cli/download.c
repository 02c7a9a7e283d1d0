#include "cli/download.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/process.h"

static const long long most_bytes = 64LL << 30;  // of a file whose size is not known

/* Statuses of curl and HTTP that need special treatment. */
enum {
    CURL_NO_HTTP_SUCCESS = 22,
    CURL_NO_RANGES = 33,
    CURL_TOO_LARGE = 63,
    HTTP_BAD_RANGE = 416,
    MESSAGE = 400
};

static size_t size_of(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && info.st_size > 0 ? (size_t)info.st_size : 0;
}

/* ---- progress ---- */

/* "en-de  [##########..........]  50%  8.3 of 16.6 MB" */
static void draw(const Progress *progress, size_t arrived) {
    enum { WIDTH = 30 };
    char bar[WIDTH + 1];
    size_t done = progress->done + arrived, total = progress->total;
    if (!progress->shown) return;
    if (!total) {
        fprintf(stderr, "\r%s  %.1f MB", progress->label, (double)done / 1e6);
        return;
    }
    if (done > total) done = total;
    size_t filled = (size_t)((double)done / (double)total * WIDTH);
    memset(bar, '.', WIDTH);
    memset(bar, '#', filled);
    bar[WIDTH] = '\0';
    fprintf(stderr, "\r%s  [%s] %3.0f%%  %.1f of %.1f MB", progress->label, bar,
            100.0 * (double)done / (double)total, (double)done / 1e6, (double)total / 1e6);
}

static void end_line(const Progress *progress) {
    if (progress->shown) fputc('\n', stderr);
}

/* ---- download ---- */

/* The end of a run of curl: its exit status, the last HTTP status (0: none), and its message. */
typedef struct {
    int status, code;
    char message[MESSAGE];
} CurlEnd;

static bool start_curl(const char *url, const char *path, size_t size, Process *curl, Error *err) {
    char limit[32];
    const char *redirects = strncmp(url, "https:", 6) == 0 ? "=https" : "=http,https";
    snprintf(limit, sizeof limit, "%lld", size ? (long long)size : most_bytes);
    // clang-format off
    const char *const arguments[] = {
        "curl", "--silent", "--fail", "--globoff",
        "--location", "--max-redirs", "5", "--proto", "=http,https", "--proto-redir", redirects,
        "--connect-timeout", "20", "--speed-limit", "1", "--speed-time", "60",
        "--max-filesize", limit, "--continue-at", "-",
        "--write-out", "%{http_code} %{errormsg}", "--output", path, "--url", url, NULL};
    // clang-format on
    return process_start(arguments, -1, curl, err) ||
           error_prefix(err, "curl is needed to download models");
}

static bool run_curl(const char *url, const char *path, size_t size, const Progress *progress,
                     CurlEnd *end, Error *err) {
    char said[MESSAGE + 16] = "";
    Process curl;
    *end = (CurlEnd){0};
    if (!start_curl(url, path, size, &curl, err)) return false;
    while (!process_has_ended(&curl)) draw(progress, size_of(path));
    draw(progress, size_of(path));
    ssize_t n = read(curl.out, said, sizeof said - 1);
    said[n > 0 ? n : 0] = '\0';
    end->status = process_end(&curl);
    (void)sscanf(said, "%3d %399[^\n]", &end->code, end->message);
    return true;
}

/* For curl before 7.75, which cannot print its message. */
static const char *words_for(int status) {
    switch (status) {
        case 6:
            return "the host cannot be resolved";
        case 7:
            return "cannot connect";
        case 18:
            return "the connection broke off";
        case 23:
            return "the file cannot be written";
        case 28:
            return "timed out";
        case 47:
            return "too many redirects";
        case 60:
            return "the server's certificate cannot be verified";
        default:
            return "curl failed";
    }
}

/* Sets the error for a failed run of curl. */
static bool curl_failed(const char *url, const CurlEnd *end, Error *err) {
    if (end->status == CURL_NO_HTTP_SUCCESS)
        return error_set(err, "%s: HTTP status %d", url, end->code);
    if (end->status == CURL_TOO_LARGE) return error_set(err, "%s: larger than the index says", url);
    if (*end->message) return error_set(err, "%s: %s", url, end->message);
    return error_set(err, "%s: %s (curl's status %d)", url, words_for(end->status), end->status);
}

/* Transfers the missing part. Sets *again if a transfer from the start may work. */
static bool transfer(const char *url, const char *path, size_t size, const Progress *progress,
                     bool *again, Error *err) {
    CurlEnd end;
    bool continues = size_of(path) > 0;
    if (!run_curl(url, path, size, progress, &end, err)) return false;
    *again = continues && (end.status == CURL_NO_RANGES || end.code == HTTP_BAD_RANGE);
    return end.status == 0 || curl_failed(url, &end, err);
}

static bool check_size(const char *url, const char *path, size_t size, Error *err) {
    size_t found = size_of(path);
    if (!size || found == size) return true;
    if (found > size) unlink(path);
    return error_set(err, "%s: %zu bytes, expected %zu%s", url, found, size,
                     found < size ? "; run the command again to continue" : "");
}

bool download(const char *url, const char *path, size_t size, const Progress *progress,
              Error *err) {
    bool again = false;
    size_t there = size_of(path);
    if (size && there == size) return true;
    if (!size || there > size) unlink(path);  // without a size, it may not be a beginning
    bool ok = transfer(url, path, size, progress, &again, err);
    if (!ok && again) {
        unlink(path);
        ok = transfer(url, path, size, progress, &again, err);
    }
    end_line(progress);
    return ok && check_size(url, path, size, err);
}

/* ---- SHA-256 ---- */

bool file_sha256(const char *path, char hash[65], Error *err) {
    static const char *const programs[][4] = {{"sha256sum", NULL}, {"shasum", "-a", "256", NULL}};
    char output[128] = "";
    for (size_t i = 0; i < 2; i++) {
        int status = -1, file = open(path, O_RDONLY | O_CLOEXEC);
        if (file < 0) return error_system(err, path, errno);
        bool ran = process_run(programs[i], file, output, sizeof output, &status, err);
        close(file);
        if (ran && status == 0 && strspn(output, "0123456789abcdef") == 64) {
            memcpy(hash, output, 64);
            hash[64] = '\0';
            return true;
        }
    }
    return error_set(err, "%s: neither sha256sum nor shasum could read it; one of them is needed",
                     path);
}

/* ---- unpacking ---- */

/* Copies at most `limit` bytes. */
static bool copy(int in, int out, size_t limit, size_t *n, const char *path, Error *err) {
    static char bytes[1 << 16];
    ssize_t got;
    *n = 0;
    while ((got = read(in, bytes, sizeof bytes)) != 0) {
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return error_system(err, path, errno);
        *n += (size_t)got;
        if (*n > limit) return error_set(err, "%s: unpacks to more than %zu bytes", path, limit);
        for (ssize_t done = 0, w; done < got; done += w)
            if ((w = write(out, bytes + done, (size_t)(got - done))) < 0)
                return error_system(err, path, errno);
    }
    return true;
}

bool unpack(Packing packing, const char *packed, const char *path, size_t size, Error *err) {
    const char *program = packing == PACKED_GZIP ? "gzip" : "zstd";
    const char *const arguments[] = {program, "-d", "-c", NULL};
    size_t limit = size ? size : 100 * size_of(packed), n = 0;
    Process process;
    int in = open(packed, O_RDONLY | O_CLOEXEC);
    if (in < 0) return error_system(err, packed, errno);
    int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool ok = out >= 0 || error_system(err, path, errno);
    if (ok && process_start(arguments, in, &process, err)) {
        ok = copy(process.out, out, limit, &n, path, err);
        int status = process_end(&process);
        if (ok && status) ok = error_set(err, "%s: %s cannot unpack it", path, program);
        if (ok && size && n != size)
            ok = error_set(err, "%s: unpacks to %zu bytes, expected %zu", path, n, size);
    } else if (ok) {
        ok = error_prefix(err, "a program is needed to unpack the model");
    }
    close(in);
    if (out >= 0 && close(out) != 0 && ok) ok = error_system(err, path, errno);
    if (!ok) unlink(path);
    return ok;
}
