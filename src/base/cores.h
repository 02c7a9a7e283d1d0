/* cores.h: how many processor cores this process may use

   This may be fewer than the machine has: a set of processors (taskset, a cpuset) or a quota of time
   (cgroups: cpu.max, or cpu.cfs_quota_us in their first version) limits a container, or a job on a
   cluster. More threads than that only wait for each other. */
#ifndef XATTN_CORES_H
#define XATTN_CORES_H

#include <stddef.h>

/* At least 1. */
size_t cores_allowed(void);

/* The number of cores, rounded up, that the quotas of a process allow; 0 if it has no quota.
   `membership` is the path of its /proc/self/cgroup, `root` the folder where cgroups are mounted
   (/sys/fs/cgroup). */
size_t cores_of_quota(const char *membership, const char *root);

#endif
