/*
 * A switch between hosts that are network namespaces, whose links can be cut, slow and lossy by
 * what a control file says; it counts what it did to whom.
 *
 *   network PORTS CONTROL PREFIX SEED
 *
 * makes the TAP devices PREFIX0 to PREFIX<PORTS>, of which the last is this machine's own, and says
 * "ready". A frame goes to the port that the last byte of its destination names, or to all others.
 * While the last link of the control file says so, frames are written to CONTROL.recorded too, each
 * after its length of 4 bytes, big-endian.
 * Ends when its standard input does. Linux; needs CAP_NET_ADMIN.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { MAX_PORTS = 16, FRAME_BYTES = 2048, WAITING = 1 << 15, LEAST_FRAME = 14, RECORDED = 1 << 16 };

/* What a link is like and what has come of it: 8 values of 64 bits, in this order. */
struct link {
  volatile int64_t cut;          /* 1: nothing goes by it; 2: nothing but with this machine */
  volatile int64_t lossPerMille; /* of frames between namespaces */
  volatile int64_t delayMicros;  /* likewise */
  volatile int64_t jitterMicros; /* up to so much more, by chance */
  volatile int64_t forwarded;
  volatile int64_t framesCut;
  volatile int64_t framesLost;
  volatile int64_t framesDelayed;
};

struct waiting {
  int64_t dueNanos;
  int port;
  int length;
  uint8_t *bytes;
};

static struct link *links;
static int ports;
static int devices[MAX_PORTS];
static struct waiting heap[WAITING];
static int heapSize;
static uint64_t randomState;
static FILE *recorded;
static int recordedFrames;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Below a bound, by xorshift64*. */
static int64_t chance(int64_t bound) {
  randomState ^= randomState >> 12;
  randomState ^= randomState << 25;
  randomState ^= randomState >> 27;
  return (int64_t)((randomState * 2685821657736338717ULL >> 33) % (uint64_t)bound);
}

/* Keeps a frame while that is wanted. */
static void record(const uint8_t *bytes, int length) {
  if (links[MAX_PORTS - 1].cut != 0 && recorded != NULL && recordedFrames < RECORDED) {
    const uint8_t size[4] = {0, 0, (uint8_t)(length >> 8), (uint8_t)length};
    fwrite(size, sizeof size, 1, recorded);
    fwrite(bytes, (size_t)length, 1, recorded);
    fflush(recorded);
    recordedFrames++;
  }
}

static void put(int port, const uint8_t *bytes, int length) {
  if (write(devices[port], bytes, (size_t)length) == length) {
    links[port].forwarded++;
  }
}

static void swap(int a, int b) {
  const struct waiting held = heap[a];
  heap[a] = heap[b];
  heap[b] = held;
}

static void hold(int64_t dueNanos, int port, const uint8_t *bytes, int length) {
  uint8_t *copy = heapSize == WAITING ? NULL : malloc((size_t)length);
  if (copy == NULL) {
    links[port].framesLost++;
    return;
  }
  memcpy(copy, bytes, (size_t)length);
  int at = heapSize++;
  heap[at] = (struct waiting){dueNanos, port, length, copy};
  while (at > 0 && heap[(at - 1) / 2].dueNanos > heap[at].dueNanos) {
    swap(at, (at - 1) / 2);
    at = (at - 1) / 2;
  }
}

static void releaseFirst(void) {
  put(heap[0].port, heap[0].bytes, heap[0].length);
  free(heap[0].bytes);
  heap[0] = heap[--heapSize];
  int at = 0;
  for (;;) {
    int least = at;
    for (int child = 2 * at + 1; child <= 2 * at + 2; child++) {
      if (child < heapSize && heap[child].dueNanos < heap[least].dueNanos) {
        least = child;
      }
    }
    if (least == at) {
      return;
    }
    swap(at, least);
    at = least;
  }
}

