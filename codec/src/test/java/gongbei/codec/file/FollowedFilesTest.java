package gongbei.codec.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Patience;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FollowedFilesTest {
  private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

  @TempDir private Path directory;
  private Path file;
  private FollowedFiles files;

  @BeforeEach
  void follow() throws IOException {
    file = Files.writeString(directory.resolve("a.pem"), "one");
    files = FollowedFiles.ofDirectory(directory, Set.of(".pem", ".crt"), 10, 100);
    assertEquals(List.of("a.pem=one"), changed());
  }

  /** Name and content of all files where they have changed, and nothing where they have not. */
  private List<String> changed() throws IOException {
    final List<String> found = new ArrayList<>();
    for (final FileContent each : files.changed().orElse(List.of())) {
      found.add(
          each.path().getFileName()
              + (each.fault() == null
                  ? "=" + new String(each.bytes(), StandardCharsets.UTF_8)
                  : ": " + each.fault().getClass().getSimpleName()));
    }
    files.accept();
    return found;
  }

  /** Waits until an unchanged file is known by what its inode says, without being read. */
  private void settle() throws Exception {
    final FileTime changed = (FileTime) Files.getAttribute(file, "unix:ctime");
    Patience.await(
        "the change is old enough", () -> System.currentTimeMillis() - changed.toMillis() > 2_100);
    assertEquals(List.of(), changed());
    assertEquals(List.of(), changed());
  }

  @Test
  void aRewriteOfTheSameSizeWithinTheSameTickIsSeen() throws Exception {
    final FileTime modified = Files.getLastModifiedTime(file);
    for (final String content : List.of("two", "six", "ten")) {
      Files.writeString(file, content);
      Files.setLastModifiedTime(file, modified);
      assertEquals(List.of("a.pem=" + content), changed());
      assertEquals(List.of(), changed());
    }
  }

  @Test
  void anOldFileThatIsRewrittenWithItsTimeSetBackIsSeen() throws Exception {
    Files.setLastModifiedTime(file, LONG_AGO);
    assertEquals(List.of(), changed(), "a touched file is no news");
    settle();
    Files.writeString(file, "two");
    Files.setLastModifiedTime(file, LONG_AGO);
    assertEquals(List.of("a.pem=two"), changed());
  }

  @Test
  void aFileThatIsReplacedByAnOlderOneIsSeen() throws Exception {
    settle();
    final Path older = Files.writeString(directory.resolve("a.new"), "old");
    Files.setLastModifiedTime(older, LONG_AGO);
    Files.move(older, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    assertEquals(List.of("a.pem=old"), changed());
  }

  /** How Kubernetes puts a new volume of a ConfigMap or a Secret in place of the one before. */
  @Test
  void aLinkToADirectoryThatIsSwappedIsSeen() throws Exception {
    Files.delete(file);
    for (final String version : List.of("1", "2")) {
      final Path of = Files.createDirectory(directory.resolve("..2026_" + version));
      Files.writeString(of.resolve("k.pem"), "v" + version);
      Files.setLastModifiedTime(of.resolve("k.pem"), LONG_AGO);
    }
    final Path data = directory.resolve("..data");
    Files.createSymbolicLink(data, Path.of("..2026_1"));
    Files.createSymbolicLink(directory.resolve("k.pem"), Path.of("..data", "k.pem"));
    assertEquals(List.of("k.pem=v1"), changed());
    Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("..2026_2"));
    Files.move(
        directory.resolve("..data_tmp"),
        data,
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    assertEquals(List.of("k.pem=v2"), changed());
    assertEquals(List.of(), files.passedOver());
  }

  @Test
  void filesThatComeAndGoAreSeen() throws Exception {
    Files.writeString(directory.resolve("B.CRT"), "b");
    assertEquals(List.of("B.CRT=b", "a.pem=one"), changed());
    Files.move(file, directory.resolve("c.pem"));
    assertEquals(List.of("B.CRT=b", "c.pem=one"), changed(), "another name is another file");
    Files.delete(directory.resolve("B.CRT"));
    assertEquals(List.of("c.pem=one"), changed());
    Files.delete(directory.resolve("c.pem"));
    assertTrue(files.changed().orElseThrow().isEmpty());
  }

  @Test
  void dotFilesAreNoneAndOtherEndingsAreNamed() throws Exception {
    for (final String name : List.of("._a.pem", ".#a.pem", ".a.pem.swp", ".DS_Store")) {
      Files.writeString(directory.resolve(name), "AppleDouble, Emacs, Vim");
    }
    assertEquals(List.of(), changed());
    assertEquals(List.of(), files.passedOver());
    final List<Path> others = new ArrayList<>();
    for (final String name : List.of("a.pem.bak", "a.pem~", "notes.txt")) {
      others.add(Files.writeString(directory.resolve(name), "left lying"));
    }
    others.add(Files.createDirectory(directory.resolve("old")));
    others.sort(null);
    assertEquals(List.of(), changed());
    assertEquals(others, files.passedOver());
  }

  @Test
  void whatCantBeReadIsAFaultOfThatFileAlone() throws Exception {
    Files.createDirectory(directory.resolve("d.pem"));
    Files.createSymbolicLink(directory.resolve("l.pem"), Path.of("nowhere"));
    Files.writeString(directory.resolve("m.pem"), "x".repeat(101));
    Files.writeString(directory.resolve("n.pem"), "x".repeat(100));
    assertEquals(
        List.of(
            "a.pem=one",
            "d.pem: FileSystemException",
            "l.pem: NoSuchFileException",
            "m.pem: FileSystemException",
            "n.pem=" + "x".repeat(100)),
        changed());
    assertEquals(List.of(), changed(), "a fault that lasts is no change");
    Files.writeString(directory.resolve("nowhere"), "somewhere");
    assertTrue(changed().contains("l.pem=somewhere"));
  }

  /** A pipe that nobody writes to would be waited for. */
  @Test
  void aPipeIsNotOpened() throws Exception {
    final Process made =
        new ProcessBuilder("mkfifo", directory.resolve("p.pem").toString()).start();
    assertEquals(0, made.waitFor());
    assertEquals(List.of("a.pem=one", "p.pem: FileSystemException"), changed());
  }

  @Test
  void whatWasNotAcceptedIsAChangeStill() throws Exception {
    Files.writeString(file, "two");
    assertTrue(files.changed().isPresent());
    assertTrue(files.changed().isPresent());
    files.accept();
    assertTrue(files.changed().isEmpty());
    Files.writeString(file, "six");
    assertTrue(files.changed().isPresent());
    Files.writeString(file, "two");
    assertTrue(files.changed().isEmpty(), "it is again what was accepted");
  }

  @Test
  void aDirectoryThatCantBeListedIsAFaultOfAll() throws Exception {
    for (int i = 0; i < 10; i++) {
      Files.writeString(directory.resolve("x" + i + ".pem"), "x");
    }
    assertThrows(IOException.class, files::changed, "more than there may be");
    final FollowedFiles absent =
        FollowedFiles.ofDirectory(directory.resolve("absent"), Set.of(".pem"), 10, 100);
    assertThrows(IOException.class, absent::changed);
  }

  @Test
  void filesAreFollowedByTheirNamesToo() throws Exception {
    files = FollowedFiles.of(List.of(file, file, directory.resolve("k.pem")), 100);
    assertEquals(List.of("a.pem=one", "a.pem=one", "k.pem: NoSuchFileException"), changed());
    assertEquals(List.of(), changed());
    Files.writeString(directory.resolve("k.pem"), "k");
    assertEquals(List.of("a.pem=one", "a.pem=one", "k.pem=k"), changed());
  }
}
