package gongbei.bench.faults;

import java.nio.file.Path;

/** A fault of a cluster that it has to outlive. */
interface FaultScenario {
  /**
   * Makes the fault and checks the cluster.
   *
   * @param directory empty, for the nodes' files
   * @return what there is to say of it
   */
  String run(Path directory) throws Exception;
}
