package gongbei.verifier.http.guard;

import java.util.Optional;

/**
 * What a request asks for.
 *
 * @param route the operation; empty for a page
 * @param parameter the parameter in its path; the empty text where it has none
 */
public record Target(Optional<Route> route, String parameter) {
  /** No operation. */
  public static final Target NONE = new Target(Optional.empty(), "");
}
