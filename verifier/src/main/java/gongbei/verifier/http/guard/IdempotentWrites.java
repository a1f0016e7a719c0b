package gongbei.verifier.http.guard;

import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Carries a write with an {@code Idempotency-Key} out once (draft-ietf-httpapi-idempotency-key-
 * header): whoever sends the same again gets the answer of then. Successes alone are kept, for what
 * was refused had no effect. A key is its caller's own. For any thread.
 *
 * <p>By hand, and not a cache of Caffeine's: a request in progress must never be evicted, one for
 * which there is no room must be refused, and keys and bytes are bounded both. Caffeine bounds one
 * of them, evicts what it holds least likely to be asked for, and refuses nothing.
 */
public final class IdempotentWrites {
  private static final String FIELD = "Idempotency-Key";
  private static final Pattern KEY = Pattern.compile("\"?([\\x21\\x23-\\x7e]{1,128})\"?");
  private static final long ENTRY_BYTES = 512;

  private final int maxKeys;
  private final long maxBytes;
  private final long lifeNanos;
  private final LongSupplier nanoTime;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private long bytes;

  /**
   * @param maxKeys the most keys that are kept; the oldest of those answered give way
   * @param maxBytes the most bytes of answers that are kept, likewise
   * @param lifeSeconds how long one is kept
   */
  IdempotentWrites(int maxKeys, long maxBytes, long lifeSeconds, LongSupplier nanoTime) {
    this.maxKeys = maxKeys;
    this.maxBytes = maxBytes;
    this.lifeNanos = TimeUnit.SECONDS.toNanos(lifeSeconds);
    this.nanoTime = nanoTime;
  }

  public static IdempotentWrites ofLimits() {
    return new IdempotentWrites(
        Limits.MAX_IDEMPOTENCY_KEYS,
        Limits.MAX_IDEMPOTENCY_BYTES,
        Limits.IDEMPOTENCY_SECONDS,
        System::nanoTime);
  }

  private static final class Entry {
    private final byte[] fingerprint;
    private final long sinceNanos;
    private Response answer;

    Entry(byte[] fingerprint, long sinceNanos) {
      this.fingerprint = fingerprint;
      this.sinceNanos = sinceNanos;
    }

    private long bytes() {
      return ENTRY_BYTES + (answer == null ? 0 : answer.body().length);
    }
  }

  /**
   * Carries a write out, or answers as it was answered before; refuses with a {@link Problem}.
   *
   * @param author whose key it is: the caller, and where the request is signed its signer
   */
  public CompletableFuture<Response> once(
      String author, Request question, Supplier<CompletableFuture<Response>> write) {
    final List<String> fields = question.headers().getAll(FIELD);
    if (fields.isEmpty()) {
      return write.get();
    }
    final Matcher key = KEY.matcher(fields.get(0));
    if (fields.size() != 1 || !key.matches()) {
      throw Problem.of(
          400,
          "malformed-idempotency-key",
          "Idempotency-Key is not one of 1 to 128 printable characters");
    }
    final String id = author + " " + key.group(1);
    final byte[] fingerprint = fingerprintOf(question);
    final Response before = begin(id, fingerprint);
    if (before != null) {
      return CompletableFuture.completedFuture(before.with("Idempotent-Replayed", "true"));
    }
    final CompletableFuture<Response> answer;
    try {
      answer = write.get();
    } catch (RuntimeException | Error e) {
      end(id, null);
      throw e;
    }
    return answer.whenComplete(
        (given, failure) -> end(id, failure == null && given.status() < 300 ? given : null));
  }

  private synchronized Response begin(String id, byte[] fingerprint) {
    forgetOld();
    final Entry entry = entries.get(id);
    if (entry == null) {
      if (entries.size() >= maxKeys) {
        throw Problem.busy("too many requests with an Idempotency-Key at once");
      }
      final Entry begun = new Entry(fingerprint, nanoTime.getAsLong());
      entries.put(id, begun);
      bytes += begun.bytes();
      return null;
    }
    if (!MessageDigest.isEqual(entry.fingerprint, fingerprint)) {
      throw Problem.of(
          422,
          "idempotency-key-reused",
          "Idempotency-Key has been used for another request than this");
    }
    if (entry.answer == null) {
      throw Problem.of(
              409,
              "request-in-progress",
              "the request with that Idempotency-Key is still in progress")
          .with("Retry-After", "1");
    }
    return entry.answer;
  }

  private synchronized void end(String id, Response answer) {
    final Entry entry = entries.get(id);
    bytes -= entry.bytes();
    if (answer == null) {
      entries.remove(id);
      return;
    }
    entry.answer = answer;
    bytes += entry.bytes();
    forgetOld();
  }

  /** Forgets answers that are past their life, and the oldest where there are too many. */
  private void forgetOld() {
    final long now = nanoTime.getAsLong();
    final Iterator<Entry> oldest = entries.values().iterator();
    while (oldest.hasNext()) {
      final Entry entry = oldest.next();
      final boolean isPast = now - entry.sinceNanos > lifeNanos;
      if (!isPast && entries.size() < maxKeys && bytes <= maxBytes) {
        return;
      }
      if (entry.answer != null) {
        oldest.remove();
        bytes -= entry.bytes();
      }
    }
  }

  private static byte[] fingerprintOf(Request question) {
    try {
      final MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (final String part :
          new String[] {
            question.method(),
            question.path(),
            String.join(",", question.headers().getAll("Accept")),
            String.join(",", question.headers().getAll("Content-Type"))
          }) {
        sha256.update(part.getBytes(StandardCharsets.UTF_8));
        sha256.update((byte) 0);
      }
      return sha256.digest(question.body());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  synchronized int keys() {
    return entries.size();
  }

  synchronized long bytes() {
    return bytes;
  }
}
