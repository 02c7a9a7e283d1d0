#ifdef __linux__
#define _GNU_SOURCE  // NOLINT: of sched_getaffinity
#endif
#include "base/cores.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#endif

static size_t cores_online(void) {
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (size_t)n : 1;
}

/* The processors that this process may run on. */
static size_t cores_in_set(void) {
#ifdef __linux__
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return (size_t)CPU_COUNT(&set);
#endif
    return cores_online();  // also on systems with more processors than a cpu_set_t holds
}

/* Up to two words at the beginning of a file; false if it has none. */
static bool read_words(const char *folder, const char *name, char first[32], char second[32]) {
    char path[4096];
    first[0] = second[0] = '\0';
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) return false;
    FILE *file = fopen(path, "re");
    if (!file) return false;
    int n = fscanf(file, "%31s %31s", first, second);
    fclose(file);
    return n >= 1;
}

/* The quota of one folder in cores, for both versions of cgroups; 0 if it has none ("max" or -1). */
static size_t quota_here(const char *folder) {
    char quota[32], period[32], unused[32];
    if (!read_words(folder, "cpu.max", quota, period) &&
        !(read_words(folder, "cpu.cfs_quota_us", quota, unused) &&
          read_words(folder, "cpu.cfs_period_us", period, unused)))
        return 0;
    long long time = strtoll(quota, NULL, 10), of = strtoll(period, NULL, 10);
    return time > 0 && of > 0 ? (size_t)((time + of - 1) / of) : 0;
}

/* The least quota of a group and its parents. */
static size_t least_quota(const char *root, const char *group) {
    char folder[4096];
    size_t least = 0, stem = strlen(root);
    if (snprintf(folder, sizeof folder, "%s%s", root, group) >= (int)sizeof folder) return 0;
    for (;;) {
        size_t quota = quota_here(folder);
        if (quota && (!least || quota < least)) least = quota;
        char *slash = strrchr(folder + stem, '/');
        if (!slash) return least;
        *slash = '\0';
    }
}

/* Whether a list of controllers such as cpuacct,cpu contains cpu. */
static bool has_cpu(const char *list) {
    for (size_t n;; list += n + 1) {
        n = strcspn(list, ",");
        if (n == 3 && memcmp(list, "cpu", n) == 0) return true;
        if (!list[n]) return false;
    }
}

/* A line of /proc/self/cgroup: "0::/group", or "4:cpu,cpuacct:/group" in the first version. */
static size_t quota_of_line(char *line, const char *root) {
    char mounted[4096];
    char *controllers = strchr(line, ':'),
         *group = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!group) return 0;
    *group++ = '\0';
    controllers++;
    group[strcspn(group, "\n")] = '\0';
    if (!*controllers) return least_quota(root, group);
    if (!has_cpu(controllers)) return 0;
    snprintf(mounted, sizeof mounted, "%s/cpu", root);
    // In a container the path is the host's, but the folder of the group is the root.
    size_t own = least_quota(mounted, group);
    return own ? own : quota_here(mounted);
}

size_t cores_of_quota(const char *membership, const char *root) {
    char line[4096];
    size_t least = 0;
    FILE *file = fopen(membership, "re");
    while (file && fgets(line, sizeof line, file)) {
        size_t quota = quota_of_line(line, root);
        if (quota && (!least || quota < least)) least = quota;
    }
    if (file) fclose(file);
    return least;
}

size_t cores_allowed(void) {
    size_t cores = cores_in_set();
    size_t quota = cores_of_quota("/proc/self/cgroup", "/sys/fs/cgroup");
    return quota && quota < cores ? quota : cores;
}
