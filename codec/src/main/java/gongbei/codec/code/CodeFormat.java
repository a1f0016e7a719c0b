package gongbei.codec.code;

import gongbei.codec.model.Region;
import java.util.Optional;

/** The formats of health code that Gongbei reads, told apart by the prefix of their text. */
public enum CodeFormat {
  /** Guangdong's code (粤康码): uncompressed, deterministic CBOR, SM2. */
  GD1("GD1:", Optional.of(Region.GUANGDONG)),
  /** Macau's code (澳門健康碼): uncompressed, deterministic CBOR, ES256. */
  MO1("MO1:", Optional.of(Region.MACAU)),
  /** The EU Digital COVID Certificate and WHO GDHCN: zlib, claim -260, ECDSA or PS256. */
  HC1("HC1:", Optional.empty()),
  /** ICAO's visible digital seal (VDS-NC): JSON, canonical by RFC 8785, its certificate in it. */
  VDS("{", Optional.empty()),
  /** A SMART Health Card: digits of a JWS (RFC 7515), ES256, raw DEFLATE, JSON of FHIR. */
  SHC("shc:/", Optional.empty());

  /** The length of the prefixes of those formats that are Base45, in characters. */
  public static final int PREFIX_LENGTH = 4;

  private final String prefix;
  private final int prefixWord;
  private final Optional<Region> region;
  private final String issuer;

  CodeFormat(String prefix, Optional<Region> region) {
    this.prefix = prefix;
    this.prefixWord =
        prefix.length() == PREFIX_LENGTH
            ? word(prefix.charAt(0), prefix.charAt(1), prefix.charAt(2), prefix.charAt(3))
            : 0;
    this.region = region;
    this.issuer = region.map(Region::wireName).orElse(null);
  }

  /** The characters that open a code's text, of those before Base45 the colon included. */
  public String prefix() {
    return prefix;
  }

  /** The only {@code iss} that a code of this format may carry, or null where any country may. */
  public String issuer() {
    return issuer;
  }

  /** The region that alone issues codes of this format; empty where any country may. */
  public Optional<Region> region() {
    return region;
  }

  /** Whether its holders are in no region's map, and what it says of them itself counts. */
  public boolean isForeign() {
    return region.isEmpty();
  }

  /** The format of the codes that a region issues. */
  public static CodeFormat of(Region region) {
    return switch (region) {
      case GUANGDONG -> GD1;
      case MACAU -> MO1;
    };
  }

  /** Whether one of this format's codes may be signed so. */
  public boolean permits(SignatureAlgorithm algorithm) {
    return switch (this) {
      case GD1 -> algorithm == SignatureAlgorithm.SM2;
      case MO1 -> algorithm == SignatureAlgorithm.ES256;
      case HC1 -> algorithm.isEcdsa() || algorithm == SignatureAlgorithm.PS256;
      case VDS -> algorithm.isEcdsa();
      case SHC -> algorithm == SignatureAlgorithm.ES256;
    };
  }

  /** Whether the CBOR is in RFC 8949 §4.2 deterministic encoding and nothing is compressed. */
  public boolean isDeterministic() {
    return !isForeign();
  }

  /** The format whose prefix opens the text, or null where none does. */
  public static CodeFormat ofPrefix(byte[] text, int offset, int length) {
    if (length > 0 && text[offset] == '{') {
      return VDS;
    }
    if (length < PREFIX_LENGTH) {
      return null;
    }
    if (isHealthCard(text, offset, length)) {
      return SHC;
    }
    final int word = word(text[offset], text[offset + 1], text[offset + 2], text[offset + 3]);
    if (word == GD1.prefixWord) {
      return GD1;
    }
    if (word == MO1.prefixWord) {
      return MO1;
    }
    return word == HC1.prefixWord ? HC1 : null;
  }

  /** A scheme's letters are small or capital (RFC 3986 §3.1); those of a JWS are as they are. */
  private static boolean isHealthCard(byte[] text, int offset, int length) {
    return isHealthCardPrefix(text, offset, length)
        || (text[offset] == 'e' && text[offset + 1] == 'y' && text[offset + 2] == 'J');
  }

  /** Whether the text begins with {@code shc:/}, its letters small or capital. */
  static boolean isHealthCardPrefix(byte[] text, int offset, int length) {
    final String prefix = SHC.prefix;
    boolean isPrefix = length >= prefix.length();
    for (int i = 0; isPrefix && i < prefix.length(); i++) {
      final int character = text[offset + i];
      final boolean isCapital = character >= 'A' && character <= 'Z';
      isPrefix = (isCapital ? character + 0x20 : character) == prefix.charAt(i);
    }
    return isPrefix;
  }

  private static int word(int first, int second, int third, int fourth) {
    return ((first & 0xFF) << 24)
        | ((second & 0xFF) << 16)
        | ((third & 0xFF) << 8)
        | (fourth & 0xFF);
  }
}
