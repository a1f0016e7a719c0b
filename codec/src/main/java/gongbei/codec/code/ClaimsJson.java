package gongbei.codec.code;

import static gongbei.codec.code.HealthCode.ABSENT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import gongbei.codec.cbor.CborReader;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Venue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The claims of a decoded code as JSON, for people and tools; not for the scan path. Times are
 * numbers as in the CWT; byte strings are hexadecimal in Gongbei's own claims and base64url
 * elsewhere (RFC 8949 §6.1).
 */
public final class ClaimsJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final ObjectMapper JSON = new ObjectMapper();

  private ClaimsJson() {}

  /** The claims of a code that {@link HealthCode#wrap} has found well-formed. */
  public static ObjectNode of(HealthCode code) {
    final ObjectNode claims = NODES.objectNode();
    putText(claims, "iss", code.cwt().issuer());
    putNumber(claims, "iat", code.cwt().issuedAtEpochSeconds());
    putNumber(claims, "nbf", code.cwt().notBeforeEpochSeconds());
    putNumber(claims, "exp", code.cwt().expiresAtEpochSeconds());
    switch (code.format()) {
      case HC1 -> {
        claims.put("kind", code.hcert().kind().wireName());
        return claims.set(
            "hcert", item(new CborReader().wrap(code.buffer(), code.hcert().offset()), code));
      }
      case VDS -> {
        return claims.set("data", json(code.signed().signed(), 0, code.signed().signedLength()));
      }
      case SHC -> {
        return claims.set("vc", json(code.buffer(), code.card().credentialOffset(), -1));
      }
      default -> {
        return ofRegion(code, claims);
      }
    }
  }

  /** JSON that has been found valid; to the end of its value where no length is given. */
  private static JsonNode json(byte[] buffer, int offset, int length) {
    try {
      return JSON.readTree(buffer, offset, length < 0 ? buffer.length - offset : length);
    } catch (IOException e) {
      throw new UncheckedIOException("JSON that was found valid is not", e);
    }
  }

  private static ObjectNode ofRegion(HealthCode code, ObjectNode claims) {
    claims.put("subject", hex(code, code.region().subjectOffset(), CodeLimits.SUBJECT_BYTES));
    claims.put("kind", code.region().kind().wireName());
    claims.put("colour", code.region().colour().wireName());
    claims.put("result", code.region().result().wireName());
    putNumber(claims, "sampleEpochMinutes", code.region().sampleEpochMinutes());
    claims.put("doses", code.region().doses());
    claims.put("serial", hex(code, code.region().serialOffset(), CodeLimits.SERIAL_BYTES));
    putText(claims, "origin", code.region().origin());
    putNumber(claims, "groupSize", code.region().groupSize());
    if (code.region().groupDigestOffset() != ABSENT) {
      claims.put(
          "groupDigest",
          hex(code, code.region().groupDigestOffset(), CodeLimits.GROUP_DIGEST_BYTES));
    }
    if (code.region().kind() == CodeKind.VENUE) {
      putVenue(claims, code.region().venue().venue());
    }
    return claims;
  }

  private static void putVenue(ObjectNode claims, Venue venue) {
    claims.put("checkpoint", venue.checkpoint());
    claims.put("place", venue.place());
    claims.put("ruleset", venue.ruleset());
    claims.put("form", venue.form().wireName());
    claims.put("asksForPin", venue.pinDigest().isPresent());
  }

  private static void putText(ObjectNode claims, String name, String value) {
    if (value != null) {
      claims.put(name, value);
    }
  }

  private static void putNumber(ObjectNode claims, String name, long value) {
    if (value != ABSENT) {
      claims.put(name, value);
    }
  }

  private static String hex(HealthCode code, int offset, int length) {
    return HexFormat.of().formatHex(code.buffer(), offset, offset + length);
  }

  private static JsonNode item(CborReader reader, HealthCode code) {
    final int start = reader.position();
    final long integer = reader.integer();
    if (integer != CborReader.NO_INTEGER) {
      return LongNode.valueOf(integer);
    }
    reader.position(start);
    reader.nextUntagged();
    return switch (reader.major()) {
      case CborReader.UNSIGNED, CborReader.NEGATIVE -> integer(reader);
      case CborReader.BYTES ->
          TextNode.valueOf(
              Base64.getUrlEncoder().withoutPadding().encodeToString(string(reader, code)));
      case CborReader.TEXT ->
          TextNode.valueOf(new String(string(reader, code), StandardCharsets.UTF_8));
      case CborReader.ARRAY -> {
        final ArrayNode array = NODES.arrayNode();
        for (long left = reader.count(); reader.hasMore(left); left--) {
          array.add(item(reader, code));
        }
        yield array;
      }
      case CborReader.MAP -> {
        final ObjectNode map = NODES.objectNode();
        for (long left = reader.count(); reader.hasMore(left); left--) {
          final JsonNode key = item(reader, code);
          map.set(key.isTextual() ? key.textValue() : key.toString(), item(reader, code));
        }
        yield map;
      }
      default -> simple(reader);
    };
  }

  private static JsonNode integer(CborReader reader) {
    if (reader.isInt()) {
      return LongNode.valueOf(reader.intValue());
    }
    final BigInteger argument = new BigInteger(Long.toUnsignedString(reader.argument()));
    return BigIntegerNode.valueOf(
        reader.major() == CborReader.UNSIGNED ? argument : argument.not());
  }

  private static JsonNode simple(CborReader reader) {
    if (reader.isFloat()) {
      final double value = reader.floatValue();
      return Double.isFinite(value) ? DoubleNode.valueOf(value) : NullNode.instance;
    }
    if (reader.argument() == CborReader.TRUE || reader.argument() == CborReader.FALSE) {
      return BooleanNode.valueOf(reader.argument() == CborReader.TRUE);
    }
    return NullNode.instance;
  }

  private static byte[] string(CborReader reader, HealthCode code) {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (reader.isIndefinite()) {
      while (reader.hasMore(-1)) {
        append(reader.next(), code, bytes);
      }
    } else {
      append(reader, code, bytes);
    }
    return bytes.toByteArray();
  }

  private static void append(CborReader reader, HealthCode code, ByteArrayOutputStream bytes) {
    bytes.write(code.buffer(), reader.position(), (int) reader.argument());
    reader.position(reader.position() + (int) reader.argument());
  }
}
