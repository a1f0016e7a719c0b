package gongbei.bench.setup;

import gongbei.codec.model.Colour;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.ground.Ground;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.ground.Signers;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.ground.GroundTableJson;
import java.io.IOException;
import java.net.URI;
import java.util.EnumSet;
import java.util.List;

/**
 * A table of grounds without ceilings, for loads that change holders who are known as fast as they
 * can: the table that is shipped would stop them after a thousand an hour. What lapses does so
 * after a year, so that data that is kept tells the same for as long. Appeals are granted by two
 * authorities.
 */
public final class OpenGrounds {
  /** The table. */
  public static final GroundTable TABLE =
      GroundTable.of(
          1,
          List.of(
              open(GroundTable.REGISTRY, Signers.ALL),
              open(GroundTable.LAB_RESULT, Signers.ALL),
              open(GroundTable.APPEAL, Signers.of(List.of(), true)),
              open(GroundTable.TRANSLATION, Signers.ALL)));

  private OpenGrounds() {}

  private static Ground open(int number, Signers signers) {
    return new Ground(
        number,
        GroundTable.DEFAULT.nameOf(number),
        EnumSet.allOf(Colour.class),
        new Ground.Term(Ground.MAX_LONGEST_MINUTES, true),
        signers,
        Ground.Ceiling.NONE);
  }

  /**
   * Puts it, which is one version of the log.
   *
   * @param authority the only one that the node knows
   * @throws IOException where the node does not take it
   */
  public static void put(URI node, SigningKey authority) throws IOException, InterruptedException {
    put(new AuthorityClient(node, authority));
  }

  /**
   * Puts it at a node that knows several authorities, of which two sign.
   *
   * @throws IOException where the node does not take it
   */
  public static void put(URI node, SigningKey authority, SigningKey second)
      throws IOException, InterruptedException {
    put(new AuthorityClient(node, authority).seconded(second));
  }

  private static void put(AuthorityClient client) throws IOException, InterruptedException {
    FirstChanges.put(
        client, "/v1/grounds", GroundTableJson.of(TABLE).toString(), "the table of grounds");
  }
}
