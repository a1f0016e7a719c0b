package gongbei.bench.setup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.replication.log.LogRole;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A node that runs in a process of its own. For one thread, but for {@link #status}. */
public final class NodeProcess {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofMillis(500))
          .build();
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final String name;
  private final URI url;
  private final Path directory;
  private final List<String> command;
  private final Map<String, String> environment = new HashMap<>();
  private Process process;

  /**
   * Describes a node with a heap of 384 MiB.
   *
   * @param prefix what the command line opens with, as in {@code ip netns exec}
   * @param directory where its configuration {@code node.yaml}, data and output are
   */
  public NodeProcess(String name, List<String> prefix, Path jar, Path directory, URI url) {
    this(name, prefix, List.of("-Xmx384m"), jar, directory, url);
  }

  /** The same, with options of its JVM. */
  public NodeProcess(
      String name,
      List<String> prefix,
      List<String> jvmOptions,
      Path jar,
      Path directory,
      URI url) {
    this(name, launchOf(prefix, jvmOptions, jar), directory, url);
  }

  /**
   * Describes a node that a given command starts.
   *
   * @param launch the command that starts it, up to {@code --config}
   */
  public NodeProcess(String name, List<String> launch, Path directory, URI url) {
    this.name = name;
    this.url = url;
    this.directory = directory;
    command = new ArrayList<>(launch);
    command.addAll(List.of("--config", directory.resolve("node.yaml").toString()));
  }

  /**
   * The command that starts a node of a jar, with its {@link ClassArchive} where it has one, up to
   * {@code --config}.
   */
  public static List<String> launchOf(List<String> jvmOptions, Path jar) {
    return launchOf(List.of(), jvmOptions, jar);
  }

  private static List<String> launchOf(List<String> prefix, List<String> jvmOptions, Path jar) {
    final List<String> launch = new ArrayList<>(prefix);
    launch.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    launch.addAll(ClassArchive.options(jar));
    launch.addAll(jvmOptions);
    launch.addAll(List.of("-jar", jar.toString(), "serve"));
    return launch;
  }

  /** Names it in messages. */
  public String name() {
    return name;
  }

  /** The base of its HTTP interface. */
  public URI url() {
    return url;
  }

  /** The directory of its configuration and output. */
  public Path directory() {
    return directory;
  }

  /** The directory of its data. */
  public Path data() {
    return directory.resolve("data");
  }

  /** Starts it; what it says goes to the file {@code output} in its directory. */
  public void start() throws IOException {
    final ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("output").toFile()));
    builder.environment().putAll(environment);
    process = builder.start();
  }

  /** Sets variables of the environment that it is started in from now on. */
  public void environment(Map<String, String> variables) {
    environment.putAll(variables);
  }

  /** As by kill -9. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /**
   * As by kill, which lets it close its map; after 30 s as by kill -9.
   *
   * @return whether it ended by itself
   */
  public boolean stop() throws InterruptedException {
    process.destroy();
    if (process.waitFor(30, TimeUnit.SECONDS)) {
      return true;
    }
    kill();
    return false;
  }

  /** The letter of its state in {@code /proc}: T where it is stopped. */
  public char state() throws IOException {
    final String line = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
    return line.charAt(line.lastIndexOf(')') + 2);
  }

  /** What it ended with; 137 after kill -9. */
  public int exitValue() {
    return process.exitValue();
  }

  /** As by kill -STOP: it neither runs nor ends. */
  public void pause() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /** As by kill -CONT. */
  public void resume() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    if (new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor() != 0) {
      throw new IOException(name + " takes no signal");
    }
  }

  /** Its processor time so far. */
  public Duration cpu() {
    return ChildProcess.cpu(process);
  }

  /** The memory that it holds. */
  public long residentBytes() {
    return ChildProcess.residentBytes(process.pid());
  }

  /** The number that the operating system knows it by. */
  public long pid() {
    return process.pid();
  }

  /** Whether it has been started and has not ended. */
  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** What the node says of itself, or null where it does not answer. For any thread. */
  public JsonNode status() throws InterruptedException {
    try {
      final HttpResponse<String> answer =
          HTTP.send(
              HttpRequest.newBuilder(url.resolve("/health/ready")).timeout(TIMEOUT).build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200 ? JSON.readTree(answer.body()) : null;
    } catch (IOException e) {
      return null;
    }
  }

  /** The answer to a scan, or null where there is none. For any thread. */
  public JsonNode scan(String code) throws InterruptedException {
    try {
      final HttpResponse<String> answer =
          HTTP.send(
              HttpRequest.newBuilder(url.resolve("/v1/scans"))
                  .timeout(TIMEOUT)
                  .header("Content-Type", "application/json")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "{\"checkpoint\":\"metro\",\"code\":\"" + code + "\"}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200 ? JSON.readTree(answer.body()) : null;
    } catch (IOException e) {
      return null;
    }
  }

  /** Whether a code passes at it now. For any thread. */
  public boolean passes(String code) throws InterruptedException {
    final JsonNode answer = scan(code);
    return answer != null && answer.path("verdict").asText().equals("pass");
  }

  /** Its role in the log, as it says itself; empty where it does not answer. For any thread. */
  public Optional<LogRole> logRole() throws InterruptedException {
    return logRole(status());
  }

  /**
   * The role in the log that an answer of a node says.
   *
   * @param status the answer, or null where there was none
   */
  public static Optional<LogRole> logRole(JsonNode status) {
    return status == null ? Optional.empty() : LogRole.ofWireName(status.at("/log/role").asText());
  }

  /** Whether it says that it has a role in the log. For any thread. */
  public boolean is(LogRole role) throws InterruptedException {
    return logRole().equals(Optional.of(role));
  }
}
