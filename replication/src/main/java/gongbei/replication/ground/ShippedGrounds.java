package gongbei.replication.ground;

import gongbei.codec.model.Colour;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The grounds that ship. Their ceilings are for one authority that means no good: all that it can
 * stop in a day without a positive test, on every ground that it need not share, is fewer than the
 * 1,317 of June 2022.
 */
final class ShippedGrounds {
  private static final int DAY = 24 * 60;
  private static final Set<Colour> ANY = EnumSet.allOf(Colour.class);
  private static final Set<Colour> BETTER = EnumSet.of(Colour.GREEN, Colour.YELLOW);
  private static final Ground.Term FORTNIGHT = new Ground.Term(14 * DAY, false);
  private static final Ground.Term FILLED = new Ground.Term(14 * DAY, true);

  private ShippedGrounds() {}

  static List<Ground> ofToday() {
    final Ground.Ceiling few = new Ground.Ceiling(50, 100, true);
    return List.of(
        new Ground(
            GroundTable.REGISTRY,
            "registry",
            ANY,
            FILLED,
            Signers.ALL,
            new Ground.Ceiling(100, 200, false)),
        new Ground(
            GroundTable.LAB_RESULT,
            "lab-result",
            ANY,
            new Ground.Term(14 * DAY, true, Ground.Evidence.POSITIVE_TEST),
            Signers.ALL,
            new Ground.Ceiling(1_000, 5_000, true)),
        closeContact(),
        area(),
        selfReport(new Ground.Ceiling(100, 200, true)),
        recovery(few),
        new Ground(GroundTable.CORRECTION, "correction", BETTER, FORTNIGHT, Signers.ALL, few),
        new Ground(GroundTable.APPEAL, "appeal", BETTER, FORTNIGHT, Signers.ALL, few),
        translation());
  }

  static List<Ground> ofVersion7() {
    final Ground.Ceiling few = new Ground.Ceiling(200, 500, true);
    final List<Ground> grounds = new ArrayList<>();
    grounds.add(
        new Ground(
            GroundTable.REGISTRY,
            "registry",
            ANY,
            FILLED,
            Signers.ALL,
            new Ground.Ceiling(1_000, 5_000, false)));
    grounds.add(
        new Ground(
            GroundTable.LAB_RESULT,
            "lab-result",
            ANY,
            FILLED,
            Signers.ALL,
            new Ground.Ceiling(5_000, 20_000, true)));
    grounds.add(closeContact());
    grounds.add(area());
    grounds.add(selfReport(few));
    grounds.add(recovery(Ground.Ceiling.NONE));
    grounds.add(
        new Ground(GroundTable.CORRECTION, "correction", BETTER, FORTNIGHT, Signers.ALL, few));
    grounds.add(new Ground(GroundTable.APPEAL, "appeal", BETTER, FORTNIGHT, Signers.ALL, few));
    grounds.add(translation());
    return List.copyOf(grounds);
  }

  private static Ground closeContact() {
    return new Ground(
        GroundTable.CLOSE_CONTACT,
        "close-contact",
        EnumSet.of(Colour.YELLOW, Colour.RED),
        FORTNIGHT,
        Signers.ALL,
        new Ground.Ceiling(200, 500, true));
  }

  private static Ground area() {
    return new Ground(
        GroundTable.AREA,
        "area",
        EnumSet.of(Colour.YELLOW),
        FORTNIGHT,
        Signers.of(List.of(), true),
        new Ground.Ceiling(1_000, 5_000, true));
  }

  private static Ground selfReport(Ground.Ceiling ceiling) {
    return new Ground(
        GroundTable.SELF_REPORT,
        "self-report",
        EnumSet.of(Colour.YELLOW),
        new Ground.Term(7 * DAY, true),
        Signers.ALL,
        ceiling);
  }

  private static Ground recovery(Ground.Ceiling ceiling) {
    return new Ground(
        GroundTable.RECOVERY,
        "recovery",
        EnumSet.of(Colour.GREEN),
        Ground.Term.NONE,
        Signers.ALL,
        ceiling);
  }

  private static Ground translation() {
    return new Ground(
        GroundTable.TRANSLATION, "translation", ANY, FILLED, Signers.ALL, Ground.Ceiling.NONE);
  }
}
