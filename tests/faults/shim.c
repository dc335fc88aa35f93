/* Fails the n-th file call under one folder, for tests of what a full or broken disk leaves behind.
 *
 * Preloaded into a command: FAULT_UNDER names the folder, FAULT_AT the call that fails (0: none, only count),
 * FAULT_COUNT the file that gets the number of calls seen, FAULT_KILL=1 kills the process instead of failing,
 * FAULT_KILL=2 moves the whole folder away under its feet.
 * Counted are opening, reading, writing, synchronising, renaming and making folders: what Python and the compiled
 * libraries (polars, arrow) do alike.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_int seen;
static const char *under;
static int fail_at, kill_it;

/* Also called by a fork, whose environment is another. */
__attribute__((constructor)) void begin(void) {
    under = getenv("FAULT_UNDER");
    const char *at = getenv("FAULT_AT"), *killed = getenv("FAULT_KILL");
    fail_at = at ? atoi(at) : 0;
    kill_it = killed ? atoi(killed) : 0;
}

__attribute__((destructor)) static void end(void) {
    const char *file = getenv("FAULT_COUNT");
    under = NULL;
    if (!file) return;
    FILE *out = fopen(file, "w");
    if (out) { fprintf(out, "%d\n", atomic_load(&seen)); fclose(out); }
}

static int due(const char *path) {
    if (!under || !path || strncmp(path, under, strlen(under)) != 0) return 0;
    if (atomic_fetch_add(&seen, 1) + 1 != fail_at) return 0;
    if (kill_it == 1) kill(getpid(), SIGKILL);
    if (kill_it == 2) {
        char gone[PATH_MAX];
        snprintf(gone, sizeof gone, "%s.gone", under);
        if (syscall(SYS_rename, under, gone)) abort();
        return 0;
    }
    return 1;
}

static int due_fd(int fd) {
    char link[64], path[PATH_MAX];
    if (!under) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return due(path);
}

static int due_at(int folder, const char *path) {
    char link[64], whole[PATH_MAX];
    if (!path || path[0] == '/' || folder == AT_FDCWD) {
        if (path && path[0] != '/' && getcwd(whole, sizeof whole)) {
            strncat(whole, "/", sizeof whole - strlen(whole) - 1);
            strncat(whole, path, sizeof whole - strlen(whole) - 1);
            return due(whole);
        }
        return due(path);
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t length = readlink(link, whole, sizeof whole - 1);
    if (length <= 0) return 0;
    whole[length] = 0;
    return due(whole);
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define MODE va_list rest; va_start(rest, flags); mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0; va_end(rest)
#define FAIL(code) do { errno = code; return -1; } while (0)

static int opening(int flags) { return flags & (O_WRONLY | O_RDWR) ? ENOSPC : EIO; }

int open(const char *path, int flags, ...) { REAL(open); MODE; if (due_at(AT_FDCWD, path)) FAIL(opening(flags)); return real(path, flags, mode); }
int open64(const char *path, int flags, ...) { REAL(open64); MODE; if (due_at(AT_FDCWD, path)) FAIL(opening(flags)); return real(path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { REAL(openat); MODE; if (due_at(at, path)) FAIL(opening(flags)); return real(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { REAL(openat64); MODE; if (due_at(at, path)) FAIL(opening(flags)); return real(at, path, flags, mode); }
ssize_t read(int fd, void *to, size_t n) { REAL(read); if (due_fd(fd)) FAIL(EIO); return real(fd, to, n); }
ssize_t pread64(int fd, void *to, size_t n, off64_t at) { REAL(pread64); if (due_fd(fd)) FAIL(EIO); return real(fd, to, n, at); }
ssize_t write(int fd, const void *from, size_t n) { REAL(write); if (due_fd(fd)) FAIL(ENOSPC); return real(fd, from, n); }
ssize_t writev(int fd, const struct iovec *from, int n) { REAL(writev); if (due_fd(fd)) FAIL(ENOSPC); return real(fd, from, n); }
int fsync(int fd) { REAL(fsync); if (due_fd(fd)) FAIL(EIO); return real(fd); }
int rename(const char *from, const char *to) { REAL(rename); if (due_at(AT_FDCWD, to)) FAIL(EACCES); return real(from, to); }
int renameat(int a, const char *from, int b, const char *to) { REAL(renameat); if (due_at(b, to)) FAIL(EACCES); return real(a, from, b, to); }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); if (due_at(AT_FDCWD, path)) FAIL(ENOSPC); return real(path, mode); }
