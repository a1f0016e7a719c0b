package gongbei.verifier.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;

/**
 * TLS 1.3 of one server (RFC 8446). Files are PEM (RFC 7468) and are read again when they change.
 *
 * @param certificateFile the server's certificate and then those between it and its authority
 * @param keyFile its private key, PKCS#8, unencrypted
 * @param clientCaDirectory certificates of the authorities that sign clients' certificates, {@code
 *     *.pem}; null (default) asks clients for none
 * @param clientCertificate whether a client must have one; default {@link
 *     ClientCertificate#REQUIRED}
 * @param revokedFile serial numbers of clients' certificates, or of those between them and their
 *     authorities, that count no more, one a line in hexadecimal; null (default) revokes none
 * @param suites what ciphers are spoken; default {@link Suites#STANDARD}
 * @param handshakeThreads the threads that do what handshakes cost, beside the server's event
 *     loops; default a quarter as many as there are cores, 1 or more
 */
public record TlsConfig(
    Path certificateFile,
    Path keyFile,
    Path clientCaDirectory,
    ClientCertificate clientCertificate,
    Path revokedFile,
    Suites suites,
    Integer handshakeThreads) {
  public TlsConfig {
    if (certificateFile == null) {
      throw new IllegalArgumentException("certificateFile is missing");
    }
    if (keyFile == null) {
      throw new IllegalArgumentException("keyFile is missing");
    }
    if (clientCertificate != null && clientCaDirectory == null) {
      throw new IllegalArgumentException(
          "clientCaDirectory is missing, by which clientCertificate is judged");
    }
    if (revokedFile != null && clientCaDirectory == null) {
      throw new IllegalArgumentException(
          "clientCaDirectory is missing, whose certificates revokedFile revokes");
    }
    clientCertificate = clientCertificate == null ? ClientCertificate.REQUIRED : clientCertificate;
    suites = suites == null ? Suites.STANDARD : suites;
    handshakeThreads =
        handshakeThreads == null ? ThreadCounts.handshakeThreads() : handshakeThreads;
    NodeConfig.requireRange("handshakeThreads", handshakeThreads, 1, Limits.MAX_SERVER_THREADS);
  }

  TlsConfig resolvedAgainst(Path base) {
    return new TlsConfig(
        NodeConfig.resolve(base, certificateFile),
        NodeConfig.resolve(base, keyFile),
        NodeConfig.resolve(base, clientCaDirectory),
        clientCaDirectory == null ? null : clientCertificate,
        NodeConfig.resolve(base, revokedFile),
        suites,
        handshakeThreads);
  }

  /** Whether a client must show a certificate where they are asked for one. */
  public enum ClientCertificate {
    /** Who has none is not let in. */
    @JsonProperty("required")
    REQUIRED,
    /** Who has none may show a key instead. */
    @JsonProperty("optional")
    OPTIONAL
  }

  /** The cipher suites and curves of a server. */
  public enum Suites {
    /** Those of the JDK for TLS 1.3: AES-GCM and ChaCha20-Poly1305. */
    @JsonProperty("standard")
    STANDARD,
    /** RFC 8998 alone: TLS_SM4_GCM_SM3 on curveSM2, signed by SM2 with SM3. */
    @JsonProperty("sm")
    SM
  }
}
