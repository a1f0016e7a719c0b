/** Encrypts a client's connections by TLS 1.3, with the JDK's suites or those of RFC 8998. */
package gongbei.verifier.client.tls;
