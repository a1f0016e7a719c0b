package gongbei.codec.model;

/** Finds a constant by the number that codes, the map and the log have for it: its place. */
final class ByNumber {
  private ByNumber() {}

  /**
   * Returns the constant of a number.
   *
   * @param field what the number is of, for the message
   * @throws IllegalArgumentException when no constant has that number
   */
  static <T> T find(T[] constants, String field, int number) {
    if (number < 0 || number >= constants.length) {
      throw new IllegalArgumentException(
          field + " is " + number + ", not from 0 to " + (constants.length - 1));
    }
    return constants[number];
  }
}
