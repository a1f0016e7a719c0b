package gongbei.verifier.operate;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import gongbei.codec.model.Colour;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.verifier.cli.Gongbei;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.agrona.CloseHelper;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * Nodes in this process that something befalls, and all that they and the command line print
 * meanwhile: log lines as they are shipped but for their time, what commands write, and what
 * requests are answered.
 */
final class FaultScene implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  final Path directory;
  private final List<String> printed = Collections.synchronizedList(new ArrayList<>());
  private final List<AutoCloseable> open = Collections.synchronizedList(new ArrayList<>());
  private final Appender appender = new Appender();

  /** Takes what is logged. */
  private final class Appender extends AppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
      final String logger = event.getLoggerName();
      printed.add(
          event.getLevel()
              + " "
              + logger.substring(logger.lastIndexOf('.') + 1)
              + ": "
              + event.getFormattedMessage());
    }
  }

  FaultScene(Path directory) {
    this.directory = directory;
    appender.start();
    root().addAppender(appender);
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger("gongbei");
  }

  /** Everything that was printed, a line each. */
  List<String> printed() {
    synchronized (printed) {
      return printed.stream().flatMap(String::lines).toList();
    }
  }

  /** Takes what something else has printed. */
  void print(String text) {
    printed.add(text);
  }

  boolean hasPrinted(String part) {
    return printed().stream().anyMatch(line -> line.contains(part));
  }

  /** Something to be closed with the scene, before what was opened before it. */
  <T extends AutoCloseable> T closing(T resource) {
    open.add(resource);
    return resource;
  }

  /** Writes a configuration: a node on free ports, and more lines. */
  Path config(String name, String... more) throws IOException {
    final List<String> lines = new ArrayList<>();
    final String text = String.join("\n", more);
    if (!text.contains("http:")) {
      lines.add("http: {host: 127.0.0.1, port: 0}");
    }
    if (!text.contains("tcp:")) {
      lines.add("tcp: {host: 127.0.0.1, port: 0}");
    }
    if (!text.contains("maxSubjects:")) {
      lines.add("maxSubjects: 10000");
    }
    lines.addAll(List.of(more));
    return Files.write(directory.resolve(name), lines);
  }

  Node start(Path config) throws Exception {
    return closing(Node.start(NodeConfig.read(config)));
  }

  /** The node that was started first. */
  Node first() {
    return (Node) open.stream().filter(each -> each instanceof Node).findFirst().orElseThrow();
  }

  /** Stops a node before the scene ends. */
  void stop(Node node) {
    assertTrue(open.remove(node), "the node runs");
    node.close();
  }

  /** Runs a command, whose words are printed. */
  int run(String... arguments) {
    final StringWriter text = new StringWriter();
    final CommandLine line = Gongbei.commandLine();
    line.setOut(new PrintWriter(text, true));
    line.setErr(new PrintWriter(text, true));
    final int exitCode = line.execute(arguments);
    printed.add(text.toString());
    return exitCode;
  }

  /** Asks a node over HTTP; the answer's body is printed. */
  int post(Node node, String path, String body) throws Exception {
    final HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(url(node) + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    printed.add(answer.body());
    return answer.statusCode();
  }

  static String url(Node node) {
    return "http://127.0.0.1:" + node.httpPort();
  }

  /** Makes an authority's key and certificate in a directory of that name. */
  SigningKey authority(String name) throws Exception {
    final Instant from = Instant.now().minus(Duration.ofDays(1));
    final SigningKey key =
        new KeyGeneration().generateAuthority("Faults", from, from.plus(Duration.ofDays(10)));
    KeyGeneration.write(key, "authority", directory.resolve(name));
    return key;
  }

  /**
   * Makes a region's key and certificate in a directory of that name.
   *
   * @param daysLeft until it is no longer valid; negative where that was before
   */
  SigningKey issuer(String name, int daysLeft) throws Exception {
    final Instant until = Instant.now().plus(Duration.ofDays(daysLeft));
    final SigningKey key =
        new KeyGeneration().generate("GD", until.minus(Duration.ofDays(20)), until);
    KeyGeneration.write(key, "gd", directory.resolve(name));
    return key;
  }

  static StatusCommand green(int number) {
    return StatusCommand.SetStatus.of(new Subject(number, number)).colour(Colour.GREEN).build();
  }

  /** A file of so many residents, as {@code load} takes it. */
  Path residents(int count) throws IOException {
    final List<String> lines = new ArrayList<>();
    lines.add("subject,colour,result,sampleTime,doses,lastDoseDate,flags");
    for (int i = 0; i < count; i++) {
      lines.add(String.format(Locale.ROOT, "%032x,green,none,,1,,", i));
    }
    return Files.write(directory.resolve("residents.csv"), lines);
  }

  @Override
  public void close() {
    final List<AutoCloseable> lastFirst = new ArrayList<>(open);
    Collections.reverse(lastFirst);
    try {
      CloseHelper.closeAll(lastFirst);
    } finally {
      root().detachAppender(appender);
      appender.stop();
    }
  }
}
