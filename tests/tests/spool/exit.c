/* The first write into the audit file stops in its middle, says so by a file, and goes on some time
   after somebody called `exit`. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int begun, ending;

void exit(int code) {
    void (*real)(int) = (void (*)(int))dlsym(RTLD_NEXT, "exit");
    __atomic_store_n(&ending, 1, __ATOMIC_SEQ_CST);
    real(code);
    __builtin_unreachable();
}

static int is_audit(int file) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path);
    return length > 10 && memcmp(path + length - 10, "/audit.log", 10) == 0;
}

ssize_t write(int file, const void *bytes, size_t count) {
    if (count < 2 || !is_audit(file) || __atomic_exchange_n(&begun, 1, __ATOMIC_SEQ_CST)) {
        return syscall(SYS_write, file, bytes, count);
    }
    ssize_t half = syscall(SYS_write, file, bytes, count / 2);
    close(open(getenv("BEGUN"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    while (!__atomic_load_n(&ending, __ATOMIC_SEQ_CST)) {
        usleep(100);
    }
    /* Far longer than a process takes to end. */
    usleep(20000);
    return half;
}
