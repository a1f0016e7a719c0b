/*
 * Has one code judged by a Gongbei server, by the scanner protocol.
 *
 *   scan HOST PORT DEVICE CREDENTIAL-FILE CHECKPOINT CODE
 *
 * CREDENTIAL-FILE holds what "gongbei device enrol" showed, in hexadecimal; "-" stands for none.
 * Prints the verdict, its reason, the field at fault, and whether the server's data was old.
 *
 * Exit code: 0 pass; 1 hold, refuse, or the scan is rejected; 2 usage; 3 the server can't be
 * reached, does not answer in time, or refuses the device.
 *
 * C11 and POSIX alone: no library, no generated code, no thread, no allocation, as on a device with
 * little memory. The messages are those of verifier/docs/reference/scanner-protocol.md; all numbers are
 * little-endian, whatever the machine.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  EXIT_PASS = 0,
  EXIT_NOT_PASS = 1,
  EXIT_USAGE = 2,
  EXIT_UNREACHABLE = 3,
  LENGTH_BYTES = 4,
  HEADER_BYTES = 8,
  SCHEMA_ID = 7460,
  SCHEMA_VERSION = 3,
  HELLO = 1, /* template ids */
  WELCOME = 2,
  SCAN = 3,
  VERDICT = 5,
  BUSY = 6,
  REJECTED = 7,
  GOODBYE = 10,
  WELCOME_BLOCK = 24, /* the bytes of fixed parts, as of version 1 */
  SCAN_BLOCK = 16,
  VERDICT_BLOCK = 32,
  BUSY_BLOCK = 12,
  REJECTED_BLOCK = 9,
  GOODBYE_BLOCK = 1,
  PASS = 1, /* verdicts */
  REFUSE = 3,
  BAD_CREDENTIAL = 4, /* reasons to say goodbye */
  REVOKED = 12,
  MAX_DEVICE_ID = 64,
  MAX_CODE = 4296,
  MAX_ANSWER_BYTES = 8192,   /* the greatest frame that a server sends */
  MAX_QUESTION_BYTES = 8192, /* enough for the longest code */
  MAX_CREDENTIAL_BYTES = 64,
  MAX_BUSY_RETRIES = 3,
  MAX_RETRY_MILLIS = 1000,
  TIMEOUT_MILLIS = 5000
};

/* One connection: a socket that never blocks, and the bytes of a frame that is not whole yet. */
struct connection {
  int socket;
  size_t held;
  uint8_t bytes[LENGTH_BYTES + MAX_ANSWER_BYTES];
};

/* A frame that was received: its fixed part, and the data behind that. */
struct frame {
  uint16_t template_id;
  uint16_t block_bytes;
  const uint8_t *block;
  const uint8_t *data;
  size_t data_bytes;
};

/* A frame in the making. Whatever does not fit leaves it too long, which is looked at once. */
struct message {
  size_t length;
  uint8_t bytes[MAX_QUESTION_BYTES];
};

static void fail(int exit_code, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));

