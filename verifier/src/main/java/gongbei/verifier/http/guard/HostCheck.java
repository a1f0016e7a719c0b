package gongbei.verifier.http.guard;

import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.RequestHead;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.NetUtil;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Sees that a request was meant for this node and not sent by another site's page. A browser that
 * has looked a stranger's name up anew, and found this node's address (DNS rebinding), still sends
 * that name in Host; and the page's own in Origin. For any thread.
 */
public final class HostCheck {
  private static final String LOCALHOST = "localhost";
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final boolean isStrict;
  private final Set<String> names;

  /** The Host that was seen to be known last: nearly all requests of a node have the same. */
  private volatile String lastKnown;

  /**
   * @param isStrict whether Host must be an address, localhost or one of the names: where nobody
   *     shows a key, so that the name is all there is
   * @param names by which the node, or what stands before it, is known
   */
  public HostCheck(boolean isStrict, Set<String> names) {
    this.isStrict = isStrict;
    this.names =
        Stream.concat(Stream.of(LOCALHOST), names.stream())
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  /** Why a request is refused, or null. */
  public Problem fault(RequestHead head) {
    final String host = head.host();
    final String asked = authorityOf(head.request().uri());
    if (isStrict && !(isKnown(host) && isKnown(asked))) {
      return Problem.ofHeader(
          421,
          "wrong-host",
          "Host",
          "is not a name of this node: use an address, localhost or one of access.hosts");
    }
    if (!head.hasOrigin()) {
      return null;
    }
    for (final String origin : head.headers().getAll(HttpHeaderNames.ORIGIN)) {
      if (!isOwn(origin, asked == null ? host : asked)) {
        return Problem.ofHeader(403, "foreign-origin", "Origin", "is not this node's own");
      }
    }
    return null;
  }

  /** Whether there is no authority, as in HTTP/1.0, or one of this node. */
  private boolean isKnown(String authority) {
    if (authority == null || authority.equals(lastKnown)) {
      return true;
    }
    final String name = nameOf(authority);
    if (!names.contains(name)
        && !NetUtil.isValidIpV4Address(name)
        && !(name.startsWith("[") && NetUtil.isValidIpV6Address(name))) {
      return false;
    }
    lastKnown = authority;
    return true;
  }

  private boolean isOwn(String origin, String authority) {
    final int start = origin.indexOf("://");
    if (start < 0 || authority == null) {
      return false;
    }
    final String from = origin.substring(start + 3);
    final int port = origin.startsWith("https:") ? HTTPS_PORT : HTTP_PORT;
    final String name = nameOf(from);
    return (name.equals(nameOf(authority)) && portOf(from, port) == portOf(authority, port))
        || (!name.equals(LOCALHOST) && names.contains(name));
  }

  /** The authority of a request target in absolute form (RFC 9112 §3.2.2), or null. */
  private static String authorityOf(String target) {
    if (!target.startsWith("http://") && !target.startsWith("https://")) {
      return null;
    }
    final int start = target.indexOf("//") + 2;
    int end = start;
    while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
      end++;
    }
    return target.substring(start, end);
  }

  /** The name or address of an authority, in lower case, without its port and a last dot. */
  private static String nameOf(String authority) {
    final int port = portAt(authority);
    final String name = (port < 0 ? authority : authority.substring(0, port)).strip();
    return (name.endsWith(".") ? name.substring(0, name.length() - 1) : name)
        .toLowerCase(Locale.ROOT);
  }

  private static int portOf(String authority, int preset) {
    final int port = portAt(authority);
    try {
      return port < 0 ? preset : Integer.parseInt(authority.substring(port + 1).strip());
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static int portAt(String authority) {
    final int colon = authority.lastIndexOf(':');
    return colon > authority.lastIndexOf(']') ? colon : -1;
  }
}
