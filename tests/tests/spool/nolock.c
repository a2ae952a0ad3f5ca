// In front of the C library: a file system without locks. The error is FLOCK_ERROR, or that there is
// none and everybody has every lock.
#include <errno.h>
#include <stdlib.h>

int flock(int file, int operation) {
    (void)file;
    (void)operation;
    const char *error = getenv("FLOCK_ERROR");
    errno = error ? atoi(error) : 0;
    return errno ? -1 : 0;
}
