package gongbei.verifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a command does whose output nobody can take. */
final class OutputTest {
  private static final String FULL = "/dev/full";

  @TempDir private Path directory;

  @BeforeAll
  static void needsADeviceThatIsFull() {
    assertTrue(new File(FULL).exists(), FULL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--version",
        "--help",
        "help verify",
        "verify GD1:X",
        "verify --json GD1:X",
        "decode GD1:X",
        "keygen --region GD --out DIR/keys",
        "keygen --subject-secret --out DIR/secret",
        "apikey create --file DIR/keys.txt --name a --role operator",
        "device enrol gate-1 --file DIR/devices",
        "demo --residents 1000 --http-port 0 --tcp-port 0 --seconds 1",
        "serve --config DIR/node.yaml",
      })
  void onAFullDeviceItEndsWithThreeAndOneLine(String command) throws Exception {
    Files.writeString(directory.resolve("node.yaml"), "http: {port: 0}\ntcp: {port: 0}\n");
    try (GongbeiProcess process = new GongbeiProcess(directory).outputTo(FULL)) {
      final int exitCode = process.run(command.replace("DIR", directory.toString()).split(" "));
      assertEquals(3, exitCode, process.err());
      final var said = process.err().lines().filter(line -> !line.startsWith("WARNING: ")).toList();
      assertEquals(1, said.size(), process.err());
      assertTrue(
          said.get(0).startsWith("gongbei: standard output can't be written: "), said.get(0));
    }
  }

  @Test
  void itEndsSoonAndSilentlyWhenItsReaderHasSeenEnough() throws Exception {
    try (GongbeiProcess process = new GongbeiProcess(directory)) {
      process.start(true, "verify", "--jsonl", "-");
      final byte[] line = "{\"code\":\"GD1:X\"}\n".getBytes(StandardCharsets.US_ASCII);
      process.input().write(line);
      process.input().flush();
      try (BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(process.process().getInputStream(), StandardCharsets.UTF_8))) {
        assertTrue(reader.readLine().startsWith("{\"verdict\":\"refuse\""));
      }
      // Its input never ends: only the closed pipe can end it.
      while (process.process().isAlive()) {
        try {
          process.input().write(line);
          process.input().flush();
        } catch (IOException e) {
          break;
        }
      }
      assertEquals(3, process.exitCode());
      assertEquals("", process.err());
    }
  }
}
