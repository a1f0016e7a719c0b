package gongbei.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a class of tests in which a Netty buffer was lost, by the leak detector at paranoid. */
public final class LeakWatch implements BeforeAllCallback, AfterAllCallback {
  private static final int LOOKS = 5;

  @Override
  public void beforeAll(ExtensionContext context) {
    RecordingLeakDetector.LEAKS.clear();
  }

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    assertEquals(List.of(), found(), "leaked buffers");
  }

  /** What has been lost: the detector looks whenever a buffer is taken after a collection. */
  static List<String> found() throws InterruptedException {
    for (int i = 0; i < LOOKS && RecordingLeakDetector.LEAKS.isEmpty(); i++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(50);
      final ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(16);
      buffer.release();
    }
    return List.copyOf(RecordingLeakDetector.LEAKS);
  }
}
