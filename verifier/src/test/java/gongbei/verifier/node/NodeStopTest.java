package gongbei.verifier.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.ServeCommand;
import gongbei.verifier.TestNode;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.config.NodeConfig;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node in a process of its own that is told to stop while authorities write. */
final class NodeStopTest {
  private static final int WRITERS = 4;
  private static final int WRITTEN_BEFORE_THE_STOP = 40;
  private static final int TERMINATED = 143;

  /** No answer, where nothing can be said of what became of the change. */
  private static final int NO_ANSWER = 0;

  @TempDir private Path directory;
  private final Instant from = Instant.now().minus(Duration.ofDays(1));
  private final SigningKey authority =
      new KeyGeneration().generateAuthority("CDC", from, from.plus(Duration.ofDays(3)));

  /** What each change was answered with, by its number. */
  private final Map<Integer, Integer> answers = new ConcurrentHashMap<>();

  private final AtomicInteger acknowledged = new AtomicInteger();

  private Path config() throws Exception {
    KeyGeneration.write(authority, "authority", directory.resolve("authorities"));
    return Files.writeString(
        directory.resolve("node.yaml"),
        """
        region: GD
        dataDirectory: data
        authorityDirectory: authorities
        maxSubjects: 100000
        drainSeconds: 60
        http: {host: 127.0.0.1, port: 0}
        tcp: {host: 127.0.0.1, port: 0}
        replication: {logTermBytes: 1048576, segmentBytes: 1048576, lowStorageBytes: 16777216}
        """);
  }

  private Process launch(Path config, File output) throws IOException {
    final List<String> command = ServeCommand.of(config, "--json");
    return new ProcessBuilder(command)
        .redirectOutput(output)
        .redirectError(directory.resolve("err").toFile())
        .start();
  }

  private URI awaitAddress(Process process, File output) throws Exception {
    Patience.await(
        "the node serves",
        () -> {
          assertTrue(process.isAlive(), () -> "the node has ended: " + errors());
          return Files.readString(output.toPath()).endsWith("\n");
        });
    return URI.create(TestNode.json(Files.readString(output.toPath())).path("http").asText());
  }

  private String errors() {
    try {
      return Files.readString(directory.resolve("err"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Writes one change after another, each for another holder, until the node takes no more. */
  private void write(URI node, int writer) {
    final AuthorityClient client = new AuthorityClient(node, authority);
    final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    for (int i = writer; ; i += WRITERS) {
      try {
        final HttpResponse<String> answer =
            http.send(
                client.request(
                    "/v1/subjects/" + subject(i).toHex() + "/status", "{\"colour\":\"red\"}"),
                HttpResponse.BodyHandlers.ofString());
        answers.put(i, answer.statusCode());
        if (answer.statusCode() != 200) {
          return;
        }
        acknowledged.incrementAndGet();
      } catch (IOException e) {
        answers.put(i, NO_ANSWER);
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static Subject subject(int number) {
    return new Subject(50, number);
  }

  @Test
  void eachChangeThatWasAppliedWasAnsweredAndNoneOfThoseIsLost() throws Exception {
    final Path config = config();
    final File output = directory.resolve("out").toFile();
    final Process process = launch(config, output);
    final List<Thread> writers = new ArrayList<>();
    try {
      final URI node = awaitAddress(process, output);
      for (int i = 0; i < WRITERS; i++) {
        final int writer = i;
        writers.add(new Thread(() -> write(node, writer), "writer-" + writer));
        writers.get(i).start();
      }
      Patience.await(
          "changes are acknowledged",
          () -> {
            assertTrue(process.isAlive(), () -> "the node has ended: " + errors());
            return acknowledged.get() >= WRITTEN_BEFORE_THE_STOP;
          });
      process.destroy();
      assertEquals(TERMINATED, process.waitFor(), this::errors);
      for (final Thread writer : writers) {
        writer.join();
      }
    } finally {
      process.destroyForcibly().waitFor();
      writers.forEach(Thread::interrupt);
    }
    final Set<Integer> answered = new TreeSet<>();
    answers.forEach(
        (number, status) -> {
          assertTrue(Set.of(200, 503, NO_ANSWER).contains(status), "answered " + status);
          if (status == 200) {
            answered.add(number);
          }
        });
    assertEquals(answered, applied(config), "by number: " + answers);
    assertEquals(WRITERS, answers.size() - answered.size(), "each writer was stopped at a change");
  }

  /** The changes that the node holds when it is started again. */
  private Set<Integer> applied(Path config) throws Exception {
    final Set<Integer> applied = new TreeSet<>();
    try (Node again = Node.start(NodeConfig.read(config))) {
      final StatusRecord status = new StatusRecord();
      for (final int number : answers.keySet()) {
        if (again.resources().statusMap().get(subject(number).toBytes(), 0, status)) {
          applied.add(number);
        }
      }
      assertEquals(applied.size(), again.resources().statusMap().version(), "and nothing else");
    }
    return applied;
  }
}
