package gongbei.replication.recording;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.FreePorts;
import gongbei.testing.Patience;
import io.aeron.Aeron;
import io.aeron.archive.client.AeronArchive;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.exceptions.TimeoutException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RemoteArchiveTest {
  @TempDir private Path directory;

  @Test
  void whereNothingListensItIsGivenUpLongBeforeAnArchiveThatIsSlowWouldBe() {
    final MediaDriver.Context context =
        new MediaDriver.Context()
            .aeronDirectoryName(directory.resolve("driver").toString())
            .threadingMode(ThreadingMode.SHARED)
            .dirDeleteOnShutdown(true);
    try (MediaDriver driver = MediaDriver.launchEmbedded(context);
        Aeron aeron =
            Aeron.connect(new Aeron.Context().aeronDirectoryName(driver.aeronDirectoryName()))) {
      final AeronArchive.Context there =
          new AeronArchive.Context()
              .aeron(aeron)
              .messageTimeoutNs(TimeUnit.SECONDS.toNanos(Patience.SECONDS))
              .controlRequestChannel("aeron:udp?endpoint=127.0.0.1:" + FreePorts.inARow(1))
              .controlResponseChannel("aeron:udp?endpoint=127.0.0.1:0");
      final TimeoutException given =
          assertThrows(TimeoutException.class, () -> RemoteArchive.connect(there));
      assertTrue(given.getMessage().contains("nothing listens at"), given.getMessage());
    }
  }
}