static void fail(int exit_code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("scan: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(exit_code);
}

static int64_t now_millis(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits until the socket can be read or written, but not beyond the deadline. */
static void await(const struct connection *connection, short event, int64_t deadline_millis) {
  for (;;) {
    const int64_t left = deadline_millis - now_millis();
    struct pollfd ready = {.fd = connection->socket, .events = event, .revents = 0};
    const int count = left <= 0 ? 0 : poll(&ready, 1, (int)left);
    if (count > 0) {
      return;
    }
    if (count == 0) {
      fail(EXIT_UNREACHABLE, "the server does not answer within %d ms", TIMEOUT_MILLIS);
    }
    if (errno != EINTR) {
      fail(EXIT_UNREACHABLE, "poll: %s", strerror(errno));
    }
  }
}

static int try_connect(const struct addrinfo *address, int64_t deadline_millis) {
  const int made = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
  if (made < 0) {
    return -1;
  }
  const int one = 1;
  if (fcntl(made, F_SETFL, O_NONBLOCK) == 0) {
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(made, address->ai_addr, address->ai_addrlen) == 0) {
      return made;
    }
    if (errno == EINPROGRESS) {
      struct pollfd ready = {.fd = made, .events = POLLOUT, .revents = 0};
      const int64_t left = deadline_millis - now_millis();
      int fault = ETIMEDOUT;
      socklen_t size = sizeof fault;
      if (left > 0 && poll(&ready, 1, (int)left) > 0) {
        getsockopt(made, SOL_SOCKET, SO_ERROR, &fault, &size);
      }
      if (fault == 0) {
        return made;
      }
      errno = fault;
    }
  }
  const int fault = errno;
  close(made);
  errno = fault;
  return -1;
}

static void connect_to(struct connection *connection, const char *host, const char *port) {
  const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  struct addrinfo *found = NULL;
  const int fault = getaddrinfo(host, port, &hints, &found);
  if (fault != 0) {
    fail(EXIT_UNREACHABLE, "%s: %s", host, gai_strerror(fault));
  }
  const int64_t deadline = now_millis() + TIMEOUT_MILLIS;
  int made = -1;
  errno = EADDRNOTAVAIL;
  for (const struct addrinfo *each = found; each != NULL && made < 0; each = each->ai_next) {
    made = try_connect(each, deadline);
  }
  freeaddrinfo(found);
  if (made < 0) {
    fail(EXIT_UNREACHABLE, "%s port %s: %s", host, port, strerror(errno));
  }
  connection->socket = made;
  connection->held = 0;
}

static uint64_t number_at(const uint8_t *bytes, int count) {
  uint64_t number = 0;
  for (int i = 0; i < count; i++) {
    number |= (uint64_t)bytes[i] << (8 * i);
  }
  return number;
}

static void put_number(struct message *message, uint64_t number, int count) {
  for (int i = 0; i < count; i++, message->length++) {
    if (message->length < MAX_QUESTION_BYTES) {
      message->bytes[message->length] = (uint8_t)(number >> (8 * i));
    }
  }
}

/* Data: its length and its bytes. */
static void put_data(struct message *message, const void *data, size_t bytes) {
  put_number(message, bytes, 2);
  if (bytes <= MAX_QUESTION_BYTES && message->length + bytes <= MAX_QUESTION_BYTES) {
    memcpy(message->bytes + message->length, data, bytes);
  }
  message->length += bytes;
}

static void begin(struct message *message, uint16_t template_id, uint16_t block_bytes) {
  message->length = LENGTH_BYTES; /* which finish fills in */
  put_number(message, block_bytes, 2);
  put_number(message, template_id, 2);
  put_number(message, SCHEMA_ID, 2);
  put_number(message, SCHEMA_VERSION, 2);
}

static void finish(struct message *message) {
  const size_t length = message->length;
  if (length > MAX_QUESTION_BYTES) {
    fail(EXIT_USAGE, "what is to be sent is too long");
  }
  message->length = 0;
  put_number(message, length - LENGTH_BYTES, LENGTH_BYTES);
  message->length = length;
}

static void send_message(const struct connection *connection, struct message *message) {
  finish(message);
  const int64_t deadline = now_millis() + TIMEOUT_MILLIS;
  size_t sent = 0;
  while (sent < message->length) {
    const ssize_t some = send(
        connection->socket, message->bytes + sent, message->length - sent, MSG_NOSIGNAL);
    if (some >= 0) {
      sent += (size_t)some;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      await(connection, POLLOUT, deadline);
    } else if (errno != EINTR) {
      fail(EXIT_UNREACHABLE, "the connection was lost: %s", strerror(errno));
    }
  }
}

/* Collects bytes until so many of the frame are there; one read may bring fewer than a field. */
static void collect(struct connection *connection, size_t wanted, int64_t deadline_millis) {
  while (connection->held < wanted) {
    const ssize_t some = recv(
        connection->socket, connection->bytes + connection->held, wanted - connection->held, 0);
    if (some > 0) {
      connection->held += (size_t)some;
    } else if (some == 0) {
      fail(EXIT_UNREACHABLE, "the server closed the connection");
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      await(connection, POLLIN, deadline_millis);
    } else if (errno != EINTR) {
      fail(EXIT_UNREACHABLE, "the connection was lost: %s", strerror(errno));
    }
  }
}

static void require(bool fits) {
  if (!fits) {
    fail(EXIT_UNREACHABLE, "the server's message does not fit its frame");
  }
}

static struct frame receive(struct connection *connection, int64_t deadline_millis) {
  collect(connection, LENGTH_BYTES, deadline_millis);
  const uint64_t length = number_at(connection->bytes, LENGTH_BYTES);
  if (length < HEADER_BYTES || length > MAX_ANSWER_BYTES) {
    fail(EXIT_UNREACHABLE, "the server's frame is of %u bytes", (unsigned)length);
  }
  collect(connection, LENGTH_BYTES + (size_t)length, deadline_millis);
  connection->held = 0;

  const uint8_t *header = connection->bytes + LENGTH_BYTES;
  const size_t block_bytes = (size_t)number_at(header, 2);
  if (number_at(header + 4, 2) != SCHEMA_ID) {
    fail(EXIT_UNREACHABLE, "the server speaks another protocol");
  }
  require(HEADER_BYTES + block_bytes <= length);
  return (struct frame){
      .template_id = (uint16_t)number_at(header + 2, 2),
      .block_bytes = (uint16_t)block_bytes,
      .block = header + HEADER_BYTES,
      .data = header + HEADER_BYTES + block_bytes,
      .data_bytes = (size_t)length - HEADER_BYTES - block_bytes};
}

/* A newer server's fixed part may be longer than the one that is known here, never shorter. */
static const uint8_t *block(const struct frame *frame, uint16_t known_bytes) {
  require(frame->block_bytes >= known_bytes);
  return frame->block;
}

static void leave_if_goodbye(const struct frame *frame) {
  if (frame->template_id == GOODBYE) {
    const int reason = block(frame, GOODBYE_BLOCK)[0];
    fail(EXIT_UNREACHABLE, "the server said goodbye: reason %d%s", reason,
         reason == BAD_CREDENTIAL ? ", bad credential"
         : reason == REVOKED      ? ", revoked"
                                  : "");
  }
}

static size_t read_credential(const char *file, char *credential) {
  if (strcmp(file, "-") == 0) {
    return 0;
  }
  FILE *stream = fopen(file, "r");
  if (stream == NULL) {
    fail(EXIT_USAGE, "%s: %s", file, strerror(errno));
  }
  size_t count = 0;
  unsigned byte;
  while (count < MAX_CREDENTIAL_BYTES && fscanf(stream, "%2x", &byte) == 1) {
    credential[count++] = (char)byte;
  }
  fclose(stream);
  if (count == 0) {
    fail(EXIT_USAGE, "%s holds no hexadecimal", file);
  }
  return count;
}

static void say_hello(
    struct connection *connection, const char *device, const char *credential, size_t size) {
  struct message hello;
  begin(&hello, HELLO, 0);
  put_data(&hello, device, strlen(device));
  put_data(&hello, credential, size);
  send_message(connection, &hello);

  const struct frame answer = receive(connection, now_millis() + TIMEOUT_MILLIS);
  leave_if_goodbye(&answer);
  if (answer.template_id != WELCOME) {
    fail(EXIT_UNREACHABLE, "the server did not say Welcome");
  }
  block(&answer, WELCOME_BLOCK);
}

static void ask(
    const struct connection *connection, int64_t id, const char *checkpoint, const char *code) {
  struct message scan;
  begin(&scan, SCAN, SCAN_BLOCK);
  put_number(&scan, (uint64_t)id, 8);
  put_number(&scan, (uint64_t)INT64_MIN, 8); /* null: the server's clock */
  put_data(&scan, checkpoint, strlen(checkpoint));
  put_data(&scan, code, strlen(code));
  send_message(connection, &scan);
}

static int show(const struct frame *frame) {
  static const char *const REASONS[] = {
      "?", "malformed", "unsupported-format", "unknown-issuer", "bad-signature", "not-yet-valid",
      "expired", "revoked", "unknown-subject", "positive-test", "red", "yellow", "test-missing",
      "test-too-old", "stale", "ok", "busy", "replayed", "rule",
      "reserve-not-in-force", "reserve-used"};
  const uint8_t *fields = block(frame, VERDICT_BLOCK);
  const uint8_t verdict = fields[28];
  const uint8_t reason = fields[29];
  require(frame->data_bytes >= 2);
  const size_t field_bytes = (size_t)number_at(frame->data, 2);
  require(field_bytes <= frame->data_bytes - 2);
  /* What a newer server says and is not known here is for a person to look at. */
  printf("%s: %s%s%.*s%s\n",
         verdict == PASS     ? "pass"
         : verdict == REFUSE ? "refuse"
                             : "hold",
         reason < sizeof REASONS / sizeof REASONS[0] ? REASONS[reason] : "?",
         field_bytes > 0 ? ", " : "", (int)field_bytes, (const char *)frame->data + 2,
         fields[31] == 1 ? " (old data)" : "");
  return verdict == PASS ? EXIT_PASS : EXIT_NOT_PASS;
}

/* Asks, and waits for the answer with the right number; again where the server is busy. */
static int judge(struct connection *connection, const char *checkpoint, const char *code) {
  for (int64_t id = 1; id <= 1 + MAX_BUSY_RETRIES; id++) {
    ask(connection, id, checkpoint, code);
    const int64_t deadline = now_millis() + TIMEOUT_MILLIS;
    bool shed = false;
    while (!shed) {
      const struct frame frame = receive(connection, deadline);
      leave_if_goodbye(&frame);
      if (frame.template_id == VERDICT) {
        if (number_at(block(&frame, VERDICT_BLOCK), 8) == (uint64_t)id) {
          return show(&frame);
        }
      } else if (frame.template_id == REJECTED) {
        const uint8_t *fields = block(&frame, REJECTED_BLOCK);
        if (number_at(fields, 8) == (uint64_t)id) {
          printf("rejected: %d\n", fields[8]);
          return EXIT_NOT_PASS;
        }
      } else if (frame.template_id == BUSY
          && number_at(block(&frame, BUSY_BLOCK), 8) == (uint64_t)id) {
        const uint64_t hint = number_at(frame.block + 8, 4);
        const long millis = hint < 1 ? 1 : hint > MAX_RETRY_MILLIS ? MAX_RETRY_MILLIS : (long)hint;
        const struct timespec wait = {
            .tv_sec = millis / 1000, .tv_nsec = millis % 1000 * 1000000};
        nanosleep(&wait, NULL);
        shed = true;
      }
      /* Anything else is of a newer server, or a group's findings before its verdict. */
    }
  }
  puts("hold: busy");
  return EXIT_NOT_PASS;
}

/* What was judged is judged: that this can't be sent is no matter. */
static void say_goodbye(const struct connection *connection) {
  struct message goodbye;
  begin(&goodbye, GOODBYE, GOODBYE_BLOCK);
  put_number(&goodbye, 1, 1); /* NORMAL */
  finish(&goodbye);
  if (send(connection->socket, goodbye.bytes, goodbye.length, MSG_NOSIGNAL) < 0) {
    errno = 0;
  }
  close(connection->socket);
}

static void require_device_id(const char *id) {
  static const char *const ALLOWED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/@-";
  const size_t length = strlen(id);
  if (length < 1 || length > MAX_DEVICE_ID || strspn(id, ALLOWED) != length) {
    fail(EXIT_USAGE, "deviceId is not 1 to %d letters, digits and . _ : / @ -", MAX_DEVICE_ID);
  }
}

int main(int argc, char **argv) {
  if (argc != 7) {
    fputs("usage: scan HOST PORT DEVICE CREDENTIAL-FILE CHECKPOINT CODE\n", stderr);
    return EXIT_USAGE;
  }
  require_device_id(argv[3]);
  if (strlen(argv[6]) > MAX_CODE) {
    fail(EXIT_USAGE, "code is over %d characters", MAX_CODE);
  }
  char credential[MAX_CREDENTIAL_BYTES];
  const size_t size = read_credential(argv[4], credential);
  struct connection connection;
  connect_to(&connection, argv[1], argv[2]);
  say_hello(&connection, argv[3], credential, size);
  const int exit_code = judge(&connection, argv[5], argv[6]);
  say_goodbye(&connection);
  return exit_code;
}
