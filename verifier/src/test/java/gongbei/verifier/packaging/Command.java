package gongbei.verifier.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Patience;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that a test runs, with what it wrote. */
final class Command implements AutoCloseable {

  private final Process process;
  private final Path told;

  private Command(Process process, Path told) {
    this.process = process;
    this.told = told;
  }

  /** Starts a process that writes both its outputs to a file. */
  static Command start(Path told, List<String> command) throws IOException {
    return new Command(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(told.toFile()).start(),
        told);
  }

  /** Runs a process to its end, which must be good. */
  static String run(Path directory, List<String> command) throws Exception {
    final Path told = Files.createTempFile(directory, "command", ".txt");
    try (Command started = start(told, command)) {
      final int exitCode = started.exitCode();
      assertEquals(0, exitCode, () -> String.join(" ", command) + ": " + started.told());
      final String said = started.told();
      Files.delete(told);
      return said;
    }
  }

  String told() {
    try {
      return Files.readString(told, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits until it has written something, or has ended. */
  void awaitTold(String text) throws InterruptedException {
    Patience.await(text, () -> told().contains(text) || !process.isAlive());
    assertTrue(told().contains(text), this::told);
  }

  /** Asks it to end, as a service manager does. */
  void terminate() {
    process.destroy();
  }

  int exitCode() throws InterruptedException {
    assertTrue(
        process.waitFor(Patience.SECONDS, TimeUnit.SECONDS), () -> "it does not end: " + told());
    return process.exitValue();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
