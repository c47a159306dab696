#ifndef CPLATFORM_MACHINE_H
#define CPLATFORM_MACHINE_H

// How many CPUs this process may run on, or -errno.
int platform_cpu_count(void);

#endif
