package gongbei.verifier.scan;

import gongbei.codec.code.CodeLimits;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Verdict;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * What was found of a group's members: counts by colour and by reason, and who holds the group up,
 * by their place in it. Who they are is not said. One for each scan, reused; for one thread.
 */
public final class GroupFindings {
  private static final int COLOURS = 3;
  private static final Reason[] REASONS = Reason.values();

  private final int[] colours = new int[COLOURS];
  private final Map<Reason, int[]> reasons = new EnumMap<>(Reason.class);
  private final int[] heldUpBy = new int[CodeLimits.MAX_GROUP_SIZE];
  private final Reason[] heldUpFor = new Reason[CodeLimits.MAX_GROUP_SIZE];
  private int size;
  private int heldUpByCount;
  private int worstColour;
  private Verdict verdict;
  private Reason reason;

  GroupFindings() {
    for (final Reason each : REASONS) {
      reasons.put(each, new int[1]);
    }
  }

  void reset() {
    Arrays.fill(colours, 0);
    for (final Reason each : REASONS) {
      reasons.get(each)[0] = 0;
    }
    size = 0;
    heldUpByCount = 0;
    worstColour = Scan.COLOUR_UNKNOWN;
    verdict = Verdict.PASS;
    reason = Reason.OK;
  }

  /**
   * Takes the next member.
   *
   * @param colour the map's, or {@link Scan#COLOUR_UNKNOWN}
   */
  void add(int colour, Reason why) {
    size++;
    reasons.get(why)[0]++;
    if (colour != Scan.COLOUR_UNKNOWN) {
      colours[colour]++;
      worstColour = Math.max(worstColour, colour);
    }
    if (why.verdict() != Verdict.PASS) {
      heldUpFor[heldUpByCount] = why;
      heldUpBy[heldUpByCount++] = size;
    }
    final int stricter = why.verdict().compareTo(verdict);
    if (stricter > 0 || (stricter == 0 && why.compareTo(reason) < 0)) {
      verdict = why.verdict();
      reason = why;
    }
  }

  /** How many members. */
  public int size() {
    return size;
  }

  /** How many members the map knows by a colour: 0 green, 1 yellow, 2 red. */
  public int colour(int colour) {
    return colours[colour];
  }

  /** How many members the map does not know. */
  public int unknown() {
    return size - colours[0] - colours[1] - colours[2];
  }

  /** How many members would have got that reason. */
  public int reason(Reason each) {
    return reasons.get(each)[0];
  }

  /** How many members hold the group up. */
  public int heldUpByCount() {
    return heldUpByCount;
  }

  /** The place in the group, from 1, of the n-th who holds it up, from 0. */
  public int heldUpBy(int index) {
    return heldUpBy[index];
  }

  /** Why the n-th who holds the group up, from 0, would not have passed. */
  public Reason heldUpFor(int index) {
    return heldUpFor[index];
  }

  /** The worst colour among those known, or {@link Scan#COLOUR_UNKNOWN}. */
  int worstColour() {
    return worstColour;
  }

  /** The strictest verdict that a member would have got. */
  Verdict verdict() {
    return verdict;
  }

  /** Of the reasons for that verdict the first in precedence. */
  Reason reason() {
    return reason;
  }
}
