package gongbei.verifier.http.guard;

/**
 * What a request asks for.
 *
 * @param route the operation; null for a page
 * @param parameter the parameter in its path, or null
 */
public record Target(Route route, String parameter) {
  /** No operation. */
  public static final Target NONE = new Target(null, null);
}
