package gongbei.bench.peer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MinterTest {
  /** An SM2 key of this test's own, PKCS #8 as {@code openssl genpkey -algorithm SM2} writes it. */
  private static final String KEY =
      "MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgwowgSAEAh2dSlnWS\n"
          + "MSIMMrfmE7rmsUsA/6Iju2bsORShRANCAASxJhXwJZ8xQqrjNE58902dO3yCLF23\n"
          + "PDu1xhbj8xkmNwXp2ZMHa06lXUAixZlQiQiXkz0JTWS/hSLaI3Uo84O8\n";

  @TempDir private Path directory;

  @Test
  void whatIsMintedIsReadAgain() throws IOException {
    Files.writeString(
        directory.resolve("gd-8ffb72ffe33ab9a1.key.pem"),
        "-----BEGIN PRIVATE KEY-----\n" + KEY + "-----END PRIVATE KEY-----\n");
    final byte[] subject = new byte[16];
    subject[3] = 7;
    final ByteBuffer status =
        ByteBuffer.allocate(8).put(new byte[] {1, 1, 3}).putInt(4, 29_000_000);
    final Code code =
        Code.decode(new Minter(directory).mint(subject, status, 1_795_549_183L, 1_795_549_243L));
    assertEquals("8ffb72ffe33ab9a1", Long.toHexString(code.kid()));
    assertArrayEquals(subject, code.subject());
    assertEquals(1_795_549_183L, code.issuedAt());
    assertEquals(1_795_549_243L, code.expiresAt());
  }

  @Test
  void withoutAnSm2KeyNothingIsMinted() {
    assertThrows(IOException.class, () -> new Minter(directory));
  }
}
