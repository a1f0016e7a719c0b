package gongbei.verifier.cli;

import gongbei.testing.BriefJvm;
import gongbei.testing.Patience;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command line as a process of its own: {@code java OPTIONS -jar} with the manifest of the
 * executable jar, over the classes that are being tested.
 */
public final class GongbeiProcess implements AutoCloseable {

  private final Path directory;
  private final List<String> starter = new ArrayList<>();
  private final List<String> options = new ArrayList<>();
  private final ProcessBuilder builder = new ProcessBuilder();
  private File output;
  private Process process;

  /**
   * Prepares a process.
   *
   * @param directory a directory of the test's own, for what the process writes
   */
  public GongbeiProcess(Path directory) {
    this.directory = directory;
    output = directory.resolve("out").toFile();
    builder.environment().keySet().removeIf(name -> name.startsWith("GONGBEI_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().remove("JDK_JAVA_OPTIONS");
  }

  public GongbeiProcess options(String... more) {
    options.addAll(List.of(more));
    return this;
  }

  GongbeiProcess environment(Map<String, String> more) {
    builder.environment().putAll(more);
    return this;
  }

  GongbeiProcess outputTo(String file) {
    output = new File(file);
    return this;
  }

  /** Has another program start it, which is given the command. */
  GongbeiProcess through(String... program) {
    starter.addAll(List.of(program));
    return this;
  }

  /** Starts a command whose output is a file, or {@code piped}. */
  public GongbeiProcess start(boolean piped, String... arguments) throws IOException {
    final List<String> command = new ArrayList<>(starter);
    command.addAll(BriefJvm.command());
    command.add("-Xmx512m");
    command.addAll(options);
    command.addAll(List.of("-jar", jar().toString()));
    command.addAll(List.of(arguments));
    if (!piped) {
      builder.redirectOutput(output);
    }
    process = builder.command(command).redirectError(directory.resolve("err").toFile()).start();
    return this;
  }

  /** Runs a command to its end, and returns its exit code. */
  public int run(String... arguments) throws Exception {
    start(false, arguments);
    process.getOutputStream().close();
    return exitCode();
  }

  public int exitCode() throws InterruptedException {
    if (!process.waitFor(Patience.SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running; it said " + out() + err());
    }
    return process.exitValue();
  }

  public Process process() {
    return process;
  }

  OutputStream input() {
    return process.getOutputStream();
  }

  public String out() {
    return text(output.toPath());
  }

  public String err() {
    return text(directory.resolve("err"));
  }

  /** The whole of the line on standard output that a node says where it is by. */
  public String awaitServing() throws InterruptedException {
    Patience.await(
        () -> "it serves: " + out() + err(),
        () -> {
          final boolean isAlive = process.isAlive();
          if (!out().endsWith("\n") && !isAlive) {
            throw new AssertionError("does not serve: " + out() + err());
          }
          return out().endsWith("\n");
        });
    return out();
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A jar that names the classes under test, and whose manifest is the executable jar's. */
  private Path jar() throws IOException {
    final Path jar = directory.resolve("gongbei.jar");
    final Manifest manifest = new Manifest();
    final Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.put(Attributes.Name.MAIN_CLASS, Gongbei.class.getName());
    final StringBuilder classes = new StringBuilder();
    for (final String entry :
        System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator), -1)) {
      classes.append(Path.of(entry).toAbsolutePath().toUri()).append(' ');
    }
    main.put(Attributes.Name.CLASS_PATH, classes.toString());
    final String root = Files.readString(Path.of("..", "pom.xml"));
    main.putValue("Add-Exports", element(root, "manifest.add-exports"));
    main.putValue("Add-Opens", element(root, "manifest.add-opens"));
    main.putValue(
        "Enable-Native-Access",
        element(Files.readString(Path.of("pom.xml")), "Enable-Native-Access"));
    try (JarOutputStream written = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      written.finish();
    }
    return jar;
  }

  private static String element(String xml, String name) {
    final Matcher found = Pattern.compile("<" + name + ">([^<]*)</" + name + ">").matcher(xml);
    if (!found.find()) {
      throw new AssertionError(name);
    }
    return found.group(1);
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }
}
