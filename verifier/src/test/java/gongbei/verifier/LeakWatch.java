package gongbei.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.testing.Patience;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a class of tests in which a Netty buffer was lost, by the leak detector at paranoid. */
public final class LeakWatch implements BeforeAllCallback, AfterAllCallback {
  /** What one collection finds is told after the next at the latest; one more for what it freed. */
  private static final int LOOKS = 3;

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
      collect();
      final ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(16);
      buffer.release();
    }
    return List.copyOf(RecordingLeakDetector.LEAKS);
  }

  /** Waits for a collection that has told of an object that nobody has. */
  private static void collect() throws InterruptedException {
    final ReferenceQueue<Object> told = new ReferenceQueue<>();
    final WeakReference<Object> nobodys = new WeakReference<>(new Object(), told);
    try {
      Patience.await(
          "a collection",
          () -> {
            System.gc();
            return told.poll() != null;
          });
    } finally {
      Reference.reachabilityFence(nobodys);
    }
  }
}
