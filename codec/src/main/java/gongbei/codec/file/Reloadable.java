package gongbei.codec.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Holds what files say, and makes it anew when they change. Whoever reads decides what a file at
 * fault does: it refuses all, and what was in force stays, or it leaves that file out. {@link
 * #current} is for any thread; reloading is for one.
 *
 * @param <T> what the files say, immutable
 * @param <X> why it can't be taken
 */
public final class Reloadable<T, X extends Exception> {
  private final Optional<Source<T, X>> source;
  private volatile T current;

  /** Makes of files what they say. */
  @FunctionalInterface
  public interface Reader<T, X extends Exception> {
    /**
     * @param files all of them, some perhaps with a fault
     * @param before what is in force
     * @throws X when what is in force should stay
     */
    T read(List<FileContent> files, T before) throws X;
  }

  /** Where a value comes from that may change. */
  private record Source<T, X extends Exception>(
      FollowedFiles files, Reader<T, X> reader, Function<IOException, X> listingFault) {
    Optional<List<FileContent>> changed() throws X {
      try {
        return files.changed();
      } catch (IOException e) {
        throw listingFault.apply(e);
      }
    }
  }

  private Reloadable(Optional<Source<T, X>> source, T current) {
    this.source = source;
    this.current = current;
  }

  /** Holds what never changes. */
  public static <T, X extends Exception> Reloadable<T, X> fixed(T value) {
    return new Reloadable<>(Optional.empty(), value);
  }

  /**
   * Holds what files say, once they have been {@linkplain #reloadIfChanged read}.
   *
   * @param listingFault says why a directory can't be listed
   * @param before what is in force until then, or null
   */
  public static <T, X extends Exception> Reloadable<T, X> of(
      FollowedFiles files, Reader<T, X> reader, Function<IOException, X> listingFault, T before) {
    return new Reloadable<>(Optional.of(new Source<>(files, reader, listingFault)), before);
  }

  /** What is in force. */
  public T current() {
    return current;
  }

  /**
   * Reads the files again if one has come, gone or changed.
   *
   * @return whether something else is in force
   * @throws X when it can't be taken; what was before stays in force and is tried again next time
   */
  public boolean reloadIfChanged() throws X {
    return reloadIfChanged(next -> {});
  }

  /**
   * Reads the files again if one has come, gone or changed.
   *
   * @param beforeForce is given the new value on this thread, which comes into force when it
   *     returns
   * @return whether something else is in force
   * @throws X when it can't be taken; what was before stays in force and is tried again next time
   */
  public boolean reloadIfChanged(Consumer<? super T> beforeForce) throws X {
    if (source.isEmpty()) {
      return false;
    }
    final Source<T, X> from = source.get();
    final Optional<List<FileContent>> contents = from.changed();
    if (contents.isEmpty()) {
      return false;
    }
    final T next = from.reader().read(contents.get(), current);
    beforeForce.accept(next);
    current = next;
    from.files().accept();
    return true;
  }

  /** Puts something else in force, made of the same files. */
  public void replace(T next) {
    current = next;
  }

  /** What the directory holds and nobody reads, as of the last look. */
  public List<Path> passedOver() {
    return source.map(from -> from.files().passedOver()).orElse(List.of());
  }
}
