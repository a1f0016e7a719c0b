package gongbei.replication.map;

import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.RandomDataInput;
import net.openhft.chronicle.core.pool.ClassAliasPool;
import net.openhft.chronicle.hash.AbstractData;
import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.hash.serialization.DataAccess;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;

/**
 * Shows Chronicle Map a key or value of constant size through one buffer that it keeps, where the
 * library's own access for byte arrays wraps each array anew (192 bytes a lookup). The map gives
 * each thread a copy.
 */
public final class ConstantBytesAccess extends AbstractData<byte[]> implements DataAccess<byte[]> {
  /**
   * The name of this class in the header of every map file, whatever its package: a file names the
   * class that reads it.
   */
  static final String NAME_IN_FILES = "gongbei.replication.status.ConstantBytesAccess";

  private byte[] shown;
  private BytesStore<?, byte[]> store;

  /** For Chronicle Map, which also makes one when it opens a file. */
  public ConstantBytesAccess() {}

  /** Has Chronicle write and read {@link #NAME_IN_FILES} for this class. */
  static void registerName() {
    ClassAliasPool.CLASS_ALIASES.addAlias(ConstantBytesAccess.class, NAME_IN_FILES);
  }

  @Override
  public Data<byte[]> getData(byte[] instance) {
    if (shown == null || shown.length != instance.length) {
      shown = new byte[instance.length];
      store = BytesStore.wrap(shown);
    }
    System.arraycopy(instance, 0, shown, 0, instance.length);
    return this;
  }

  @Override
  public RandomDataInput bytes() {
    return store;
  }

  @Override
  public long offset() {
    return 0;
  }

  @Override
  public long size() {
    return shown.length;
  }

  @Override
  public byte[] get() {
    return shown.clone();
  }

  @Override
  public byte[] getUsing(byte[] using) {
    if (using == null || using.length != shown.length) {
      return get();
    }
    System.arraycopy(shown, 0, using, 0, shown.length);
    return using;
  }

  @Override
  public void uninit() {
    // The buffer is kept for the next use.
  }

  @Override
  public DataAccess<byte[]> copy() {
    return new ConstantBytesAccess();
  }

  @Override
  public void writeMarshallable(WireOut wire) {
    // There is no configuration to keep.
  }

  @Override
  public void readMarshallable(WireIn wire) {
    // There is no configuration to read.
  }
}
