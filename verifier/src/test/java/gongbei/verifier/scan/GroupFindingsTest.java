package gongbei.verifier.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Verdict;
import org.junit.jupiter.api.Test;

final class GroupFindingsTest {
  private static GroupFindings of(Reason... reasons) {
    final GroupFindings findings = new GroupFindings();
    findings.reset();
    for (final Reason each : reasons) {
      findings.add(Scan.COLOUR_UNKNOWN, each);
    }
    return findings;
  }

  private static void assertWhole(Reason expected, Reason... reasons) {
    final GroupFindings findings = of(reasons);
    assertEquals(expected, findings.reason());
    assertEquals(expected.verdict(), findings.verdict());
  }

  @Test
  void theStrictestVerdictIsTheGroupsAndItsFirstReason() {
    assertWhole(Reason.OK, Reason.OK, Reason.OK);
    assertWhole(Reason.YELLOW, Reason.OK, Reason.TEST_MISSING, Reason.YELLOW, Reason.STALE);
    assertWhole(Reason.YELLOW, Reason.YELLOW, Reason.TEST_MISSING, Reason.OK);
    assertWhole(Reason.TEST_TOO_OLD, Reason.YELLOW, Reason.TEST_TOO_OLD, Reason.TEST_MISSING);
    assertWhole(Reason.TEST_TOO_OLD, Reason.TEST_TOO_OLD, Reason.YELLOW);
    assertWhole(Reason.RED, Reason.TEST_TOO_OLD, Reason.RED, Reason.TEST_TOO_OLD);
    for (final Reason one : Reason.values()) {
      for (final Reason other : Reason.values()) {
        final int stricter = one.verdict().compareTo(other.verdict());
        final boolean isFirst = stricter > 0 || (stricter == 0 && one.compareTo(other) <= 0);
        if (one != Reason.BUSY && other != Reason.BUSY) {
          assertWhole(isFirst ? one : other, one, other);
        }
      }
    }
  }

  @Test
  void membersAreCountedByColourAndReasonAndNamedByTheirPlace() {
    final GroupFindings findings = of();
    for (int times = 0; times < 2; times++) {
      findings.reset();
      assertEquals(Scan.COLOUR_UNKNOWN, findings.worstColour());
      assertEquals(Verdict.PASS, findings.verdict());
      findings.add(0, Reason.OK);
      assertEquals(0, findings.worstColour());
      findings.add(1, Reason.YELLOW);
      findings.add(1, Reason.YELLOW);
      findings.add(2, Reason.RED);
      findings.add(2, Reason.RED);
      findings.add(2, Reason.RED);
      findings.add(1, Reason.YELLOW);
      findings.add(Scan.COLOUR_UNKNOWN, Reason.UNKNOWN_SUBJECT);
      assertEquals(8, findings.size());
      assertEquals(1, findings.colour(0));
      assertEquals(3, findings.colour(1));
      assertEquals(3, findings.colour(2));
      assertEquals(1, findings.unknown());
      assertEquals(2, findings.worstColour());
      assertEquals(3, findings.reason(Reason.YELLOW));
      assertEquals(3, findings.reason(Reason.RED));
      assertEquals(1, findings.reason(Reason.OK));
      assertEquals(Reason.UNKNOWN_SUBJECT, findings.reason());
      assertEquals(7, findings.heldUpByCount());
      for (int i = 0; i < 7; i++) {
        assertEquals(i + 2, findings.heldUpBy(i));
      }
      assertEquals(Reason.YELLOW, findings.heldUpFor(0));
      assertEquals(Reason.RED, findings.heldUpFor(2));
      assertEquals(Reason.UNKNOWN_SUBJECT, findings.heldUpFor(6));
    }
  }
}
