package gongbei.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.Test;

final class LeakWatchTest {
  @Test
  void aLostBufferIsNoticed() throws InterruptedException {
    lose();
    assertEquals(1, LeakWatch.found().size());
    RecordingLeakDetector.LEAKS.clear();
  }

  private static void lose() {
    PooledByteBufAllocator.DEFAULT.directBuffer(16).writeByte(1);
  }
}
