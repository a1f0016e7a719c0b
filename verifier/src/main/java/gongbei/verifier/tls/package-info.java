/**
 * TLS 1.3 for both servers: by the JDK, and by RFC 8998 with SM2 certificates. It knows Netty and
 * certificates, no protocol above. Start reading at {@link gongbei.verifier.tls.ServerTls} for what
 * is configured, and at {@link gongbei.verifier.tls.TlsEntry} for what a connection goes through.
 */
package gongbei.verifier.tls;
