package gongbei.verifier.tcp;

import gongbei.verifier.config.Limits;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;

/**
 * Counts what each scanner device sends. The first {@link Limits#MAX_COUNTED_DEVICES} enrolled
 * devices that connect are counted by themselves, all others together as {@link #OTHERS}: a node's
 * metrics stay bounded whatever devices call themselves. For any thread; counting allocates
 * nothing.
 */
public final class DeviceCounts {
  /** What devices are called that are not counted by themselves. */
  public static final String OTHERS = "others";

  private final Map<String, One> counted = new ConcurrentHashMap<>();
  private final One others = new One();
  private final LongAdder badCredentials = new LongAdder();
  private final LongAdder revoked = new LongAdder();

  /** The counts of one device, or of all others. */
  static final class One {
    private final LongAdder scans = new LongAdder();
    private final LongAdder shed = new LongAdder();

    void scan() {
      scans.increment();
    }

    void shed() {
      shed.increment();
    }
  }

  One ofEnrolled(String deviceId) {
    final One known = counted.get(deviceId);
    if (known != null) {
      return known;
    }
    return counted.size() < Limits.MAX_COUNTED_DEVICES
        ? counted.computeIfAbsent(deviceId, id -> new One())
        : others;
  }

  One ofOthers() {
    return others;
  }

  void badCredential() {
    badCredentials.increment();
  }

  void revoked() {
    revoked.increment();
  }

  /** How many connections were refused for their credential. */
  public long badCredentials() {
    return badCredentials.sum();
  }

  /** How many connections were refused or ended because their device was revoked. */
  public long revocations() {
    return revoked.sum();
  }

  /** Tells each device's scans that were taken in. */
  public void forEachScans(ObjLongConsumer<String> teller) {
    new TreeMap<>(counted).forEach((device, one) -> teller.accept(device, one.scans.sum()));
    teller.accept(OTHERS, others.scans.sum());
  }

  /** Tells each device's scans that were shed. */
  public void forEachShed(ObjLongConsumer<String> teller) {
    new TreeMap<>(counted).forEach((device, one) -> teller.accept(device, one.shed.sum()));
    teller.accept(OTHERS, others.shed.sum());
  }
}
