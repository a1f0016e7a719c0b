/**
 * What each operation does: resources read a request's JSON, ask the node's parts, and put a
 * response together. It knows guard and transport, and the parts of a node. Start reading at {@link
 * gongbei.verifier.http.api.Resources}, the list of operations.
 */
package gongbei.verifier.http.api;
