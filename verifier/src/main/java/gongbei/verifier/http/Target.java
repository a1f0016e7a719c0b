package gongbei.verifier.http;

/**
 * What a request asks for.
 *
 * @param route the operation; null for a page
 * @param parameter the parameter in its path, or null
 */
record Target(Route route, String parameter) {
  /** No operation. */
  static final Target NONE = new Target(null, null);
}
