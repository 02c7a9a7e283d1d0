#include "cli/mozilla.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/download.h"

/* Accepts only http and https, and only characters that URLs may have. */
static bool check_url(const char *url, Error *err) {
    bool is_http = strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
    for (const char *c = url; *c; c++) is_http &= *c > ' ' && *c < 127;
    return (is_http && strlen(url) < MOZILLA_ADDRESS) ||
           error_set(err, "\"%s\": expected an address that begins with https:// or http://", url);
}

/* Makes an empty file in $TMPDIR or /tmp. */
static bool make_temporary(char path[PATH_MAX], Error *err) {
    const char *folder = getenv("TMPDIR");
    if (!folder || !*folder) folder = "/tmp";
    if (snprintf(path, PATH_MAX, "%s/xattn-index.XXXXXX", folder) >= PATH_MAX)
        return error_set(err, "%s: name too long", folder);
    int file = mkstemp(path);
    if (file < 0) return error_system(err, folder, errno);
    close(file);
    return true;
}

/* Downloads a JSON object. */
static cJSON *get_json(const char *url, Error *err) {
    char path[PATH_MAX];
    cJSON *json = NULL;
    Error inner = {0};
    if (!check_url(url, err) || !make_temporary(path, err)) return NULL;
    if (download(url, path, 0, &(Progress){0}, err)) {
        json = json_load_object(path, &inner);
        if (!json) error_set(err, "%s: not an index of models: %s", url, inner.text);
    }
    unlink(path);
    return json;
}

/* Asks the server of Remote Settings, at …/v1/, for the address of its attachments. */
static bool ask_server(const char *url, size_t n_server, char base[MOZILLA_ADDRESS], Error *err) {
    char server[MOZILLA_ADDRESS];
    snprintf(server, sizeof server, "%.*s", (int)n_server, url);
    cJSON *json = get_json(server, err);
    if (!json) return false;
    const cJSON *capabilities = cJSON_GetObjectItemCaseSensitive(json, "capabilities");
    const cJSON *attachments = cJSON_GetObjectItemCaseSensitive(capabilities, "attachments");
    const char *found =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(attachments, "base_url"));
    bool ok = found ? check_url(found, err)
                    : error_set(err, "%s: no capabilities.attachments.base_url", server);
    if (ok) snprintf(base, MOZILLA_ADDRESS, "%s", found);
    cJSON_Delete(json);
    return ok;
}

static bool find_base(const char *url, const ModelIndex *index, char base[MOZILLA_ADDRESS],
                      Error *err) {
    static const char api[] = "/v1/";
    const char *buckets = strstr(url, "/v1/buckets/");
    if (index->base) {
        if (!check_url(index->base, err)) return false;
        snprintf(base, MOZILLA_ADDRESS, "%s", index->base);
    } else if (buckets) {
        if (!ask_server(url, (size_t)(buckets - url) + strlen(api), base, err)) return false;
    } else {
        snprintf(base, MOZILLA_ADDRESS, "%s", url);
        *(strrchr(base, '/') + 1) = '\0';
    }
    for (size_t n = strlen(base); n && base[n - 1] == '/'; n--) base[n - 1] = '\0';
    return true;
}

bool mozilla_index(const char *url, ModelIndex *index, char base[MOZILLA_ADDRESS], Error *err) {
    const char *from_environment = getenv("XATTN_INDEX");
    if (!url) url = from_environment && *from_environment ? from_environment : MOZILLA_INDEX;
    cJSON *json = get_json(url, err);
    if (!json || !model_index_read(json, url, index, err)) return false;
    if (find_base(url, index, base, err)) return true;
    model_index_free(index);
    return false;
}
