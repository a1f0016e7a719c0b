package gongbei.verifier.cli.revocation;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.code.HealthCode;
import gongbei.verifier.revocation.RevocationException;
import gongbei.verifier.revocation.RevocationList;
import gongbei.verifier.revocation.RevocationList.Hash;
import gongbei.verifier.revocation.RevocationScope;
import gongbei.verifier.revocation.RevocationType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Reads a denylist of our own: {@code revoked}, an array of objects with one member each, {@code
 * code} (a foreign code's text), {@code signed} (the SHA-256 of what of a code is signed), {@code
 * identifier} (of a certificate) or {@code identifierHash} (its SHA-256). Hashes are hexadecimal,
 * whole or their first 128 bits.
 */
final class Denylist {
  private static final int HASH_DIGITS = 2 * RevocationList.HASH_BYTES;

  private Denylist() {}

  /** Takes one list. */
  static void take(byte[] file, GatheredLists into) throws RevocationException {
    final JsonNode revoked = ListJson.parse(file).path("revoked");
    if (!revoked.isArray()) {
      throw new RevocationException("", "revoked", "is not an array");
    }
    final Map<RevocationType, TreeMap<Hash, Long>> all = new EnumMap<>(RevocationType.class);
    for (int i = 0; i < revoked.size(); i++) {
      final String path = "revoked[" + i + "]";
      final JsonNode each = revoked.get(i);
      if (each.size() != 1) {
        throw new RevocationException("", path, "is not an object with one member");
      }
      final String field = each.fieldNames().next();
      final String value = ListJson.text(each, path + ".", field);
      final RevocationType type =
          field.startsWith("identifier") ? RevocationType.UCI : RevocationType.SIGNED;
      all.computeIfAbsent(type, none -> new TreeMap<>())
          .put(hash(path + "." + field, field, value), RevocationList.ANY_TIME);
    }
    for (final Map.Entry<RevocationType, TreeMap<Hash, Long>> each : all.entrySet()) {
      into.add(
          new RevocationScope(EnumSet.of(each.getKey()), "", OptionalLong.empty(), 0),
          each.getValue());
    }
  }

  private static Hash hash(String path, String field, String value) throws RevocationException {
    return switch (field) {
      case "code" -> ofCode(path, value);
      case "identifier" -> Hash.of(GatheredLists.digest(value.getBytes(StandardCharsets.UTF_8)), 0);
      case "signed", "identifierHash" -> ofDigits(path, value);
      default ->
          throw new RevocationException(
              "", path, "is none of code, signed, identifier, identifierHash");
    };
  }

  private static Hash ofCode(String path, String text) throws RevocationException {
    final HealthCode code = new HealthCode();
    final byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    if (!code.wrap(ascii, 0, ascii.length)) {
      throw new RevocationException(
          "", path, "is no code: " + code.field() + " " + code.explanation());
    }
    if (!code.format().isForeign()) {
      throw new RevocationException(
          "", path, "is a code of a region, which its holder's status revokes");
    }
    return Hash.of(
        GatheredLists.digest(Arrays.copyOf(code.signed().signed(), code.signed().signedLength())),
        0);
  }

  private static Hash ofDigits(String path, String digits) throws RevocationException {
    if (!digits.matches("[0-9a-f]{" + HASH_DIGITS + "}([0-9a-f]{" + HASH_DIGITS + "})?")) {
      throw new RevocationException("", path, "is not 32 or 64 hexadecimal digits");
    }
    return Hash.of(HexFormat.of().parseHex(digits), 0);
  }
}
