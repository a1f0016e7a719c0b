package gongbei.codec.certlogic;

/**
 * One operation of a {@link Program}. Its value stands in a cell of the {@link Evaluation}, and is
 * found once over a context, or once in each step of the fold that it is in. Immutable.
 */
abstract class Node {
  private final int cell;
  private final long folds;

  /**
   * @param cell where its value stands
   * @param folds the folds, a bit for each depth, whose current item or accumulator it asks for
   */
  Node(int cell, long folds) {
    this.cell = cell;
    this.folds = folds;
  }

  int cell() {
    return cell;
  }

  long folds() {
    return folds;
  }

  /** Finds the value and puts it into its cell. Fails where there is none. */
  abstract void compute(Evaluation evaluation);

  static long foldsOf(Node... nodes) {
    long folds = 0;
    for (final Node node : nodes) {
      folds |= node.folds;
    }
    return folds;
  }
}
