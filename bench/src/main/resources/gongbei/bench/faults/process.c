/*
 * Preloaded into a process (LD_PRELOAD), it lets the wall clock jump and the disk be slow, by what
 * the file that GONGBEI_FAULTS names says, and counts there what it did.
 *
 * The clock: clock_gettime(CLOCK_REALTIME), gettimeofday, time. CLOCK_MONOTONIC is left alone, as a
 * jump of the wall clock leaves it.
 *
 * The disk: every write, pwrite, writev, pwritev, fsync, fdatasync, msync, fallocate and ftruncate
 * to a file below GONGBEI_FAULTS_DIRECTORY sleeps first. What is stored through a mapping is not
 * slowed but when it is forced.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

/* 5 values of 64 bits, in this order. */
struct faults {
  volatile int64_t clockOffsetNanos;
  volatile int64_t writeDelayMicros;
  volatile int64_t clockReads;
  volatile int64_t delayedWrites;
  volatile int64_t delayedMicros;
};

static struct faults none;
static struct faults *faults = &none;
static const char *directory;
static size_t directoryLength;

static int (*nextClockGettime)(clockid_t, struct timespec *);
static ssize_t (*nextWrite)(int, const void *, size_t);
static ssize_t (*nextPwrite)(int, const void *, size_t, off_t);
static ssize_t (*nextWritev)(int, const struct iovec *, int);
static ssize_t (*nextPwritev)(int, const struct iovec *, int, off_t);
static int (*nextFsync)(int);
static int (*nextFdatasync)(int);
static int (*nextMsync)(void *, size_t, int);
static int (*nextFallocate)(int, int, off_t, off_t);
static int (*nextFtruncate)(int, off_t);

#define FIND(variable, name) *(void **)&(variable) = dlsym(RTLD_NEXT, name)

__attribute__((constructor)) static void begin(void) {
  FIND(nextClockGettime, "clock_gettime");
  FIND(nextWrite, "write");
  FIND(nextPwrite, "pwrite64");
  FIND(nextWritev, "writev");
  FIND(nextPwritev, "pwritev64");
  FIND(nextFsync, "fsync");
  FIND(nextFdatasync, "fdatasync");
  FIND(nextMsync, "msync");
  FIND(nextFallocate, "fallocate64");
  FIND(nextFtruncate, "ftruncate64");
  const char *file = getenv("GONGBEI_FAULTS");
  directory = getenv("GONGBEI_FAULTS_DIRECTORY");
  if (file == NULL || directory == NULL) {
    return;
  }
  directoryLength = strlen(directory);
  const int control = open(file, O_RDWR | O_CLOEXEC);
  if (control < 0) {
    return;
  }
  void *mapped =
      mmap(NULL, sizeof(struct faults), PROT_READ | PROT_WRITE, MAP_SHARED, control, 0);
  close(control);
  if (mapped != MAP_FAILED) {
    faults = mapped;
  }
}

static int isInDirectory(int file) {
  char link[64];
  char path[PATH_BYTES];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, sizeof path);
  return length > (ssize_t)directoryLength && memcmp(path, directory, directoryLength) == 0
      && path[directoryLength] == '/';
}

static void delay(int64_t micros) {
  const int before = errno;
  const struct timespec pause = {micros / 1000000, micros % 1000000 * 1000};
  nanosleep(&pause, NULL);
  __atomic_fetch_add(&faults->delayedWrites, 1, __ATOMIC_RELAXED);
  __atomic_fetch_add(&faults->delayedMicros, micros, __ATOMIC_RELAXED);
  errno = before;
}

static void delayWrite(int file) {
  const int64_t micros = faults->writeDelayMicros;
  if (micros > 0 && isInDirectory(file)) {
    delay(micros);
  }
}

static int isWall(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
}

static int64_t offset(void) {
  const int64_t nanos = faults->clockOffsetNanos;
  if (nanos != 0) {
    __atomic_fetch_add(&faults->clockReads, 1, __ATOMIC_RELAXED);
  }
  return nanos;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  const int result = nextClockGettime == NULL
      ? (int)syscall(SYS_clock_gettime, clock, time)
      : nextClockGettime(clock, time);
  if (result == 0 && isWall(clock)) {
    const int64_t nanos = offset();
    if (nanos != 0) {
      const int64_t all = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec + nanos;
      time->tv_sec = all / 1000000000;
      time->tv_nsec = all % 1000000000;
    }
  }
  return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result != NULL) {
    *result = now.tv_sec;
  }
  return now.tv_sec;
}

ssize_t write(int file, const void *bytes, size_t length) {
  delayWrite(file);
  return nextWrite(file, bytes, length);
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t position) {
  delayWrite(file);
  return nextPwrite(file, bytes, length, position);
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t position) {
  delayWrite(file);
  return nextPwrite(file, bytes, length, position);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  delayWrite(file);
  return nextWritev(file, parts, count);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t position) {
  delayWrite(file);
  return nextPwritev(file, parts, count, position);
}

ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t position) {
  delayWrite(file);
  return nextPwritev(file, parts, count, position);
}

int fsync(int file) {
  delayWrite(file);
  return nextFsync(file);
}

int fdatasync(int file) {
  delayWrite(file);
  return nextFdatasync(file);
}

int msync(void *address, size_t length, int flags) {
  const int64_t micros = faults->writeDelayMicros;
  if (micros > 0) {
    delay(micros);
  }
  return nextMsync(address, length, flags);
}

int fallocate(int file, int mode, off_t position, off_t length) {
  delayWrite(file);
  return nextFallocate(file, mode, position, length);
}

int fallocate64(int file, int mode, off64_t position, off64_t length) {
  delayWrite(file);
  return nextFallocate(file, mode, position, length);
}

int ftruncate(int file, off_t length) {
  delayWrite(file);
  return nextFtruncate(file, length);
}

int ftruncate64(int file, off64_t length) {
  delayWrite(file);
  return nextFtruncate(file, length);
}
