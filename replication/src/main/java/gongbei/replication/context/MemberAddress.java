package gongbei.replication.context;

/**
 * A member of a cluster, and the UDP ports that it takes: a row of {@link #PORTS} from its base
 * port.
 *
 * @param id its place in the list of members, from 0
 * @param host a name or address that the other members and replicas reach it by
 * @param basePort the first of its ports
 */
public record MemberAddress(int id, String host, int basePort) {
  /** How many ports a member takes. */
  public static final int PORTS = 8;

  private static final int INGRESS = 0;
  private static final int CONSENSUS = 1;
  private static final int LOG = 2;
  private static final int CATCH_UP = 3;
  private static final int ARCHIVE = 4;
  private static final int REPLICATION = 5;
  private static final int BACKUP_CONSENSUS = 6;
  private static final int BACKUP_CATCH_UP = 7;

  String ingress() {
    return at(INGRESS);
  }

  public String consensus() {
    return at(CONSENSUS);
  }

  public String archive() {
    return at(ARCHIVE);
  }

  public String replication() {
    return at(REPLICATION);
  }

  public String backupConsensus() {
    return at(BACKUP_CONSENSUS);
  }

  public String backupCatchUp() {
    return at(BACKUP_CATCH_UP);
  }

  /** As Aeron Cluster lists a member. */
  String endpoints() {
    return id + "," + String.join(",", ingress(), consensus(), at(LOG), at(CATCH_UP), archive());
  }

  /** As Aeron Cluster lists a member that nobody needs to reach: any free ports. */
  String endpointsOfNone() {
    final String any = HostName.withPort(host, 0);
    return id + "," + String.join(",", any, any, any, any, any);
  }

  private String at(int port) {
    return HostName.withPort(host, basePort + port);
  }
}
