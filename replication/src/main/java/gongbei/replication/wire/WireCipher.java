package gongbei.replication.wire;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The authenticated ciphers that seal datagrams; each with a nonce of 12 and a tag of 16 bytes. */
public enum WireCipher {
  /** AES-256 in GCM (NIST SP 800-38D), by the JDK. */
  AES_256_GCM(1, 32),

  /** SM4 (GB/T 32907) in GCM, as RFC 8998 uses it, by Bouncy Castle. */
  SM4_GCM(2, 16);

  private final int code;
  private final int keyBytes;

  WireCipher(int code, int keyBytes) {
    this.code = code;
    this.keyBytes = keyBytes;
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

  /** Makes the cipher of one sender's datagrams, for one thread and for one of both ways. */
  DatagramCipher newCipher(Way way, byte[] key) {
    return this == SM4_GCM ? new Sm4DatagramCipher(way, key) : new AesDatagramCipher(way, key);
  }

  /** What a cipher is made for. */
  enum Way {
    SEAL,
    OPEN
  }
}
