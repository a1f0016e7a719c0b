/**
 * Checks a server of the scanner protocol against its vectors and rules: {@link
 * gongbei.verifier.conformance.ScannerConformance}, the core of {@code gongbei device-test}, is
 * where to start reading. It may know the protocol and TLS, and encodes frames by itself, so that
 * it can send wrong ones.
 */
package gongbei.verifier.conformance;
