package gongbei.verifier.protocol;

import gongbei.verifier.limits.ClientLimits;
import java.util.regex.Pattern;

/**
 * Says which ids a scanner device may have: 1 to {@link ClientLimits#MAX_DEVICE_ID_CHARACTERS}
 * ASCII letters, digits and {@code . _ : / @ -}. A client keeps this rule before it connects, and a
 * node before it enrols a device or lets one in.
 */
public final class DeviceId {
  /** What is wrong with an id that is none, for a sentence that begins with who it is for. */
  public static final String FAULT =
      "is not 1 to " + ClientLimits.MAX_DEVICE_ID_CHARACTERS + " letters, digits and . _ : / @ -";

  private static final Pattern ID =
      Pattern.compile("[A-Za-z0-9._:/@-]{1," + ClientLimits.MAX_DEVICE_ID_CHARACTERS + "}");

  private DeviceId() {}

  /** Whether a device may be called so. */
  public static boolean isValid(String id) {
    return ID.matcher(id).matches();
  }

  /**
   * Returns an id that a device may have.
   *
   * @throws IllegalArgumentException where it may not; the message names {@code deviceId}
   */
  public static String require(String id) {
    if (id == null || !isValid(id)) {
      throw new IllegalArgumentException("deviceId " + FAULT);
    }
    return id;
  }
}
