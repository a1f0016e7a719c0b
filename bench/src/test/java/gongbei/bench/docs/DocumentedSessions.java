package gongbei.bench.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.BriefJvm;
import gongbei.testing.FreePorts;
import gongbei.testing.Patience;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A shell that is given the commands of the first pages one after the other, as a reader types
 * them. What the pages have of their own day (ports that may be taken, codes and keys, times) is
 * replaced; what is printed is held against what it shows, but for such. For one thread.
 */
final class DocumentedSessions implements AutoCloseable {
  /** Those of the pages. */
  private static final List<String> PORTS = List.of("8080", "9700", "18443", "19700");

  /** What a JVM says of the options that it is given. */
  private static final String OPTIONS_NOTE =
      "Picked up JAVA_TOOL_OPTIONS: " + String.join(" ", BriefJvm.OPTIONS);

  private static final String END = "=== end of a command";
  private static final Pattern CODE = Pattern.compile("(GD1|MO1):[0-9A-Z $%*+./:-]{60,}");
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");

  private final Path directory;
  private final Instant now;
  private final Map<String, String> ports = new LinkedHashMap<>();
  private final Process shell;
  private final Writer input;
  private final BufferedReader output;
  private String code = "";
  private String keyId = "";

  DocumentedSessions(Path jar, Path directory, Instant now) throws IOException {
    this.directory = directory;
    this.now = now;
    int free = FreePorts.inARow(PORTS.size());
    for (final String port : PORTS) {
      ports.put(port, Integer.toString(free++));
    }
    final Path target = Files.createDirectories(directory.resolve("verifier/target"));
    Files.copy(jar, target.resolve("gongbei.jar"));
    final ProcessBuilder bash =
        new ProcessBuilder("bash").directory(directory.toFile()).redirectErrorStream(true);
    bash.environment().putAll(BriefJvm.ENVIRONMENT);
    shell = bash.start();
    input = new OutputStreamWriter(shell.getOutputStream(), StandardCharsets.UTF_8);
    output =
        new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8));
    type("shopt -s expand_aliases; export LANG=C.UTF-8");
  }

  /** Whether a command can be typed here: not what needs a second region or an installed node. */
  static boolean takes(DocumentedCommand command) {
    return command.text().matches("(gongbei|curl|cat|alias|KEY=|ISSUER=).*");
  }

  private void type(String line) throws IOException {
    input.write(line + "\n");
    input.flush();
  }

  private String own(String text) {
    String own = text;
    for (final Map.Entry<String, String> port : ports.entrySet()) {
      own = own.replaceAll("\\b" + port.getKey() + "\\b", port.getValue());
    }
    own = TIME.matcher(own).replaceAll(now.truncatedTo(ChronoUnit.SECONDS).toString());
    return own;
  }

  /** Runs one, and holds what it prints against what is shown. */
  void run(DocumentedCommand command) throws IOException, InterruptedException {
    String text = own(command.text());
    if (text.startsWith("cat ")) {
      write(text.substring(4), command.shown());
      return;
    }
    if (text.startsWith("gongbei serve")) {
      serve(text, command);
      return;
    }
    prepare(text);
    if (!code.isEmpty()) {
      text = CODE.matcher(text).replaceAll(java.util.regex.Matcher.quoteReplacement(code));
    }
    if (text.contains("apikey revoke") && !keyId.isEmpty()) {
      text = text.replaceAll("[0-9a-f]{8}$", keyId);
    }
    if (text.equals("gongbei status")) {
      text += " --url http://127.0.0.1:" + ports.get("8080");
    }
    if (text.startsWith("gongbei device-test")) {
      text = text.replace("127.0.0.1", "127.0.0.1:" + ports.get("9700"));
    }
    final List<String> printed = answer(text);
    for (final String line : printed) {
      if (CODE.matcher(line).lookingAt()) {
        code = line;
        answer("CODE='" + line + "'");
      } else if (line.startsWith("{\"code\":\"")) {
        code = line.substring(9, line.indexOf('"', 9));
      }
    }
    if (text.startsWith("KEY=")) {
      keyId = answer("gongbei apikey list --file api.keys").get(0).replaceAll("\\s.*", "");
    }
    compare(command, printed);
  }

  /** What a reader has at hand by then. */
  private void prepare(String text) throws IOException {
    if (text.contains("members.txt")) {
      Files.writeString(directory.resolve("members.txt"), "c582288be47042a846b83259ba2c3328\n");
    }
    if (text.contains("codes.jsonl")) {
      Files.writeString(directory.resolve("codes.jsonl"), "{\"code\":\"" + code + "\"}\n");
    }
  }

  private List<String> answer(String text) throws IOException {
    type(text.endsWith("&") ? text : "{ " + text + "\n} < /dev/null");
    type("echo; echo '" + END + "'");
    final List<String> printed = new ArrayList<>();
    String line;
    while ((line = output.readLine()) != null && !line.equals(END)) {
      if (!line.isBlank() && !line.equals(OPTIONS_NOTE)) {
        printed.add(line);
      }
    }
    return printed;
  }

  private void write(String file, List<String> shown) throws IOException {
    final List<String> lines = new ArrayList<>();
    shown.forEach(line -> lines.add(own(line)));
    if (String.join("\n", lines).contains("dataDirectory")) {
      lines.add("http: {host: 127.0.0.1, port: " + ports.get("8080") + "}");
      lines.add("tcp: {host: 127.0.0.1, port: " + ports.get("9700") + "}");
    }
    Files.write(directory.resolve(file), lines);
  }

  private void serve(String text, DocumentedCommand command)
      throws IOException, InterruptedException {
    answer("kill %% 2> /dev/null; wait");
    final Path served = directory.resolve("served");
    // What the server before said is gone first: the shell empties the file in its own time.
    Files.deleteIfExists(served);
    answer(text.replace("&", "> served 2>&1 &"));
    Patience.await(
        () -> command + " does not serve: " + said(served),
        () -> Files.exists(served) && Files.readString(served).contains("is serving"));
    compare(
        command,
        Files.readAllLines(served).stream().filter(line -> line.startsWith("gongbei ")).toList());
  }

  private static String said(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "nothing";
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** What differs from run to run is the same for a comparison. */
  private String plain(String line) {
    return CODE.matcher(TIME.matcher(own(line)).replaceAll("TIME"))
        .replaceAll("CODE")
        .replaceAll("[0-9a-f]{8,}", "HEX")
        .replaceAll("[0-9]+", "N")
        .strip();
  }

  private void compare(DocumentedCommand command, List<String> all) {
    // A busy machine may need a moment until a member leads, which commands say.
    final List<String> printed =
        all.stream().filter(line -> !line.startsWith("gongbei: waiting for ")).toList();
    if (command.text().contains("jsonl")) {
      assertTrue(
          printed.size() == 1 && printed.get(0).startsWith("{\"verdict\":"), printed::toString);
      return;
    }
    for (int i = 0; i < command.shown().size(); i++) {
      final String shown = command.shown().get(i);
      if (shown.equals("...") || shown.endsWith("…")) {
        return;
      }
      assertTrue(i < printed.size(), () -> command + " printed only " + printed);
      assertEquals(plain(shown), plain(printed.get(i)), () -> command + " printed " + printed);
    }
  }

  boolean waitForEnd(long time, TimeUnit unit) throws IOException, InterruptedException {
    type("kill %% 2> /dev/null; wait; exit");
    return shell.waitFor(time, unit);
  }

  @Override
  public void close() {
    shell.descendants().forEach(ProcessHandle::destroyForcibly);
    shell.destroyForcibly();
  }
}
