/* Loaded before the C library: lets the nth operation that changes the library's files fail, or kills the process there.
 *
 * FAULT_ROOT is the folder that is watched, FAULT_AT the number of the operation, FAULT_HOW one of io (EIO), full
 * (ENOSPC from there on, as a disk stays full), torn (half of the bytes, then EIO), kill. Operations are counted from
 * the moment that FAULT_SWITCH, a file, exists; at the end their number is written into FAULT_COUNT.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static long count;

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static int under_root(const char *path) {
    const char *root = getenv("FAULT_ROOT");
    return root && path && !strncmp(path, root, strlen(root));
}

static int watched(int handle) {
    char name[64], path[PATH_MAX];
    snprintf(name, sizeof name, "/proc/self/fd/%d", handle);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return under_root(path);
}

/* Fixed width and in place: a thread that ends in the middle leaves a number there. */
static void put_count(long number) {
    const char *path = getenv("FAULT_COUNT");
    char text[16];
    long file = path ? syscall(SYS_openat, AT_FDCWD, path, O_WRONLY, 0) : -1;
    if (file < 0) return;
    snprintf(text, sizeof text, "%10ld", number);
    syscall(SYS_pwrite64, file, text, 10, 0L);
    syscall(SYS_close, file);
}

/* Tell whether this operation shall fail; errno is set then. 2 asks for half of a write. */
static int fails(int is_write) {
    const char *at = getenv("FAULT_AT"), *how = getenv("FAULT_HOW"), *armed = getenv("FAULT_SWITCH");
    if (!at || !how || !armed || access(armed, F_OK)) return 0;
    long number = __sync_add_and_fetch(&count, 1);
    put_count(number);
    if (number < atol(at) || (number > atol(at) && strcmp(how, "full"))) return 0;
    if (!strcmp(how, "kill")) kill(getpid(), SIGKILL);
    errno = strcmp(how, "full") ? EIO : ENOSPC;
    return is_write && !strcmp(how, "torn") ? 2 : 1;
}

ssize_t write(int handle, const void *data, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    int bad = watched(handle) ? fails(1) : 0;
    if (bad == 2) { if (size > 1) (void)!real(handle, data, size / 2); errno = EIO; }
    return bad ? -1 : real(handle, data, size);
}

static ssize_t written_at(ssize_t (*real)(int, const void *, size_t, off_t), int handle, const void *data, size_t size,
                          off_t place) {
    int bad = watched(handle) ? fails(1) : 0;
    if (bad == 2) { if (size > 1) (void)!real(handle, data, size / 2, place); errno = EIO; }
    return bad ? -1 : real(handle, data, size, place);
}

ssize_t pwrite(int handle, const void *data, size_t size, off_t place) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    return written_at(real, handle, data, size, place);
}

ssize_t pwrite64(int handle, const void *data, size_t size, off_t place) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off_t);
    return written_at(real, handle, data, size, place);
}

/* A full disk can still be emptied: what makes a file smaller does not fail there. */
int truncate(const char *path, off_t size) {
    REAL(int, "truncate", const char *, off_t);
    const char *how = getenv("FAULT_HOW");
    struct stat status;
    int shrinks = how && !strcmp(how, "full") && !stat(path, &status) && size <= status.st_size;
    return !shrinks && under_root(path) && fails(0) ? -1 : real(path, size);
}

ssize_t writev(int handle, const struct iovec *parts, int number) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    return watched(handle) && fails(0) ? -1 : real(handle, parts, number);
}

#define ON_HANDLE(name) \
    int name(int handle) { REAL(int, #name, int); return watched(handle) && fails(0) ? -1 : real(handle); }
ON_HANDLE(fsync)
ON_HANDLE(fdatasync)

int ftruncate(int handle, off_t size) {
    REAL(int, "ftruncate", int, off_t);
    return watched(handle) && fails(0) ? -1 : real(handle, size);
}

int ftruncate64(int handle, off_t size) {
    REAL(int, "ftruncate64", int, off_t);
    return watched(handle) && fails(0) ? -1 : real(handle, size);
}

#define ON_PATH(name) \
    int name(const char *path) { REAL(int, #name, const char *); return under_root(path) && fails(0) ? -1 : real(path); }
ON_PATH(unlink)
ON_PATH(rmdir)

int unlinkat(int folder, const char *path, int flags) {
    REAL(int, "unlinkat", int, const char *, int);
    int ours = *path == '/' || folder == AT_FDCWD ? under_root(path) : watched(folder);
    return ours && fails(0) ? -1 : real(folder, path, flags);
}

#define ON_TWO_PATHS(name) \
    int name(const char *old, const char *new) { \
        REAL(int, #name, const char *, const char *); \
        return (under_root(old) || under_root(new)) && fails(0) ? -1 : real(old, new); \
    }
ON_TWO_PATHS(rename)
ON_TWO_PATHS(link)

int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    return under_root(path) && fails(0) ? -1 : real(path, mode);
}

static int opens(const char *path, int flags) {
    return (flags & (O_WRONLY | O_RDWR | O_CREAT)) && under_root(path) && fails(0);
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
        va_end(more); \
        REAL(int, #name, const char *, int, ...); \
        return opens(path, flags) ? -1 : real(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

static FILE *opened_stream(FILE *(*real)(const char *, const char *), const char *path, const char *mode) {
    return strpbrk(mode, "wa+") && under_root(path) && fails(0) ? NULL : real(path, mode);
}

FILE *fopen(const char *path, const char *mode) {
    REAL(FILE *, "fopen", const char *, const char *);
    return opened_stream(real, path, mode);
}

FILE *fopen64(const char *path, const char *mode) {
    REAL(FILE *, "fopen64", const char *, const char *);
    return opened_stream(real, path, mode);
}
