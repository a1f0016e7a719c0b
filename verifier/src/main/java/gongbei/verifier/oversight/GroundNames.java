package gongbei.verifier.oversight;

import gongbei.replication.ground.Ground;
import gongbei.replication.ground.GroundTable;
import java.util.Optional;
import java.util.function.Supplier;

/** What the grounds of {@link Series} are called, and their ceilings. For any thread. */
public final class GroundNames {
  /** Stands for authorities and grounds that are counted together. */
  public static final String REST = "*";

  /** Stands for grounds that no table has. */
  private static final String UNKNOWN = "?";

  private final Supplier<GroundTable> table;

  /**
   * @param table the table that counts
   */
  public GroundNames(Supplier<GroundTable> table) {
    this.table = table;
  }

  /** The name of a series' ground. */
  public String nameOf(Series series) {
    if (series.isRest()) {
      return REST;
    }
    return series.ground() == Series.UNKNOWN_GROUND ? UNKNOWN : table.get().nameOf(series.ground());
  }

  /** The ceiling of a series' ground; empty where it has none. */
  public Optional<Ground.Ceiling> ceilingOf(Series series) {
    return Optional.ofNullable(table.get().find(series.ground()))
        .map(Ground::ceiling)
        .filter(ceiling -> !ceiling.isNone());
  }
}
