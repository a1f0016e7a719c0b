package gongbei.bench.peer;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A decoded {@code GD1:} or {@code MO1:} code: Base45, COSE_Sign1, CWT.
 *
 * @param prefix the format
 * @param kid the issuer's key
 * @param signed COSE's Sig_structure (RFC 9052 §4.4)
 * @param signature raw r‖s
 * @param subject the holder, 16 bytes
 * @param issuedAt seconds since 1970
 * @param expiresAt seconds since 1970
 */
record Code(
    String prefix,
    long kid,
    byte[] signed,
    byte[] signature,
    byte[] subject,
    long issuedAt,
    long expiresAt) {
  private static final CBORFactory CBOR = new CBORFactory();
  private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  private static final byte[] VALUES = new byte[128];
  private static final int PREFIX_CHARACTERS = 4;
  private static final int KID_BYTES = 8;
  private static final byte[] NOTHING = {};

  static {
    Arrays.fill(VALUES, (byte) -1);
    for (int i = 0; i < ALPHABET.length(); i++) {
      VALUES[ALPHABET.charAt(i)] = (byte) i;
    }
  }

  /**
   * @throws IOException where it is not well-formed
   */
  static Code decode(String text) throws IOException {
    if (!text.startsWith("GD1:") && !text.startsWith("MO1:")) {
      throw new IOException("prefix");
    }
    final byte[] cose = base45(text);
    byte[] header = null;
    byte[] payload = null;
    byte[] signature = null;
    try (CBORParser parser = CBOR.createParser(cose)) {
      require(parser.nextToken() == JsonToken.START_ARRAY);
      parser.nextToken();
      header = parser.getBinaryValue();
      require(parser.nextToken() == JsonToken.START_OBJECT);
      parser.skipChildren();
      parser.nextToken();
      payload = parser.getBinaryValue();
      parser.nextToken();
      signature = parser.getBinaryValue();
      require(parser.nextToken() == JsonToken.END_ARRAY && signature.length == 64);
    }
    return claims(text.substring(0, PREFIX_CHARACTERS), header, payload, signature);
  }

  private static Code claims(String prefix, byte[] header, byte[] payload, byte[] signature)
      throws IOException {
    byte[] subject = null;
    long issuedAt = 0;
    long expiresAt = 0;
    try (CBORParser parser = CBOR.createParser(payload)) {
      require(parser.nextToken() == JsonToken.START_OBJECT);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        final String claim = parser.currentName();
        parser.nextToken();
        switch (claim) {
          case "4" -> expiresAt = parser.getLongValue();
          case "6" -> issuedAt = parser.getLongValue();
          case "-65537" -> subject = subject(parser);
          default -> parser.skipChildren();
        }
      }
    }
    require(subject != null && expiresAt > 0);
    return new Code(
        prefix, kid(header), toBeSigned(header, payload), signature, subject, issuedAt, expiresAt);
  }

  private static byte[] subject(CBORParser parser) throws IOException {
    byte[] subject = null;
    require(parser.currentToken() == JsonToken.START_OBJECT);
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      final String claim = parser.currentName();
      parser.nextToken();
      if (claim.equals("1")) {
        subject = parser.getBinaryValue();
      } else {
        parser.skipChildren();
      }
    }
    return subject;
  }

  private static long kid(byte[] header) throws IOException {
    try (CBORParser parser = CBOR.createParser(header)) {
      require(parser.nextToken() == JsonToken.START_OBJECT);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        final String name = parser.currentName();
        parser.nextToken();
        if (name.equals("4")) {
          final byte[] kid = parser.getBinaryValue();
          require(kid.length == KID_BYTES);
          return java.nio.ByteBuffer.wrap(kid).getLong();
        }
      }
    }
    throw new IOException("kid");
  }

  static byte[] toBeSigned(byte[] header, byte[] payload) throws IOException {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream(payload.length + 64);
    try (CBORGenerator cbor = CBOR.createGenerator(bytes)) {
      cbor.writeStartArray(null, 4);
      cbor.writeString("Signature1");
      cbor.writeBinary(header);
      cbor.writeBinary(NOTHING);
      cbor.writeBinary(payload);
      cbor.writeEndArray();
    }
    return bytes.toByteArray();
  }

  /** RFC 9285. */
  private static byte[] base45(String text) throws IOException {
    final byte[] characters = text.getBytes(StandardCharsets.ISO_8859_1);
    final int length = characters.length - PREFIX_CHARACTERS;
    require(length % 3 != 1);
    final byte[] decoded = new byte[length / 3 * 2 + (length % 3) / 2];
    int at = 0;
    for (int i = PREFIX_CHARACTERS; i < characters.length; i += 3) {
      final boolean isWhole = i + 2 < characters.length;
      int value = value(characters[i]) + 45 * value(characters[i + 1]);
      if (isWhole) {
        value += 2025 * value(characters[i + 2]);
        require(value < 1 << 16);
        decoded[at++] = (byte) (value >> 8);
      } else {
        require(value < 1 << 8);
      }
      decoded[at++] = (byte) value;
    }
    return decoded;
  }

  private static int value(byte character) throws IOException {
    final int value = character < 0 ? -1 : VALUES[character];
    require(value >= 0);
    return value;
  }

  private static void require(boolean holds) throws IOException {
    if (!holds) {
      throw new JsonParseException(null, "not well-formed");
    }
  }
}
