package gongbei.replication.machine;

import java.util.List;

/** Several sinks as one: each receives everything, in their order. */
public final class HistorySinks implements HistorySink {
  private final HistorySink[] sinks;

  /**
   * @param sinks one at least; the first has the {@link #frontier}
   */
  public HistorySinks(List<HistorySink> sinks) {
    this.sinks = sinks.toArray(new HistorySink[0]);
  }

  @Override
  public void begin(long version, byte[] frontier) {
    for (final HistorySink sink : sinks) {
      sink.begin(version, frontier);
    }
  }

  @Override
  public void onVersion(HistoryChange change) {
    for (final HistorySink sink : sinks) {
      sink.onVersion(change);
    }
  }

  @Override
  public byte[] frontier() {
    return sinks[0].frontier();
  }
}
