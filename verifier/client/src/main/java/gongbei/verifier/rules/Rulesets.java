package gongbei.verifier.rules;

import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.national.NationalRules;
import gongbei.verifier.revocation.RevocationSet;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The rulesets in force at one moment. Immutable, shared by all threads. A checkpoint is {@code
 * kind} or {@code kind/place}, as in {@code metro/gz-line-3-tiyu-xilu}: what stands before the
 * slash names its ruleset.
 */
public final class Rulesets {
  private final List<Ruleset> all;
  private final ForeignLaw foreign;
  private final byte[][] names;

  /**
   * @param rulesets at most {@link ClientLimits#MAX_RULESETS}, each name once
   */
  public Rulesets(List<Ruleset> rulesets) {
    this(rulesets, ForeignLaw.NONE);
  }

  /**
   * @param rulesets at most {@link ClientLimits#MAX_RULESETS}, each name once
   * @param nationalRules what they refer to by the names of countries
   */
  public Rulesets(List<Ruleset> rulesets, NationalRules nationalRules) {
    this(rulesets, ForeignLaw.NONE.with(nationalRules));
  }

  /**
   * @param rulesets at most {@link ClientLimits#MAX_RULESETS}, each name once
   * @param foreignLaw what foreign codes are judged by besides
   */
  public Rulesets(List<Ruleset> rulesets, ForeignLaw foreignLaw) {
    all = List.copyOf(rulesets);
    foreign = foreignLaw;
    names =
        all.stream()
            .map(ruleset -> ruleset.name().getBytes(StandardCharsets.US_ASCII))
            .toArray(byte[][]::new);
  }

  /** All of them. */
  public List<Ruleset> all() {
    return all;
  }

  /** What foreign codes are judged by besides. */
  public ForeignLaw foreign() {
    return foreign;
  }

  /** The entry rules of countries. */
  public NationalRules national() {
    return foreign.national();
  }

  /** The lists of revoked foreign codes. */
  public RevocationSet revoked() {
    return foreign.revoked();
  }

  /** The ruleset of a checkpoint, or null where its kind is unknown. */
  public Ruleset find(String checkpoint) {
    final byte[] ascii = checkpoint.getBytes(StandardCharsets.US_ASCII);
    return find(ascii, 0, ascii.length);
  }

  /**
   * The ruleset of a checkpoint given in ASCII, or null where its kind is unknown or its name is
   * not as {@link CheckpointName} says.
   */
  public Ruleset find(byte[] checkpoint, int offset, int length) {
    int kindLength = 0;
    while (kindLength < length && checkpoint[offset + kindLength] != '/') {
      kindLength++;
    }
    if (!CheckpointName.isPlace(checkpoint, offset + kindLength, offset + length)) {
      return null;
    }
    for (int i = 0; i < names.length; i++) {
      if (isSame(names[i], checkpoint, offset, kindLength)) {
        return all.get(i);
      }
    }
    return null;
  }

  private static boolean isSame(byte[] name, byte[] text, int offset, int length) {
    if (name.length != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (name[i] != text[offset + i]) {
        return false;
      }
    }
    return true;
  }
}
