/**
 * Holds a server of the scanner protocol against its vectors and rules: {@link
 * gongbei.verifier.conformance.ScannerConformance}, the core of {@code gongbei device-test}.
 */
package gongbei.verifier.conformance;
