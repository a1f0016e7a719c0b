package gongbei.verifier.status;

import java.util.List;

/**
 * Where the fields of a status are read from: an object of a request, or a row of a file. What is
 * wrong with a field is thrown as {@link #ofField} makes it. For one thread.
 */
public interface StatusSource {
  /** Whether a field is there. */
  boolean has(String field);

  /** Text of a field that must be there. */
  String text(String field, int maxCharacters);

  /** A whole number of a field, or a preset where it is not there. */
  int number(String field, int least, int greatest, int preset);

  /** The words of a field that is a list; empty where it is not there. */
  List<String> words(String field, int maxWords);

  /** The second of a date-time, from 1970 to 9999. */
  long epochSeconds(String field);

  /**
   * Makes the fault of a field, which names the place of this source.
   *
   * @param reason goes on from the field's name, as in {@code is missing}
   */
  RuntimeException ofField(String field, String reason);
}
