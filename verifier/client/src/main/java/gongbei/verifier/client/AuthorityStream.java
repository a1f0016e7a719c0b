package gongbei.verifier.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.trust.SigningKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * An authority's stream of changes: signed, numbered, sent in batches to one node after another
 * until they are acknowledged, so that each is applied once and in the order of submission whatever
 * breaks in between. For any thread.
 */
public final class AuthorityStream implements AutoCloseable {
  /** The changes that wait at most, unless told otherwise. */
  public static final int DEFAULT_WAITING = 16_384;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LAST_PAUSE_MILLIS = 1_000;

  /** Some of the changes came to nothing: each is told by its outcome. */
  private static final int MULTI_STATUS = 207;

  private static final int MAX_CHANGES_A_BATCH = 1_024;

  // What is sent again is not applied again, so another node is asked soon.
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

  private final List<AuthorityClient> nodes = new ArrayList<>();
  private final BlockingQueue<Change> queue;
  private final long patienceNanos;
  private final String client =
      String.format(Locale.ROOT, "%016x", ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
  private final Thread thread = new Thread(this::run, "gongbei-authority");
  private long nextSequence = 1;
  private int node;
  private volatile boolean isClosed;
  private volatile boolean hasEnded;
  private volatile AuthorityException failure;

  /** A change and whom to tell. */
  private record Change(StatusChange what, CompletableFuture<AppliedChange> applied) {}

  /**
   * Starts a stream that signs for {@code GD} and {@code main}.
   *
   * @param servers nodes, any of which takes changes; the next is asked where one doesn't answer
   * @param maxWaiting how many changes wait at most
   * @param patience how long a batch is tried before the stream gives up
   */
  public AuthorityStream(List<URI> servers, SigningKey key, int maxWaiting, Duration patience) {
    this(servers, key, maxWaiting, patience, NodeConnection.PLAIN);
  }

  /**
   * Starts a stream.
   *
   * @param servers nodes, any of which takes changes; the next is asked where one doesn't answer
   * @param maxWaiting how many changes wait at most
   * @param patience how long a batch is tried before the stream gives up
   * @param connection how nodes are spoken to, and for whom is signed
   */
  public AuthorityStream(
      List<URI> servers,
      SigningKey key,
      int maxWaiting,
      Duration patience,
      NodeConnection connection) {
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("servers are missing");
    }
    servers.forEach(
        server -> nodes.add(new AuthorityClient(server, key, ANSWER_TIMEOUT, connection)));
    queue = new ArrayBlockingQueue<>(maxWaiting);
    patienceNanos = patience.toNanos();
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Submits a change; waits while too many wait.
   *
   * @return completes when the change is committed and applied; fails with {@link
   *     AuthorityException} when it has been refused, or the stream has given up. It always
   *     completes
   * @throws IllegalStateException where too many wait, and who would wait is told of an earlier
   *     change on the stream's own thread
   */
  public CompletableFuture<AppliedChange> submit(StatusChange what) throws InterruptedException {
    final Change change = new Change(what, new CompletableFuture<>());
    while (!isClosed && failure == null) {
      if (queue.offer(change, FIRST_PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        return settled(change);
      }
      if (Thread.currentThread() == thread) {
        throw new IllegalStateException("too many changes wait for the stream's own thread");
      }
    }
    return CompletableFuture.failedFuture(closed());
  }

  /**
   * Submits a change where there is room for it.
   *
   * @return as {@link #submit}, or null where too many wait
   */
  public CompletableFuture<AppliedChange> trySubmit(StatusChange what) {
    if (isClosed || failure != null) {
      return CompletableFuture.failedFuture(closed());
    }
    final Change change = new Change(what, new CompletableFuture<>());
    return queue.offer(change) ? settled(change) : null;
  }

  /**
   * Sees to it that a change is told of: the thread takes what is in the queue after it has said
   * that it ends, so that what it does not find is found here.
   */
  private CompletableFuture<AppliedChange> settled(Change change) {
    if (hasEnded && queue.remove(change)) {
      change.applied().completeExceptionally(closed());
    }
    return change.applied();
  }

  private AuthorityException closed() {
    return failure == null ? new AuthorityException("the stream is closed") : failure;
  }

  private void run() {
    final List<Change> batch = new ArrayList<>(MAX_CHANGES_A_BATCH);
    try {
      while (failure == null && !(isClosed && queue.isEmpty())) {
        final Change first = queue.poll(FIRST_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          queue.drainTo(batch, MAX_CHANGES_A_BATCH - 1);
          send(batch);
          batch.clear();
        }
      }
    } catch (InterruptedException e) {
      failure =
          new AuthorityException(
              isClosed ? "the stream was closed before this was answered" : "it was interrupted");
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      failure = new AuthorityException("the stream has failed: " + e);
      throw e;
    } finally {
      isClosed = true;
      hasEnded = true;
      queue.drainTo(batch);
      batch.forEach(change -> change.applied().completeExceptionally(closed()));
    }
  }

  private void send(List<Change> batch) throws InterruptedException {
    final ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("client", client).put("sequence", nextSequence);
    final ArrayNode statuses = body.putArray("statuses");
    batch.forEach(change -> statuses.add(change.what().json()));
    final String text = body.toString();
    final long deadline = System.nanoTime() + patienceNanos;
    long pause = FIRST_PAUSE_MILLIS;
    String fault = "no node answers";
    while (System.nanoTime() - deadline < 0) {
      try {
        final HttpResponse<String> answer = nodes.get(node).put("/v1/subjects/status", text);
        if (answer.statusCode() == 200 || answer.statusCode() == MULTI_STATUS) {
          acknowledge(batch, JSON.readTree(answer.body()).path("results"));
          nextSequence += batch.size();
          return;
        }
        fault = "answered " + answer.statusCode() + ": " + answer.body();
        if (!isForTheMoment(answer.statusCode())) {
          refuse(batch, new AuthorityException(fault));
          return;
        }
      } catch (JsonProcessingException e) {
        fault = "a node did not answer as a node does";
      } catch (IOException e) {
        fault = e.toString();
      }
      node = (node + 1) % nodes.size();
      TimeUnit.MILLISECONDS.sleep(pause);
      pause = Math.min(2 * pause, LAST_PAUSE_MILLIS);
    }
    refuse(batch, new AuthorityException("given up: " + fault));
  }

  /** Whether the same request may be answered otherwise later: RFC 9110 §15.5.9, RFC 6585 §4. */
  private static boolean isForTheMoment(int status) {
    return status >= 500 || status == 408 || status == 429;
  }

  /** What follows would be numbered wrongly, so it is not sent. */
  private void refuse(List<Change> batch, AuthorityException why) {
    failure = why;
    batch.forEach(change -> change.applied().completeExceptionally(why));
  }

  /**
   * Tells those who wait.
   *
   * @throws IOException where the answer is not one outcome for each change
   */
  private static void acknowledge(List<Change> batch, JsonNode results) throws IOException {
    final List<AppliedChange> all = new ArrayList<>(batch.size());
    for (final JsonNode result : results) {
      try {
        all.add(
            new AppliedChange(
                result.path("version").longValue(),
                AppliedChange.Outcome.ofWireName(result.path("outcome").asText())));
      } catch (IllegalArgumentException e) {
        throw new IOException("the node answered with an unknown outcome", e);
      }
    }
    if (all.size() != batch.size()) {
      throw new IOException("the node did not answer with an outcome for each change");
    }
    for (int i = 0; i < all.size(); i++) {
      batch.get(i).applied().complete(all.get(i));
    }
  }

  /** Stops at once: what has no answer yet fails, whether or not it will be applied. */
  public void closeNow() {
    isClosed = true;
    thread.interrupt();
    join();
  }

  /** Sends what was submitted, for as long as the stream's patience lasts, and stops. */
  @Override
  public void close() {
    isClosed = true;
    join();
  }

  private void join() {
    try {
      thread.join(TimeUnit.NANOSECONDS.toMillis(patienceNanos) + LAST_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
