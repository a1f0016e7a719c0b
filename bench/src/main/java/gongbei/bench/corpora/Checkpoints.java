package gongbei.bench.corpora;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Runs a node with a trust directory and rulesets, and asks it over HTTP as a checkpoint does. It
 * looks at the trust directory once a second.
 */
final class Checkpoints implements AutoCloseable {
  private static final long FOLLOW_SECONDS = 20;
  private static final long LOOK_AGAIN_NANOS = 50_000_000;

  private final HttpClient client = HttpClient.newHttpClient();
  private final Path trust;
  private final Node node;

  /**
   * @param scratch a directory for the node's files
   * @param ruleset a ruleset beside those shipped
   */
  Checkpoints(Path scratch, Path ruleset) throws Exception {
    trust = Files.createDirectory(scratch.resolve("trust"));
    final Path rulesets = Files.createDirectory(scratch.resolve("rulesets"));
    for (final String shipped : shipped()) {
      try (InputStream yaml =
          RulesetStore.class.getResourceAsStream("/gongbei/rulesets/" + shipped)) {
        Files.copy(yaml, rulesets.resolve(shipped));
      }
    }
    Files.copy(ruleset, rulesets.resolve(ruleset.getFileName()));
    final Path configuration =
        Files.writeString(
            scratch.resolve("node.yaml"),
            """
            trustDirectory: trust
            rulesetDirectory: rulesets
            reloadSeconds: 1
            maxSubjects: 100
            http: {host: 127.0.0.1, port: 0}
            tcp: {host: 127.0.0.1, port: 0}
            pipeline: {workers: 1}
            """);
    node = Node.start(NodeConfig.read(configuration));
  }

  private static List<String> shipped() {
    return RulesetStore.shipped().current().all().stream()
        .map(Ruleset::name)
        .map(name -> name + ".yaml")
        .toList();
  }

  /** Puts what is trusted in place of what was: a file, or all files of a directory. */
  void trust(Path fileOrDirectory) throws IOException {
    try (Stream<Path> old = Files.list(trust)) {
      for (final Path file : old.toList()) {
        Files.delete(file);
      }
    }
    if (Files.isDirectory(fileOrDirectory)) {
      try (Stream<Path> files = Files.list(fileOrDirectory)) {
        for (final Path file : files.sorted().toList()) {
          put(file);
        }
      }
    } else {
      put(fileOrDirectory);
    }
  }

  private void put(Path file) throws IOException {
    Files.copy(file, trust.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
  }

  /** Takes one of the files away again. */
  void distrust(String file) throws IOException {
    Files.delete(trust.resolve(file));
  }

  /** The answer to a scan at a checkpoint, as at that time (RFC 3339). */
  JsonNode scan(String code, String checkpoint, String at) throws IOException {
    final HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.httpPort() + "/v1/scans"))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    JsonFiles.JSON
                        .createObjectNode()
                        .put("code", code)
                        .put("checkpoint", checkpoint)
                        .put("at", at)
                        .toString()))
            .build();
    try {
      return JsonFiles.JSON.readTree(
          client.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The reason of a scan, once it is this one; or what it still is after some seconds. */
  String awaitReason(String reason, String code, String checkpoint, String at) throws IOException {
    return await(reason::equals, code, checkpoint, at);
  }

  /** Waits until the reason of a scan is not this one any more, some seconds at most. */
  void awaitOtherReasonThan(String reason, String code, String checkpoint, String at)
      throws IOException {
    await(found -> !found.equals(reason), code, checkpoint, at);
  }

  private String await(Predicate<String> wanted, String code, String checkpoint, String at)
      throws IOException {
    final long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(FOLLOW_SECONDS);
    String found = scan(code, checkpoint, at).path("reason").asText();
    while (!wanted.test(found) && System.nanoTime() < until) {
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
      found = scan(code, checkpoint, at).path("reason").asText();
    }
    return found;
  }

  @Override
  public void close() {
    node.close();
  }
}
