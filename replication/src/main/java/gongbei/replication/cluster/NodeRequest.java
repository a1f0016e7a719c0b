package gongbei.replication.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What an operator asks of a running node, through files in its data directory: who may write there
 * may ask.
 */
public enum NodeRequest {
  /** That every member takes a snapshot; for the leader. */
  SNAPSHOT,
  /** That it stops leading; for the leader. */
  HAND_OVER;

  private static final int TURN_MILLIS = 20;

  private Path requestFile(Path directory) {
    return directory.resolve(fileName() + ".request");
  }

  private Path answerFile(Path directory) {
    return directory.resolve(fileName() + ".answer");
  }

  private String fileName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Asks and waits for the answer.
   *
   * @return one line; it opens with {@code done} where that is what it is
   * @throws IOException when no node answers in time
   */
  public String send(Path directory, Duration patience) throws IOException, InterruptedException {
    if (!Files.isDirectory(directory)) {
      throw new IOException(
          directory + (Files.exists(directory) ? " is not a directory" : " does not exist"));
    }
    if (!NodeLock.isHeld(directory)) {
      throw new IOException("no running node answers in " + directory);
    }
    Files.deleteIfExists(answerFile(directory));
    Files.writeString(requestFile(directory), "");
    final long deadline = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() - deadline < 0) {
      try {
        final String answer = Files.readString(answerFile(directory)).strip();
        Files.deleteIfExists(answerFile(directory));
        return answer;
      } catch (NoSuchFileException e) {
        TimeUnit.MILLISECONDS.sleep(TURN_MILLIS);
      }
    }
    Files.deleteIfExists(requestFile(directory));
    throw new IOException("no running node answers in " + directory);
  }

  /** Takes a request up, if there is one. */
  boolean take(Path directory) throws IOException {
    return Files.deleteIfExists(requestFile(directory));
  }

  void answer(Path directory, String answer) throws IOException {
    final Path draft = directory.resolve(fileName() + ".draft");
    Files.writeString(draft, answer + "\n");
    Files.move(
        draft,
        answerFile(directory),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
