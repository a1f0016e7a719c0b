package gongbei.replication.machine;

import gongbei.replication.command.Applied;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What the state machine remembers of its clients so that a command sent twice is applied once: for
 * each the last sequence, and of its last batches what became of them. The client unheard for
 * longest makes room for a new one. For the applier's thread.
 */
public final class ClientTable {
  /** The most clients that are remembered. */
  static final int MAX_CLIENTS = 1_024;

  /** The most batches of a client whose outcomes are remembered. */
  static final int MAX_BATCHES = 64;

  private final LinkedHashMap<Long, Client> clients = new LinkedHashMap<>(64, 0.75f, true);

  /** The client, which is then the one heard last; null where it is not known. */
  Client hear(long clientId) {
    return clients.get(clientId);
  }

  /** Makes a client known, heard last. */
  public Client add(long clientId, long lastSequence) {
    if (clients.size() >= MAX_CLIENTS) {
      final Iterator<Map.Entry<Long, Client>> eldest = clients.entrySet().iterator();
      eldest.next();
      eldest.remove();
    }
    final Client client = new Client(clientId, lastSequence);
    clients.put(clientId, client);
    return client;
  }

  public int size() {
    return clients.size();
  }

  public void clear() {
    clients.clear();
  }

  /** Shows every client, the one unheard for longest first. */
  public void forEach(Consumer<Client> action) {
    clients.values().forEach(action);
  }

  /** One client. */
  public static final class Client {
    private final long id;
    private final ArrayDeque<Batch> batches = new ArrayDeque<>();
    private long lastSequence;

    private Client(long id, long lastSequence) {
      this.id = id;
      this.lastSequence = lastSequence;
    }

    public long id() {
      return id;
    }

    public long lastSequence() {
      return lastSequence;
    }

    /** Remembers a batch that has been applied; the oldest is forgotten where there are many. */
    public void remember(Batch batch) {
      if (batches.size() >= MAX_BATCHES) {
        batches.removeFirst();
      }
      batches.addLast(batch);
      lastSequence = Math.max(lastSequence, batch.firstSequence() + batch.count() - 1);
    }

    /** The batch as it was applied, or null where it is forgotten. */
    Batch recall(long firstSequence, int count) {
      for (final Batch batch : batches) {
        if (batch.firstSequence() == firstSequence && batch.count() == count) {
          return batch;
        }
      }
      return null;
    }

    public ArrayDeque<Batch> batches() {
      return batches;
    }
  }

  /**
   * A batch that has been applied.
   *
   * @param outcomes one {@link Applied.Outcome#code} for each command; empty where all were applied
   */
  public record Batch(long firstSequence, long firstVersion, int count, byte[] outcomes) {}
}