static void forward(int from, int to, const uint8_t *bytes, int length) {
  const int self = ports;
  const int isBetween = from != self && to != self;
  const int ends[2] = {from, to};
  int64_t delayMicros = 0;
  for (int i = 0; i < 2; i++) {
    struct link *link = &links[ends[i]];
    const int64_t cut = link->cut;
    if (cut == 1 || (cut == 2 && isBetween)) {
      link->framesCut++;
      return;
    }
    if (isBetween) {
      if (link->lossPerMille > 0 && chance(1000) < link->lossPerMille) {
        link->framesLost++;
        return;
      }
      if (link->delayMicros > 0) {
        const int64_t jitter = link->jitterMicros;
        delayMicros += link->delayMicros + (jitter > 0 ? chance(jitter) : 0);
        link->framesDelayed++;
      }
    }
  }
  if (delayMicros > 0) {
    hold(now() + 1000 * delayMicros, to, bytes, length);
  } else {
    put(to, bytes, length);
  }
}

static void receive(int from) {
  uint8_t bytes[FRAME_BYTES];
  for (;;) {
    const ssize_t length = read(devices[from], bytes, sizeof bytes);
    if (length < LEAST_FRAME) {
      return;
    }
    record(bytes, (int)length);
    if (bytes[0] & 1) {
      for (int to = 0; to <= ports; to++) {
        if (to != from) {
          forward(from, to, bytes, (int)length);
        }
      }
    } else if (bytes[5] <= ports && bytes[5] != from) {
      forward(from, bytes[5], bytes, (int)length);
    }
  }
}

static int openDevice(const char *prefix, int port) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  snprintf(request.ifr_name, IFNAMSIZ, "%s%d", prefix, port);
  const int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (device < 0) {
    die("/dev/net/tun");
  }
  if (ioctl(device, TUNSETIFF, &request) != 0) {
    die(request.ifr_name);
  }
  return device;
}

int main(int count, char **arguments) {
  if (count != 5) {
    fprintf(stderr, "network PORTS CONTROL PREFIX SEED\n");
    return 2;
  }
  ports = atoi(arguments[1]);
  if (ports < 1 || ports >= MAX_PORTS) {
    return 2;
  }
  randomState = strtoull(arguments[4], NULL, 10) * 2 + 1;
  const int control = open(arguments[2], O_RDWR | O_CLOEXEC);
  if (control < 0) {
    die(arguments[2]);
  }
  links = mmap(NULL, MAX_PORTS * sizeof(struct link), PROT_READ | PROT_WRITE, MAP_SHARED, control, 0);
  if (links == MAP_FAILED) {
    die("mmap");
  }
  char file[4096];
  snprintf(file, sizeof file, "%s.recorded", arguments[2]);
  recorded = fopen(file, "wb");
  if (recorded == NULL) {
    die(file);
  }
  struct pollfd polled[MAX_PORTS + 1];
  for (int port = 0; port <= ports; port++) {
    devices[port] = openDevice(arguments[3], port);
    polled[port] = (struct pollfd){devices[port], POLLIN, 0};
  }
  polled[ports + 1] = (struct pollfd){0, POLLIN, 0};
  puts("ready");
  fflush(stdout);
  for (;;) {
    struct timespec wait;
    struct timespec *until = NULL;
    if (heapSize > 0) {
      const int64_t nanos = heap[0].dueNanos - now();
      wait.tv_sec = nanos <= 0 ? 0 : nanos / 1000000000;
      wait.tv_nsec = nanos <= 0 ? 0 : nanos % 1000000000;
      until = &wait;
    }
    if (ppoll(polled, (nfds_t)ports + 2, until, NULL) < 0 && errno != EINTR) {
      die("ppoll");
    }
    const int64_t present = now();
    while (heapSize > 0 && heap[0].dueNanos <= present) {
      releaseFirst();
    }
    for (int port = 0; port <= ports; port++) {
      if (polled[port].revents & POLLIN) {
        receive(port);
      }
    }
    if (polled[ports + 1].revents != 0) {
      char byte;
      if (read(0, &byte, 1) <= 0) {
        return 0;
      }
    }
  }
}
