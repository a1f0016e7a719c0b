/**
 * Who asks, and the roles that they have: API keys, certificates, addresses. It knows TLS peers, no
 * protocol. Start reading at {@link gongbei.verifier.access.Caller}.
 */
package gongbei.verifier.access;
