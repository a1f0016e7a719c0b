/*
 * Has one code judged by a Gongbei server, by the scanner protocol.
 *
 *   scan HOST PORT DEVICE CREDENTIAL-FILE CHECKPOINT CODE
 *
 * CREDENTIAL-FILE holds what "gongbei device enrol" showed, in hexadecimal; "-" stands for none.
 * Prints the verdict, its reason and the field at fault.
 *
 * Exit code: 0 pass; 1 hold, refuse, or the scan is rejected; 2 usage; 3 the server can't be
 * reached, does not answer in time, or refuses the device.
 *
 * The messages are generated from scanner-protocol.xml by SBE's tool (sbe.target.language=C), which
 * takes care of the byte order of fields; that of a frame's length is taken care of here. Plain
 * POSIX, no thread, no allocation: what a device with little memory would do.
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

#include "gongbei_verifier_protocol/busy.h"
#include "gongbei_verifier_protocol/goodbye.h"
#include "gongbei_verifier_protocol/hello.h"
#include "gongbei_verifier_protocol/messageHeader.h"
#include "gongbei_verifier_protocol/rejected.h"
#include "gongbei_verifier_protocol/scan.h"
#include "gongbei_verifier_protocol/verdict.h"
#include "gongbei_verifier_protocol/welcome.h"

#define SBE(name) gongbei_verifier_protocol_##name

enum {
  EXIT_PASS = 0,
  EXIT_NOT_PASS = 1,
  EXIT_USAGE = 2,
  EXIT_UNREACHABLE = 3,
  LENGTH_BYTES = 4,
  MAX_ANSWER_BYTES = 8192,   /* the greatest frame that a server sends */
  MAX_QUESTION_BYTES = 8192, /* enough for the longest code, 4,296 characters */
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

