package gongbei.replication.history;

import gongbei.codec.transparency.Frontier;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.TransparencyException;
import gongbei.codec.transparency.TreeHash;
import gongbei.replication.machine.HistoryChange;
import gongbei.replication.machine.HistorySink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's history. The applier's thread copies what a version changed into a ring; a thread of its
 * own makes entries of that, keeps them, appends their hashes to the tree and signs a head each
 * second. Where that thread does not keep up, the applier's does its work rather than wait.
 *
 * <p>What was signed is never written over: a node that starts again compares what the log gives it
 * once more with what it has, and a difference below its last signed head is a {@link
 * HistoryFault#FORK}, after which it signs nothing. The tree itself always is that of the log, for
 * snapshots, whatever is kept of it.
 */
public final class HistoryLog implements HistorySink, AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(HistoryLog.class);
  private static final int RING_PLACES = 1 << 16;
  private static final int BATCH = 1_024;
  private static final long MIN_PARK_NANOS = 50_000;
  private static final long MAX_PARK_NANOS = 10_000_000;
  private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int TURNS_TO_PURGE = 60;
  private static final int ENTRY = HistoryEntry.BYTES;

  private final ChangeRing ring = new ChangeRing(RING_PLACES);
  private final Object lock = new Object();
  private final HistorySettings settings;
  private final Optional<HistoryStore> store;
  private final HistoryWriter writer;
  private final Frontier tree = new Frontier();
  private final TreeHash hash = new TreeHash();
  private final byte[] entries = new byte[BATCH * ENTRY];
  private final byte[] leaf = new byte[TreeHash.BYTES];
  private final PublishedHistory published;
  private final AgentRunner runner;
  private volatile long size;
  private final AtomicLong helped = new AtomicLong();
  private int turns;
  private boolean isClosed;

  /**
   * Opens a history and starts its thread.
   *
   * @throws IOException when it can't be opened; the message says why
   */
  public static HistoryLog open(HistorySettings settings) throws IOException {
    final StorePlace place =
        settings.directory().isPresent()
            ? StorePlace.directory(settings.directory().get())
            : StorePlace.memory();
    return open(settings, place);
  }

  static HistoryLog open(HistorySettings settings, StorePlace place) throws IOException {
    try {
      return new HistoryLog(settings, place);
    } catch (TransparencyException e) {
      throw new IOException(
          settings.directory().map(directory -> directory + ": ").orElse("") + e.getMessage(), e);
    }
  }

  private HistoryLog(HistorySettings settings, StorePlace place)
      throws IOException, TransparencyException {
    this.settings = settings;
    store =
        settings.keepsEntries()
            ? Optional.of(new HistoryStore(place, settings.segmentEntries()))
            : Optional.empty();
    if (store.isPresent()) {
      store.get().repair();
    }
    final HeadBook heads = new HeadBook(settings, place);
    writer = new HistoryWriter(store, heads);
    published = new PublishedHistory(store, heads);
    runner =
        new AgentRunner(
            new BackoffIdleStrategy(1, 1, MIN_PARK_NANOS, MAX_PARK_NANOS),
            e -> LOGGER.error("The history reports an error: {}", e.toString()),
            null,
            new Keeper());
    AgentRunner.startOnThread(
        runner,
        task -> {
          final Thread thread = new Thread(task, "gongbei-history");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** The duty cycle: makes entries, and signs a head each second. */
  private final class Keeper implements Agent {
    private long turnNanos = System.nanoTime();

    @Override
    public int doWork() {
      synchronized (lock) {
        final int taken = takeBatch();
        final long now = System.nanoTime();
        if (now - turnNanos >= TURN_NANOS) {
          turnNanos = now;
          turn();
        }
        return taken;
      }
    }

    @Override
    public String roleName() {
      return "gongbei-history";
    }
  }

  /** What happens each second. */
  private void turn() {
    writer.goOn(tree);
    writer.sign(tree, false);
    if (++turns % TURNS_TO_PURGE == 0 || settings.directory().isEmpty()) {
      purge();
    }
  }

  private void purge() {
    if (store.isEmpty()) {
      return;
    }
    final HistoryStore kept = store.get();
    final long keepSeconds = settings.keep().toSeconds();
    try {
      while (kept.segments() > settings.maxSegments() && kept.purgeOldest()) {
        LOGGER.debug("The oldest segment of the history is taken out of memory");
      }
      while (keepSeconds > 0
          && kept.lastOfOldest()
              .filter(
                  last -> last.epochSeconds() < settings.epochSeconds().getAsLong() - keepSeconds)
              .isPresent()
          && kept.purgeOldest()) {
        LOGGER.info("A segment of the history is purged; version {} is the first", firstVersion());
      }
    } catch (IOException e) {
      LOGGER.warn("A segment of the history can't be purged: {}", e.toString());
    }
  }

  @Override
  public void begin(long version, byte[] frontier) {
    synchronized (lock) {
      takeAll();
      try {
        if (frontier.length == 0) {
          tree.set(Frontier.ofBeforeHistory(version));
        } else {
          tree.set(frontier);
        }
        if (tree.size() == version) {
          writer.begin(tree, frontier.length == 0);
        } else {
          writer.fail(
              HistoryFault.OUT_OF_ORDER,
              "a frontier of " + tree.size() + " was kept for version " + version);
        }
      } catch (TransparencyException e) {
        tree.set(Frontier.ofBeforeHistory(version));
        writer.fail(HistoryFault.OUT_OF_ORDER, e.getMessage());
      }
      size = tree.size();
    }
  }

  @Override
  public void onVersion(HistoryChange change) {
    while (!ring.put(change)) {
      helped.lazySet(helped.get() + 1);
      synchronized (lock) {
        takeBatch();
      }
    }
  }

  @Override
  public byte[] frontier() {
    synchronized (lock) {
      takeAll();
      writer.sign(tree, true);
      return tree.toBytes();
    }
  }

  private void takeAll() {
    while (takeBatch() > 0) {
      Thread.onSpinWait();
    }
  }

  /** Makes entries of changes that wait, keeps them, and appends them to the tree. */
  private int takeBatch() {
    final int count = Math.min(BATCH, ring.waiting());
    for (int i = 0; i < count; i++) {
      final long version = ring.version(i);
      if (version != tree.size() + 1) {
        writer.fail(HistoryFault.OUT_OF_ORDER, "version " + version + " came after " + tree.size());
      }
      ring.entry(i, entries, i * ENTRY);
      hash.leaf(entries, i * ENTRY, ENTRY, leaf, 0);
      writer.entry(tree.size(), entries, i * ENTRY);
      tree.append(leaf, 0, writer);
      writer.appended(tree);
    }
    writer.flush();
    ring.took(count);
    size = tree.size();
    return count;
  }

  /** What others may read of it. For any thread. */
  public PublishedHistory published() {
    return published;
  }

  /** How many versions are in the tree. For any thread. */
  public long size() {
    return size;
  }

  /** The version of the first entry that is kept here; 0 where none is. For any thread. */
  public long firstVersion() {
    return published.firstVersion();
  }

  /** Why no head is signed, or no entry kept. For any thread. */
  public HistoryFault fault() {
    return writer.fault();
  }

  /** How many versions the applier's thread has waited for room. For any thread. */
  public long helped() {
    return helped.get();
  }

  /** How many gaps the entries have. For any thread. */
  public int gaps() {
    return store.map(HistoryStore::gaps).orElse(0);
  }

  /** The bytes of all that is kept. For any thread. */
  public long bytes() {
    try {
      return store.isPresent() ? store.get().bytes() : 0;
    } catch (IOException e) {
      LOGGER.debug("The history's files can't be checked: {}", e.toString());
      return 0;
    }
  }

  /** Where its files are; empty in memory. */
  public Optional<Path> directory() {
    return settings.directory();
  }

  /** Keeps what has come, signs a last head, and closes the files. */
  @Override
  public void close() {
    runner.close();
    synchronized (lock) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      takeAll();
      writer.goOn(tree);
      writer.sign(tree, false);
      try {
        if (store.isPresent()) {
          store.get().close();
        }
      } catch (IOException e) {
        LOGGER.warn("The history's files can't be closed: {}", e.toString());
      }
    }
  }
}
