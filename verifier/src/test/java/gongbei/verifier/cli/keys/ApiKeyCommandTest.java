package gongbei.verifier.cli.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.verifier.access.ApiKey;
import gongbei.verifier.access.ApiKeys;
import gongbei.verifier.access.Role;
import gongbei.verifier.cli.Gongbei;
import gongbei.verifier.config.ConfigException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ApiKeyCommandTest {
  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Gongbei.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  private String file() {
    return directory.resolve("keys").toString();
  }

  @Test
  void aKeyIsShownOnceAndKeptAsItsHash() throws Exception {
    assertEquals(
        0,
        run(
            "apikey",
            "create",
            "--file",
            file(),
            "--name",
            "Gate 7",
            "--role",
            "checkpoint,issuer"));
    final String key = out.toString().strip();
    assertTrue(key.matches("gbk-[0-9a-f]{8}-[A-Za-z0-9_-]{43}"), key);
    final String kept = Files.readString(directory.resolve("keys"));
    assertFalse(kept.contains(key.substring(13)), kept);
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("keys"))));
    final ApiKeys keys = ApiKeys.ofFile(directory.resolve("keys"));
    assertEquals(Set.of(Role.CHECKPOINT, Role.ISSUER), keys.find(key).roles());
    assertEquals("Gate 7", keys.find(key).name());
    assertNull(keys.find(key.substring(0, key.length() - 1) + (key.endsWith("A") ? "B" : "A")));
    assertNull(keys.find("gbk-00000000" + key.substring(12)));
    assertNull(keys.find(key + "A"));
    assertNull(keys.find(""));
    assertEquals(0, run("apikey", "list", "--file", file()));
    assertTrue(out.toString().contains("checkpoint,issuer"), out.toString());
    assertTrue(out.toString().contains("Gate 7"), out.toString());
    assertFalse(out.toString().contains(key), out.toString());
    assertEquals(0, run("apikey", "revoke", "--file", file(), key.substring(4, 12)));
    assertTrue(keys.reloadIfChanged());
    assertNull(keys.find(key));
    assertEquals(1, run("apikey", "revoke", "--file", file(), key.substring(4, 12)));
    assertTrue(err.toString().contains("has no key of the id"), err.toString());
  }

  @Test
  void aKeyMayEnd() throws Exception {
    final Instant end = Instant.parse("2030-01-01T00:00:00Z");
    final ApiKey.Made made = ApiKey.make("x", Set.of(Role.OPERATOR), end);
    ApiKeys.add(directory.resolve("keys"), made.key());
    final ApiKey read = ApiKeys.ofFile(directory.resolve("keys")).find(made.text());
    assertNotNull(read);
    assertFalse(read.hasExpired(end.minus(Duration.ofSeconds(1))));
    assertTrue(read.hasExpired(end));
  }

  @Test
  void whatCantBeMeantIsRefused() {
    assertEquals(2, run("apikey"));
    assertEquals(2, run("apikey", "create", "--file", file(), "--name", "x", "--role", "king"));
    assertTrue(err.toString().contains("'king' is no role"), err.toString());
    assertEquals(2, run("apikey", "create", "--file", file(), "--name", " ", "--role", "issuer"));
    assertEquals(3, run("apikey", "list", "--file", file()));
    assertTrue(err.toString().contains("does not exist"), err.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000000 checkpoint - abc name",
        "00000000 king - 0000000000000000000000000000000000000000000000000000000000000000 n",
        "00000000 checkpoint 2030-13-01T00:00:00Z"
            + " 0000000000000000000000000000000000000000000000000000000000000000 n",
        "nothing"
      })
  void aFileWithALineThatIsNoKeyIsRefusedByTheLine(String line) throws Exception {
    final Path file = Files.writeString(directory.resolve("keys"), "# keys\n" + line + "\n");
    final String refusal =
        assertThrows(ConfigException.class, () -> ApiKeys.ofFile(file)).getMessage();
    assertTrue(refusal.contains("keys line 2 "), refusal);
  }
}
