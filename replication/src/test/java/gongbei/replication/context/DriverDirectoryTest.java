package gongbei.replication.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import gongbei.codec.model.Colour;
import gongbei.replication.cluster.ClusterNode;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.testing.LiveFiles;
import gongbei.testing.Patience;
import gongbei.testing.Prerequisite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

final class DriverDirectoryTest {
  private static final long MEBIBYTE = 1 << 20;
  private static final int ANOTHER_USER = 65_534;

  @TempDir private Path directory;
  private Path data;
  private Path sharedMemory;
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(DriverDirectory.class);

  @BeforeEach
  void makeDirectories() throws IOException {
    data = Files.createDirectories(directory.resolve("data"));
    sharedMemory = Files.createDirectories(directory.resolve("shm"));
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(log);
  }

  private ClusterContext context() {
    return new ClusterContext().directory(data);
  }

  private List<String> told() {
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void sharedMemoryWithRoomIsTakenInSilenceAndWhatWasLeftInItIsRemoved() throws Exception {
    final Path first = DriverDirectory.prepare(context(), MEBIBYTE, sharedMemory);
    assertEquals(sharedMemory, first.getParent().getParent());
    assertEquals("rwx------", modeOf(first.getParent()));
    Files.writeString(Files.createDirectories(first).resolve("cnc.dat"), "of one that was killed");
    Files.createDirectories(data.resolve("driver"));
    assertEquals(first, DriverDirectory.prepare(context(), MEBIBYTE, sharedMemory));
    assertFalse(Files.exists(first), "removed");
    assertFalse(Files.exists(data.resolve("driver")), "removed");
    assertEquals(List.of(), told());
  }

  @Test
  void whereSharedMemoryCanNotBeUsedTheDataDirectoryIsAndOneLineSaysSo() throws Exception {
    final Path file = Files.writeString(directory.resolve("file"), "no directory");
    assertEquals(
        data.resolve("driver/aeron"), DriverDirectory.prepare(context(), 5 * MEBIBYTE + 1, file));
    assertEquals(
        List.of(
            file
                + " can't be written: they are in "
                + data.resolve("driver")
                + ", which is slower (a container: --shm-size 6m)"),
        told());
  }

  @Test
  void withoutRoomAnywhereOneLineSaysWhereHowMuchAndWhatToDo() {
    final IOException refused =
        assertThrows(
            IOException.class, () -> DriverDirectory.prepare(context(), 1L << 60, sharedMemory));
    assertTrue(
        refused
            .getMessage()
            .matches(
                "\\Q"
                    + sharedMemory
                    + "\\E has room for [0-9]+ of the 1099511627776 MiB of the media driver's"
                    + " buffers, and \\Q"
                    + data
                    + "\\E has room for [0-9]+ of the 1099511627776 MiB of the media driver's"
                    + " buffers: make room \\(a container: --shm-size 1099511627776m\\), or set"
                    + " replication.driverDirectory"),
        refused.getMessage());
  }

  @Test
  void aConfiguredDirectoryWithoutRoomIsRefused() {
    final IOException refused =
        assertThrows(
            IOException.class,
            () ->
                DriverDirectory.prepare(
                    context().aeronDirectory(directory.resolve("own")), 1L << 60, sharedMemory));
    assertTrue(
        refused
            .getMessage()
            .startsWith("replication.driverDirectory: " + directory + " has room for "),
        refused.getMessage());
  }

  @Test
  void aConfiguredDirectoryWithSomebodysFilesIsNotEmptied() throws Exception {
    final Path own = Files.createDirectories(directory.resolve("own"));
    Files.createDirectories(own.resolve("publications"));
    final Path letter = Files.writeString(own.resolve("letter"), "dear");
    final ClusterContext context = context().aeronDirectory(own);
    assertEquals(
        "replication.driverDirectory: " + own + " must be empty, and has letter",
        assertThrows(
                IOException.class, () -> DriverDirectory.prepare(context, MEBIBYTE, sharedMemory))
            .getMessage());
    assertEquals("dear", Files.readString(letter));
    Files.delete(letter);
    assertEquals(own.resolve("aeron"), DriverDirectory.prepare(context, MEBIBYTE, sharedMemory));
    try (Stream<Path> left = Files.list(own)) {
      assertEquals(0, left.count(), "what a driver left is removed");
    }
    assertEquals("rwx------", modeOf(own));
  }

  private static String modeOf(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  /** A directory that another user has made, open to all, where the driver's would be. */
  private Path takenBeforehand(Path place) throws IOException {
    Prerequisite.require(
        "root".equals(System.getProperty("user.name")), "only root can act as another user");
    Files.createDirectories(place);
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.setAttribute(place, "unix:uid", ANOTHER_USER);
    return place;
  }

  @Test
  void aDirectoryThatAnotherUserHasMadeBeforehandIsNotTaken() throws Exception {
    final Path usual = DriverDirectory.prepare(context(), MEBIBYTE, sharedMemory).getParent();
    Files.delete(usual);
    final Path trap = takenBeforehand(usual);
    final Path letter = Files.writeString(trap.resolve("cnc.dat"), "dear");
    assertEquals(
        data.resolve("driver/aeron"), DriverDirectory.prepare(context(), MEBIBYTE, sharedMemory));
    assertEquals("dear", Files.readString(letter), "nothing is done in it");
    assertTrue(told().get(0).startsWith(trap + " belongs to another user: "), told().toString());
    assertEquals(
        "replication.driverDirectory: " + trap + " belongs to another user",
        assertThrows(
                IOException.class,
                () ->
                    DriverDirectory.prepare(context().aeronDirectory(trap), MEBIBYTE, sharedMemory))
            .getMessage());
  }

  @Test
  void aLinkInItsPlaceIsNotFollowed() throws Exception {
    final Path usual = DriverDirectory.prepare(context(), MEBIBYTE, sharedMemory).getParent();
    Files.delete(usual);
    final Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
    final Path letter = Files.writeString(elsewhere.resolve("cnc.dat"), "dear");
    Files.createSymbolicLink(usual, elsewhere);
    assertEquals(
        data.resolve("driver/aeron"), DriverDirectory.prepare(context(), MEBIBYTE, sharedMemory));
    assertEquals("dear", Files.readString(letter));
    assertTrue(told().get(0).startsWith(usual + " is no directory: "), told().toString());
  }

  private static long size(Path directory) throws Exception {
    return LiveFiles.under(directory).stream()
        .filter(Files::isRegularFile)
        .mapToLong(file -> file.toFile().length())
        .sum();
  }

  @Test
  void aNodeAloneTakesNoMoreThanRoomIsLookedForAndNotMuchLess() throws Exception {
    final Path own = directory.resolve("own");
    final ClusterContext context =
        context().aeronDirectory(own).map(StatusMap.persisted(data, 1_000));
    try (ClusterNode node = ClusterNode.launch(context)) {
      node.submit(
              List.of(StatusCommand.SetStatus.of(new Subject(1, 1)).colour(Colour.GREEN).build()))
          .get(Patience.SECONDS, TimeUnit.SECONDS);
      final long taken = size(own);
      final long wanted = DriverDirectory.bytesOfMember(context);
      assertTrue(taken <= wanted, () -> taken + " of " + wanted);
      assertTrue(taken > wanted / 2, () -> taken + " of " + wanted);
    }
    assertFalse(Files.exists(own.resolve("aeron")), "removed when it is closed");
  }
}
