package gongbei.codec.model;

/**
 * What the rules of a checkpoint look at of one holder, whoever keeps it: a node's map, or the code
 * itself where there is no network. An implementation may be a flyweight that is read anew for each
 * holder.
 */
public interface HolderStatus {
  /** {@link #colour} of who may pass. */
  int GREEN = 0;

  /** {@link #colour} of who is to be asked. */
  int YELLOW = 1;

  /** {@link #colour} of who may not pass. */
  int RED = 2;

  /** {@link #result} where no nucleic-acid test is known. */
  int RESULT_NONE = 0;

  /** {@link #result} of a negative test. */
  int RESULT_NEGATIVE = 1;

  /** {@link #result} of a positive test. */
  int RESULT_POSITIVE = 2;

  /** {@link #GREEN}, {@link #YELLOW} or {@link #RED}. */
  int colour();

  /** One of the {@code RESULT_} constants. */
  int result();

  /** When the sample of {@link #result} was taken, in minutes since 1970 UTC; 0 without a test. */
  int sampleEpochMinutes();

  /** Vaccine doses, 0 to 99. */
  int doses();
}
