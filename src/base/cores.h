/* cores.h: how many processor cores this process may use

   Not how many there are: a container or a job on a cluster has a share of them, by its set of
   processors (taskset, a cpuset) or by a quota of time (cgroups: cpu.max, or cpu.cfs_quota_us in their
   first version). More threads than that only wait for each other. */
#ifndef XATTN_CORES_H
#define XATTN_CORES_H

#include <stddef.h>

/* At least 1. */
size_t cores_allowed(void);

/* The cores that the quotas of a process amount to, rounded up; 0: there is none. membership is its
   /proc/self/cgroup, root where cgroups are mounted, /sys/fs/cgroup. */
size_t cores_of_quota(const char *membership, const char *root);

#endif
