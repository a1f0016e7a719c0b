package gongbei.codec.model;

import java.util.Optional;
import java.util.function.Function;

/** Finds a constant by its name in JSON and YAML. */
final class ByName {
  private ByName() {}

  /**
   * Returns the constant of a name, exactly as it is written; empty where none has it.
   *
   * @param wireName gives a constant's name
   */
  static <T> Optional<T> find(T[] constants, Function<T, String> wireName, String name) {
    for (final T constant : constants) {
      if (wireName.apply(constant).equals(name)) {
        return Optional.of(constant);
      }
    }
    return Optional.empty();
  }
}
