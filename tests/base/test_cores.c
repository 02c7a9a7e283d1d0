/* Cores that a process may use: sets of processors, and quotas of both versions of cgroups. */
#ifdef __linux__
#define _GNU_SOURCE  // NOLINT: of sched_setaffinity
#endif
#include "base/cores.h"

#ifdef __linux__
#include <sched.h>
#endif
#include "base/threads.h"
#include "scratch.h"

/* A tree of cgroups: each folder with its quota. */
static void group(const char *folder, const char *file, const char *text) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", scratch_folder, folder);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%s/%s", scratch_folder, folder, file);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

static void expect_cores(const char *membership, size_t cores) {
    char path[600], root[600];
    snprintf(path, sizeof path, "%s", scratch_write("membership", membership, strlen(membership)));
    snprintf(root, sizeof root, "%s/root", scratch_folder);
    assert_int_equal(cores_of_quota(path, root), cores);
}

static int make_groups(void **state) {
    if (scratch_make(state) != 0) return -1;
    group("root", "cpu.max", "max 100000\n");
    group("root/a", "cpu.max", "350000 100000\n");
    group("root/a/b", "cpu.max", "800000 100000\n");
    group("root/a/c", "cpu.max", "50000 100000\n");
    group("root/free", "cpu.max", "max 100000\n");
    group("root/odd", "cpu.max", "what\n");
    group("root/cpu", "cpu.cfs_quota_us", "-1\n");
    group("root/cpu", "cpu.cfs_period_us", "100000\n");
    group("root/cpu/old", "cpu.cfs_quota_us", "150000\n");
    group("root/cpu/old", "cpu.cfs_period_us", "50000\n");
    return 0;
}

static int remove_groups(void **state) {
    (void)state;
    char command[600];
    snprintf(command, sizeof command, "rm -rf %s", scratch_folder);
    return system(command);
}

static void the_least_quota_counts(void **state) {
    (void)state;
    expect_cores("0::/a\n", 4);    // three and a half
    expect_cores("0::/a/b\n", 4);  // eight, in a group of three and a half
    expect_cores("0::/a/c\n", 1);  // half a core
    expect_cores("0::/a/not-there\n", 4);
}

static void without_a_quota_there_is_none(void **state) {
    (void)state;
    expect_cores("0::/\n", 0);
    expect_cores("0::/free\n", 0);
    expect_cores("0::/odd\n", 0);
    expect_cores("", 0);
    expect_cores("nonsense\n::\n:\n", 0);
    assert_int_equal(cores_of_quota("/no/such/file", "/no/such/folder"), 0);
}

static void the_first_version_is_read_too(void **state) {
    (void)state;
    expect_cores("12:memory:/a\n4:cpu,cpuacct:/old\n", 3);
    expect_cores("4:cpu:/old/of-the-host\n", 3);
    expect_cores("4:cpuacct,cpu:/old\n", 3);
    expect_cores("4:cpuset:/old\n4:cpuset,cpuacct:/old\n", 0);
}

static void a_set_of_processors_counts(void **state) {
    (void)state;
#ifdef __linux__
    cpu_set_t all, one;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    size_t first = 0;
    while (!CPU_ISSET(first, &all)) first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(cores_allowed(), 1);
    assert_int_equal(threads_cores(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
    assert_in_range(cores_allowed(), 1, (size_t)CPU_COUNT(&all));
#else
    skip();
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_quota_counts),
        cmocka_unit_test(without_a_quota_there_is_none),
        cmocka_unit_test(the_first_version_is_read_too),
        cmocka_unit_test(a_set_of_processors_counts),
    };
    return cmocka_run_group_tests(tests, make_groups, remove_groups);
}
