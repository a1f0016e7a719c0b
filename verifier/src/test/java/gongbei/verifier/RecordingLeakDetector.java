package gongbei.verifier;

import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Netty's leak detector, keeping what it reports; the build names it to Netty by {@code
 * io.netty.customResourceLeakDetector}.
 */
public final class RecordingLeakDetector<T> extends ResourceLeakDetector<T> {
  public static final List<String> LEAKS = new CopyOnWriteArrayList<>();

  /** For Netty. */
  public RecordingLeakDetector(Class<T> resource, int samplingInterval) {
    super(resource, samplingInterval);
  }

  @Override
  protected void reportTracedLeak(String resourceType, String records) {
    LEAKS.add(resourceType + records);
  }

  @Override
  protected void reportUntracedLeak(String resourceType) {
    LEAKS.add(resourceType);
  }

  @Override
  protected boolean needReport() {
    return true;
  }
}
