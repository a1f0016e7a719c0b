package gongbei.verifier.rules;

import gongbei.verifier.limits.ClientLimits;

/**
 * Says which names a checkpoint may have: {@code kind} or {@code kind/place}, up to {@link
 * ClientLimits#MAX_CHECKPOINT_CHARACTERS} characters, the place of lower-case letters, digits and
 * hyphens. A node keeps this rule, and so does the checkpoint page, into which it is compiled.
 */
public final class CheckpointName {
  private static final String FAULT =
      "has a place that is not of lower-case letters, digits and hyphens (kind/place, up to "
          + ClientLimits.MAX_CHECKPOINT_CHARACTERS
          + " characters in all)";

  private CheckpointName() {}

  /** Why a name can't be a checkpoint's, for a sentence that begins with it; null where it can. */
  public static String fault(String name) {
    final int slash = name.indexOf('/');
    if (name.length() > ClientLimits.MAX_CHECKPOINT_CHARACTERS
        || (slash >= 0 && slash == name.length() - 1)) {
      return FAULT;
    }
    for (int i = slash + 1; slash >= 0 && i < name.length(); i++) {
      if (!isOfPlace(name.charAt(i))) {
        return FAULT;
      }
    }
    return null;
  }

  /** Whether what follows a kind's name in ASCII is nothing, or a slash and a place. */
  static boolean isPlace(byte[] name, int offset, int end) {
    if (offset == end) {
      return true;
    }
    boolean right = end - offset > 1;
    for (int i = offset + 1; i < end; i++) {
      right &= isOfPlace((char) (name[i] & 0xFF));
    }
    return right;
  }

  private static boolean isOfPlace(char character) {
    return (character >= 'a' && character <= 'z')
        || (character >= '0' && character <= '9')
        || character == '-';
  }
}
