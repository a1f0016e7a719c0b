package gongbei.replication.command;

/**
 * Who answers for a change, and on what ground. A key's id is the first 8 bytes of its kid.
 *
 * @param authority the id of the key that signed the change; 0 where nobody has
 * @param ground the number of its ground in the table of grounds, 1 to {@link #MAX_GROUND}; 0 where
 *     none is stated, so that the one counts that such a change has by default
 * @param secondAuthority the id of the second key that signed it; 0 where there is none
 */
public record ChangeOrigin(long authority, int ground, long secondAuthority) {
  /** Nobody is named and no ground stated. */
  public static final ChangeOrigin NONE = new ChangeOrigin(0, 0, 0);

  /** The greatest number of a ground. */
  public static final int MAX_GROUND = 65_534;

  public ChangeOrigin {
    if (ground < 0 || ground > MAX_GROUND) {
      throw new IllegalArgumentException("ground is " + ground + ", not from 0 to " + MAX_GROUND);
    }
  }

  /** The origin of a change that one authority has signed. */
  public static ChangeOrigin of(long authority, int ground) {
    return new ChangeOrigin(authority, ground, 0);
  }
}
