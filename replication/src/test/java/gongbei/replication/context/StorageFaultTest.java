package gongbei.replication.context;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.archive.client.ArchiveException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Java has no type for a full disk: these are the messages that its libraries really give. */
final class StorageFaultTest {
  /** A device that is always full. */
  private static final Path FULL = Path.of("/dev/full");

  @Test
  @EnabledOnOs(OS.LINUX)
  void aWriteToAFullDeviceIsOne() throws IOException {
    try (FileOutputStream out = new FileOutputStream(FULL.toFile())) {
      assertTrue(StorageFault.isOne(assertThrows(IOException.class, () -> out.write(1))));
    }
    try (FileChannel out = FileChannel.open(FULL, StandardOpenOption.WRITE)) {
      assertTrue(
          StorageFault.isOne(
              assertThrows(
                  IOException.class,
                  () -> out.write(StandardCharsets.UTF_8.encode("some bytes")))));
    }
  }

  @Test
  void whatCausedItCounts() {
    final ArchiveException full = new ArchiveException("any words", ArchiveException.STORAGE_SPACE);
    assertTrue(StorageFault.isOne(new IllegalStateException("a thread has stopped", full)));
  }

  @Test
  void anotherFaultIsNone() {
    assertFalse(StorageFault.isOne(new IOException("Permission denied")));
    assertFalse(
        StorageFault.isOne(new ArchiveException("any words", ArchiveException.UNKNOWN_RECORDING)));
  }

  @Test
  void itSaysWhereAndWhatToDo() {
    assertEquals(
        "the disk of data is full: make room, then this node goes on by itself",
        StorageFault.describe(Path.of("data")));
  }
}
