package gongbei.replication.context;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Writes a host beside its port: a name, an IPv4 address or an IPv6 address, which stands in
 * brackets there (RFC 3986 §3.2.2) and may have a zone ({@code fe80::1%eth0}, RFC 4007).
 */
public final class HostName {
  private static final Pattern LOOPBACK_4 = Pattern.compile("127([.][0-9]{1,3}){3}");

  private HostName() {}

  /** The host without the brackets that an IPv6 address may have been given in. */
  public static String bare(String host) {
    return host.startsWith("[") && host.endsWith("]") && isAddress6(host)
        ? host.substring(1, host.length() - 1)
        : host;
  }

  /** {@code host:port} or {@code [address]:port}. */
  public static String withPort(String host, int port) {
    final String bare = bare(host);
    return (isAddress6(bare) ? "[" + bare + "]" : bare) + ":" + port;
  }

  /** The same within a URL, where a zone's percent sign is escaped (RFC 6874). */
  public static String inUrl(String host, int port) {
    return withPort(host, port).replace("%", "%25");
  }

  /**
   * Whether that is this machine alone: {@code localhost}, 127.0.0.0/8 or ::1, however it is
   * written. No name is looked up.
   */
  public static boolean isLoopback(String host) {
    final String bare = bare(host).toLowerCase(Locale.ROOT);
    if (!isAddress6(bare)) {
      return bare.equals("localhost") || LOOPBACK_4.matcher(bare).matches();
    }
    try {
      return InetAddress.getByName(bare).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static boolean isAddress6(String host) {
    return host.indexOf(':') >= 0;
  }
}
