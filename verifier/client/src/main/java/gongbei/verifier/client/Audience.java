package gongbei.verifier.client;

import gongbei.codec.model.Region;
import java.util.regex.Pattern;

/**
 * For whom a signed request is: one cluster of one region. What is signed for one is refused by
 * every other, so that nobody who was sent a change can pass it on.
 *
 * @param region the region
 * @param cluster the name that the region gives the cluster: 1 to 32 small letters, digits and
 *     hyphens
 */
public record Audience(Region region, String cluster) {
  /** The name of a cluster that was given none. */
  public static final String DEFAULT_CLUSTER = "main";

  /** The region of a node that was given none: a constant, as options of commands need one. */
  public static final String DEFAULT_REGION = "GD";

  private static final Pattern CLUSTER = Pattern.compile("[a-z0-9-]{1,32}");

  /** Guangdong's cluster, where it was given no name. */
  public static final Audience DEFAULT = of(DEFAULT_REGION, DEFAULT_CLUSTER);

  public Audience {
    if (!isCluster(cluster)) {
      throw new IllegalArgumentException(
          "cluster is not 1 to 32 small letters, digits and hyphens");
    }
  }

  /**
   * The audience of names as they are typed.
   *
   * @throws IllegalArgumentException when one of them is none; it names the field
   */
  public static Audience of(String region, String cluster) {
    return new Audience(
        Region.ofWireName(region)
            .orElseThrow(() -> new IllegalArgumentException("region is neither GD nor MO")),
        cluster);
  }

  /** Whether a cluster can be called that. */
  public static boolean isCluster(String name) {
    return CLUSTER.matcher(name).matches();
  }

  /** The {@code tag} of a signature (RFC 9421 §2.3) for them, as in {@code gongbei:GD:main}. */
  public String tag() {
    return "gongbei:" + region + ":" + cluster;
  }

  @Override
  public String toString() {
    return region + "/" + cluster;
  }
}
