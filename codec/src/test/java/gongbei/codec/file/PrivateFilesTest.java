package gongbei.codec.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.trust.KeyFile;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TrustException;
import gongbei.testing.Prerequisite;
import gongbei.testing.SecretFile;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Modes of files on a file system that has them. */
final class PrivateFilesTest {
  private static final int ANOTHER_USER = 65_534;

  @TempDir private Path directory;

  private static Path withMode(Path path, String mode) throws IOException {
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private static String modeOf(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static void giveAway(Path path) throws IOException {
    Prerequisite.require(
        "root".equals(System.getProperty("user.name")), "only root can act as another user");
    Files.setAttribute(path, "unix:uid", ANOTHER_USER);
  }

  @Test
  void directoriesAndFilesAreTheirOwnersAlone() throws Exception {
    final Path made = directory.resolve("a/b/c");
    PrivateFiles.directory(made);
    for (final String each : new String[] {"a", "a/b", "a/b/c"}) {
      assertEquals("rwx------", modeOf(directory.resolve(each)));
    }
    final Path file = made.resolve("file");
    PrivateFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
    assertEquals("rw-------", modeOf(file));
  }

  @Test
  void whatIsThereIsClosedToOthers() throws Exception {
    final Path there = withMode(Files.createDirectory(directory.resolve("there")), "rwxr-xr-x");
    final Path file = withMode(Files.writeString(there.resolve("file"), "text"), "rw-r--r--");
    PrivateFiles.directory(there);
    PrivateFiles.open(file, StandardOpenOption.WRITE).close();
    assertEquals("rwx------", modeOf(there));
    assertEquals("rw-------", modeOf(file));
    assertEquals("text", Files.readString(file));
  }

  @Test
  void aDirectoryOfAnotherUserMustBeClosedToAllButItsGroup() throws Exception {
    final Path volume = withMode(Files.createDirectory(directory.resolve("volume")), "rwxrwxr-x");
    giveAway(volume);
    assertEquals(
        "is another user's and open to all (mode 0775): chmod o=",
        assertThrows(FileSystemException.class, () -> PrivateFiles.directory(volume)).getReason());
    withMode(volume, "rwxrwx---");
    PrivateFiles.directory(volume);
    assertEquals("rwxrwx---", modeOf(volume));
    assertEquals(
        "belongs to another user",
        assertThrows(FileSystemException.class, () -> PrivateFiles.ownDirectory(volume))
            .getReason());
  }

  /** A Secret of Kubernetes is root's, and this process's by its group (fsGroup): 0440. */
  @ParameterizedTest
  @CsvSource({
    "rw-------, false, true",
    "r--------, false, true",
    "rw-r-----, false, false",
    "rw----r--, false, false",
    "r--r-----, true, true",
    "rw-r-----, true, true",
    "rw-rw----, true, false",
    "r--r--r--, true, false",
  })
  void aSecretIsReadWhereNobodyElseCan(String mode, boolean isAnothers, boolean isRead)
      throws Exception {
    final Path secret = directory.resolve("subject.secret");
    SubjectSecret.generate().write(secret);
    withMode(secret, mode);
    if (isAnothers) {
      giveAway(secret);
    }
    if (isRead) {
      SubjectSecret.read(secret);
    } else {
      final String message =
          assertThrows(TrustException.class, () -> SubjectSecret.read(secret)).getMessage();
      assertTrue(
          message.startsWith(secret + " can't be used: others can read it (mode 0"), message);
      assertTrue(message.endsWith("chmod " + (isAnothers ? "440" : "600")), message);
    }
  }

  @Test
  void aPrivateKeyThatOthersCanReadIsRefusedAndACertificateIsNot() throws Exception {
    final Path written =
        KeyGeneration.write(
            new KeyGeneration().generate("GD", Instant.EPOCH, Instant.EPOCH.plusSeconds(9)),
            "gd",
            directory);
    final Path key =
        withMode(
            directory.resolve(written.getFileName().toString().replace(".cert.pem", ".key.pem")),
            "rw-r--r--");
    assertEquals(
        key + " can't be used: others can read it (mode 0644), and it is secret: chmod 600",
        assertThrows(TrustException.class, () -> KeyFile.read(key).secretPrivateKeys())
            .getMessage());
    final Path certificate = withMode(written, "rw-r--r--");
    assertEquals(1, KeyFile.read(certificate).certificates().size());
    SecretFile.write(key, Files.readString(key));
    assertEquals(1, KeyFile.read(key).secretPrivateKeys().size());
  }
}
