package gongbei.verifier.http.transport;

import gongbei.verifier.access.Caller;
import gongbei.verifier.tls.TlsPeer;
import java.net.InetAddress;
import java.util.Optional;

/**
 * What a connection asks about a request, in this order: whether it has a fault, who asks, and
 * whether they are admitted. An admitted request is answered by its {@link Admission}. For any
 * thread.
 */
public interface RequestHandler {
  /** Finds the fault for which a request is refused before anything else is read; or null. */
  Problem faultOf(RequestHead head);

  /** Names a connection's client before they show a key. */
  Caller callerOf(InetAddress address, Optional<TlsPeer> peer);

  /** Finds who asks and for what, checks that they may, and counts it against their rate. */
  Admission admit(Caller client, RequestHead head);
}
