package gongbei.replication.wire;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** The authenticated ciphers that seal datagrams; each with a nonce of 12 and a tag of 16 bytes. */
public enum WireCipher {
  /** AES-256 in GCM (NIST SP 800-38D), by the JDK. */
  AES_256_GCM(1, 32, "AES", "AES/GCM/NoPadding"),

  /** SM4 (GB/T 32907) in GCM, as RFC 8998 uses it, by Bouncy Castle. */
  SM4_GCM(2, 16, "SM4", "SM4/GCM/NoPadding");

  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

  private final int code;
  private final int keyBytes;
  private final String algorithm;
  private final String transformation;

  WireCipher(int code, int keyBytes, String algorithm, String transformation) {
    this.code = code;
    this.keyBytes = keyBytes;
    this.algorithm = algorithm;
    this.transformation = transformation;
  }

  /** The name in configuration, such as {@code aes-256-gcm}. */
  public String configName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The cipher of a name in configuration; empty where there is none. */
  public static Optional<WireCipher> named(String name) {
    return Arrays.stream(values()).filter(cipher -> cipher.configName().equals(name)).findFirst();
  }

  /** The names of all, as a person reads them. */
  public static String configNames() {
    return Arrays.stream(values()).map(WireCipher::configName).collect(Collectors.joining(", "));
  }

  int code() {
    return code;
  }

  int keyBytes() {
    return keyBytes;
  }

  String algorithm() {
    return algorithm;
  }

  Cipher newCipher() {
    try {
      return this == SM4_GCM
          ? Cipher.getInstance(transformation, BOUNCY_CASTLE)
          : Cipher.getInstance(transformation);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(transformation + " is not available", e);
    }
  }
}