/* A frame that was received: its message behind its header. */
struct frame {
  char *bytes;
  size_t length;
  uint16_t template_id;
  uint16_t block_length;
  uint16_t version;
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

/* Puts the frame's length before a message; the bytes of both. */
static size_t framed(char *buffer, uint64_t body_bytes) {
  const uint32_t length = (uint32_t)(SBE(messageHeader_encoded_length)() + body_bytes);
  for (int i = 0; i < LENGTH_BYTES; i++) {
    buffer[i] = (char)((length >> (8 * i)) & 0xFF); /* little-endian on any machine */
  }
  return LENGTH_BYTES + (size_t)length;
}

/* Sends a message whose header and body stand behind the place of the frame's length. */
static void send_message(const struct connection *connection, char *buffer, uint64_t body_bytes) {
  const size_t bytes = framed(buffer, body_bytes);
  const int64_t deadline = now_millis() + TIMEOUT_MILLIS;
  size_t sent = 0;
  while (sent < bytes) {
    const ssize_t some = send(connection->socket, buffer + sent, bytes - sent, MSG_NOSIGNAL);
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

static struct frame receive(struct connection *connection, int64_t deadline_millis) {
  collect(connection, LENGTH_BYTES, deadline_millis);
  uint32_t length = 0;
  for (int i = 0; i < LENGTH_BYTES; i++) {
    length |= (uint32_t)connection->bytes[i] << (8 * i);
  }
  const uint64_t header_bytes = SBE(messageHeader_encoded_length)();
  if (length < header_bytes || length > MAX_ANSWER_BYTES) {
    fail(EXIT_UNREACHABLE, "the server's frame is of %u bytes", (unsigned)length);
  }
  collect(connection, LENGTH_BYTES + (size_t)length, deadline_millis);
  connection->held = 0;

  struct frame frame = {.bytes = (char *)connection->bytes + LENGTH_BYTES, .length = length};
  struct SBE(messageHeader) header;
  SBE(messageHeader_wrap)(
      &header, frame.bytes, 0, SBE(messageHeader_sbe_schema_version)(), frame.length);
  frame.template_id = SBE(messageHeader_templateId)(&header);
  frame.block_length = SBE(messageHeader_blockLength)(&header);
  frame.version = SBE(messageHeader_version)(&header);
  if (SBE(messageHeader_schemaId)(&header) != SBE(messageHeader_sbe_schema_id)()) {
    fail(EXIT_UNREACHABLE, "the server speaks another protocol");
  }
  if (header_bytes + frame.block_length > frame.length) {
    fail(EXIT_UNREACHABLE, "the server's message does not fit its frame");
  }
  return frame;
}

/* A newer server's fixed part may be longer than the one that is known here, never shorter. */
static void require_block(const struct frame *frame, uint16_t known_bytes) {
  if (frame->block_length < known_bytes) {
    fail(EXIT_UNREACHABLE, "the server's message does not fit its frame");
  }
}

#define WRAP(message, codec, frame)                                                       \
  (require_block(&(frame), SBE(message##_sbe_block_length)()),                            \
   SBE(message##_wrap_for_decode)(                                                        \
       &(codec), (frame).bytes, SBE(messageHeader_encoded_length)(), (frame).block_length, \
       (frame).version, (frame).length))

static void leave_if_goodbye(const struct frame *frame) {
  if (frame->template_id == SBE(goodbye_sbe_template_id)()) {
    struct SBE(goodbye) goodbye;
    WRAP(goodbye, goodbye, *frame);
    enum SBE(goodbyeCode) reason;
    if (!SBE(goodbye_reason)(&goodbye, &reason)) {
      fail(EXIT_UNREACHABLE, "the server said goodbye");
    }
    fail(EXIT_UNREACHABLE, "the server said goodbye: reason %d%s", (int)reason,
         reason == SBE(goodbyeCode_BAD_CREDENTIAL) ? ", bad credential"
         : reason == SBE(goodbyeCode_REVOKED)      ? ", revoked"
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
  char buffer[MAX_QUESTION_BYTES];
  struct SBE(messageHeader) header;
  struct SBE(hello) hello;
  SBE(hello_wrap_and_apply_header)(
      &hello, buffer, LENGTH_BYTES, sizeof buffer - LENGTH_BYTES, &header);
  if (SBE(hello_put_deviceId)(&hello, device, (uint16_t)strlen(device)) == NULL
      || SBE(hello_put_credential)(&hello, credential, (uint16_t)size) == NULL) {
    fail(EXIT_USAGE, "the device's id is too long");
  }
  send_message(connection, buffer, SBE(hello_encoded_length)(&hello));

  const struct frame answer = receive(connection, now_millis() + TIMEOUT_MILLIS);
  leave_if_goodbye(&answer);
  if (answer.template_id != SBE(welcome_sbe_template_id)()) {
    fail(EXIT_UNREACHABLE, "the server did not say Welcome");
  }
}

static void ask(
    const struct connection *connection, int64_t id, const char *checkpoint, const char *code) {
  char buffer[MAX_QUESTION_BYTES];
  struct SBE(messageHeader) header;
  struct SBE(scan) scan;
  SBE(scan_wrap_and_apply_header)(
      &scan, buffer, LENGTH_BYTES, sizeof buffer - LENGTH_BYTES, &header);
  SBE(scan_set_correlationId)(&scan, id);
  SBE(scan_set_atEpochSeconds)(&scan, SBE(scan_atEpochSeconds_null_value)());
  const size_t checkpoint_size = strlen(checkpoint);
  const size_t code_size = strlen(code);
  if (checkpoint_size + code_size > MAX_QUESTION_BYTES / 2
      || SBE(scan_put_checkpoint)(&scan, checkpoint, (uint16_t)checkpoint_size) == NULL
      || SBE(scan_put_code)(&scan, code, (uint16_t)code_size) == NULL) {
    fail(EXIT_USAGE, "the code is too long");
  }
  send_message(connection, buffer, SBE(scan_encoded_length)(&scan));
}

static int show(struct SBE(verdict) *verdict) {
  static const char *const REASONS[] = {
      "?", "malformed", "unsupported-format", "unknown-issuer", "bad-signature", "not-yet-valid",
      "expired", "revoked", "unknown-subject", "positive-test", "red", "yellow", "test-missing",
      "test-too-old", "stale", "ok", "busy", "replayed"};
  enum SBE(verdictCode) given;
  enum SBE(reasonCode) reason;
  /* What a newer server says and is not known here is for a person to look at. */
  if (!SBE(verdict_verdict)(verdict, &given)) {
    given = SBE(verdictCode_HOLD);
  }
  const bool known = SBE(verdict_reason)(verdict, &reason)
      && (size_t)reason < sizeof REASONS / sizeof REASONS[0];
  const struct SBE(verdict_string_view) field = SBE(verdict_get_field_as_string_view)(verdict);
  if (field.data == NULL) {
    fail(EXIT_UNREACHABLE, "the server's message does not fit its frame");
  }
  printf("%s: %s%s%.*s\n",
         given == SBE(verdictCode_PASS)     ? "pass"
         : given == SBE(verdictCode_REFUSE) ? "refuse"
                                            : "hold",
         known ? REASONS[reason] : "?", field.length > 0 ? ", " : "", (int)field.length,
         field.data);
  return given == SBE(verdictCode_PASS) ? EXIT_PASS : EXIT_NOT_PASS;
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
      if (frame.template_id == SBE(verdict_sbe_template_id)()) {
        struct SBE(verdict) verdict;
        WRAP(verdict, verdict, frame);
        if (SBE(verdict_correlationId)(&verdict) == id) {
          return show(&verdict);
        }
      } else if (frame.template_id == SBE(rejected_sbe_template_id)()) {
        struct SBE(rejected) rejected;
        WRAP(rejected, rejected, frame);
        enum SBE(rejectionCode) why;
        printf("rejected: %d\n", SBE(rejected_rejection)(&rejected, &why) ? (int)why : 0);
        return EXIT_NOT_PASS;
      } else if (frame.template_id == SBE(busy_sbe_template_id)()) {
        struct SBE(busy) busy;
        WRAP(busy, busy, frame);
        int32_t millis = SBE(busy_retryAfterMillis)(&busy);
        millis = millis < 1 ? 1 : millis > MAX_RETRY_MILLIS ? MAX_RETRY_MILLIS : millis;
        const struct timespec wait = {
            .tv_sec = millis / 1000, .tv_nsec = (long)(millis % 1000) * 1000000};
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
  char buffer[64];
  struct SBE(messageHeader) header;
  struct SBE(goodbye) goodbye;
  SBE(goodbye_wrap_and_apply_header)(
      &goodbye, buffer, LENGTH_BYTES, sizeof buffer - LENGTH_BYTES, &header);
  SBE(goodbye_set_reason)(&goodbye, SBE(goodbyeCode_NORMAL));
  const size_t bytes = framed(buffer, SBE(goodbye_encoded_length)(&goodbye));
  if (send(connection->socket, buffer, bytes, MSG_NOSIGNAL) < 0) {
    errno = 0;
  }
  close(connection->socket);
}

int main(int argc, char **argv) {
  if (argc != 7) {
    fputs("usage: scan HOST PORT DEVICE CREDENTIAL-FILE CHECKPOINT CODE\n", stderr);
    return EXIT_USAGE;
  }
  if (strlen(argv[3]) > 64) {
    fail(EXIT_USAGE, "the device's id is too long");
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
