package gongbei.replication.snapshot;

import gongbei.replication.machine.ReplicatedState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the replicated state in its data directory from one run of a node to the next: the map in
 * its own file, and what stands beside the holders in another. For the applier's thread.
 */
public final class StateFile {
  private static final Logger LOGGER = LoggerFactory.getLogger(StateFile.class);

  private StateFile() {}

  /**
   * Reads back what stood beside the holders of a map that is whole; where it can't, everything is
   * forgotten.
   *
   * @return whether the state is what it was when it was closed
   */
  public static boolean reopen(ReplicatedState state) {
    if (!state.map().isWhole()) {
      return false;
    }
    final long version = state.map().version();
    final Path directory = state.map().directory().orElseThrow();
    try {
      final SnapshotReader reader = new SnapshotReader(state);
      SnapshotFile.read(directory.resolve(SnapshotFile.BESIDE), reader);
      if (state.map().version() == version) {
        return true;
      }
      LOGGER.warn("The state file of the status map is of another version: it is rebuilt");
    } catch (IOException | IllegalStateException e) {
      LOGGER.warn(
          "The state file of the status map can't be read and is rebuilt: {}", e.toString());
    }
    state.reset();
    return false;
  }

  /**
   * Closes the state's map.
   *
   * @param isSound whether the map may be used as it is the next time
   */
  public static void close(ReplicatedState state, boolean isSound) {
    boolean stamped = isSound;
    final Optional<Path> directory = state.map().directory();
    if (isSound && directory.isPresent()) {
      try {
        SnapshotFile.write(
            directory.get().resolve(SnapshotFile.BESIDE), state, state.clusterTimeMillis(), false);
      } catch (IOException e) {
        LOGGER.warn("The status map will be rebuilt: {}", e.toString());
        stamped = false;
      }
    }
    state.map().close(stamped);
  }
}
