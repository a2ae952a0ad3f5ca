/* Writes a part of what it is asked to, and nothing of each third time. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

static unsigned calls;

static size_t part(size_t count) {
    unsigned call = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    if (call % 3 == 0) {
        errno = EINTR;
        return 0;
    }
    return count > 1 ? 1 + (count - 1) * (call % 5) / 7 : count;
}

ssize_t write(int file, const void *bytes, size_t count) {
    /* Standard streams stay as they are. */
    size_t length = file > 2 ? part(count) : count;
    return length == 0 && count > 0 ? -1 : syscall(SYS_write, file, bytes, length);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off_t at) {
    size_t length = part(count);
    return length == 0 && count > 0 ? -1 : syscall(SYS_pwrite64, file, bytes, length, at);
}
