package gongbei.verifier.operate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.testing.Patience;
import gongbei.verifier.ServeCommand;
import gongbei.verifier.node.Node;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A member that runs on while the other two are put back to an earlier log and lead without it: it
 * has applied what their log does not have. It is a process of its own, for it stands still while
 * they elect.
 */
final class MemberAhead implements AutoCloseable {
  private static final Pattern SERVING = Pattern.compile("is serving: (http://[^,]+),");
  private static final Pattern VERSION = Pattern.compile("(?m)^gongbei_map_version (\\S+)$");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final FaultScene scene;
  private final Path output;
  private final Process process;

  MemberAhead(FaultScene scene, Path config) throws IOException {
    this.scene = scene;
    output = scene.directory.resolve("ahead.txt");
    process =
        new ProcessBuilder(ServeCommand.of(config))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
  }

  /** Has it stand still, or go on. */
  void signal(String name) throws IOException, InterruptedException {
    assertEquals(
        0, new ProcessBuilder("kill", name, Long.toString(process.pid())).start().waitFor());
  }

  /** Waits until it is where another member is. */
  void awaitVersionOf(Node node) throws Exception {
    Patience.await("it serves", () -> SERVING.matcher(said()).find());
    Patience.await(
        "it is where the others are",
        () -> version() == node.resources().statusMap().version() && version() > 0);
  }

  private long version() {
    final Matcher serving = SERVING.matcher(said());
    if (!serving.find()) {
      return -1;
    }
    try {
      final HttpResponse<String> metrics =
          HTTP.send(
              HttpRequest.newBuilder(URI.create(serving.group(1) + "/metrics")).build(),
              HttpResponse.BodyHandlers.ofString());
      final Matcher version = VERSION.matcher(metrics.body());
      return version.find() ? (long) Double.parseDouble(version.group(1)) : -1;
    } catch (IOException e) {
      return -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  private String said() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      return "";
    }
  }

  /** Waits until it has said something. */
  void awaitSaid(String part) throws InterruptedException {
    Patience.await(() -> "it says: " + part + ", not only\n" + said(), () -> said().contains(part));
  }

  /** Ends it; what it said is the scene's. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    final List<String> lines =
        said().lines().map(line -> line.replaceFirst("^\\S+Z (\\S+) +", "$1 ")).toList();
    scene.print(String.join("\n", lines));
  }
}
