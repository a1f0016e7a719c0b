package gongbei.replication.recording;

import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.client.AeronArchive.AsyncConnect;
import io.aeron.exceptions.TimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;

/**
 * Connects to the archive of another node, and gives it up soon where nothing listens: whoever
 * starts while that node is down is not to wait as long as for one that is slow to answer.
 */
public final class RemoteArchive {
  /**
   * How long a node that runs may take to say that it listens: by some hundred times more than it
   * takes on a machine that is not busy.
   */
  static final long REACH_NANOS = TimeUnit.MILLISECONDS.toNanos(600);

  private static final long PARK_NANOS = 1_000_000;

  private RemoteArchive() {}

  /**
   * Connects, within the context's message timeout where the archive listens.
   *
   * @throws io.aeron.exceptions.AeronException when it can't be reached
   */
  public static AeronArchive connect(AeronArchive.Context context) {
    final AsyncConnect connecting = AeronArchive.asyncConnect(context);
    final long begunNanos = System.nanoTime();
    try {
      AeronArchive archive = connecting.poll();
      while (archive == null) {
        if (isUnheard(connecting.state()) && System.nanoTime() - begunNanos > REACH_NANOS) {
          throw new TimeoutException(
              "Archive connect timeout: nothing listens at " + context.controlRequestChannel());
        }
        LockSupport.parkNanos(PARK_NANOS);
        archive = connecting.poll();
      }
      return archive;
    } catch (RuntimeException | Error e) {
      CloseHelper.quietClose(connecting);
      throw e;
    }
  }

  /** Whether nothing has come from the archive yet. */
  private static boolean isUnheard(AsyncConnect.State state) {
    return state.compareTo(AsyncConnect.State.SEND_CONNECT_REQUEST) < 0;
  }
}
