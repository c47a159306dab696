#ifndef CPLATFORM_LIFELINE_H
#define CPLATFORM_LIFELINE_H

// Starts a thread that ends this process and its group with SIGKILL once the other side of `socket` is gone. It sleeps in
// the kernel until then, and works while the loop's own thread is stuck in a script. Returns 0 or -errno.
int platform_lifeline_start(int socket);

#endif
