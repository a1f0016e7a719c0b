package gongbei.verifier.cli.revocation;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.code.CodeLimits;
import gongbei.verifier.revocation.RevocationException;
import gongbei.verifier.revocation.RevocationList;
import gongbei.verifier.revocation.RevocationList.Hash;
import gongbei.verifier.revocation.RevocationScope;
import gongbei.verifier.revocation.RevocationType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the card revocation lists of issuers of SMART Health Cards ({@code
 * /.well-known/crl/{kid}.json}): {@code kid}, {@code method}, {@code ctr} and {@code rids}, each an
 * identifier, or one with {@code .} and a time before which cards were issued.
 */
final class CardLists {
  private static final int THUMBPRINT_BYTES = 32;
  private static final Pattern RID =
      Pattern.compile(
          "([A-Za-z0-9_-]{1," + CodeLimits.MAX_RID_CHARACTERS + "})(?:\\.([0-9]{1,12}))?");

  private CardLists() {}

  /** Takes one list. */
  static void take(byte[] file, GatheredLists into) throws RevocationException {
    final JsonNode json = ListJson.parse(file);
    final long kid = kid(ListJson.text(json, "", "kid"));
    if (!ListJson.text(json, "", "method").equals("rid")) {
      throw new RevocationException("", "method", "is not rid, the only one that is known");
    }
    if (!json.path("ctr").isIntegralNumber() || json.path("ctr").longValue() < 1) {
      throw new RevocationException("", "ctr", "is not a whole number from 1");
    }
    if (!json.path("rids").isArray()) {
      throw new RevocationException("", "rids", "are not an array");
    }
    final TreeMap<Hash, Long> entries = new TreeMap<>();
    for (int i = 0; i < json.path("rids").size(); i++) {
      final Matcher rid = RID.matcher(json.path("rids").get(i).asText(""));
      if (!rid.matches()) {
        throw new RevocationException(
            "",
            "rids[" + i + "]",
            "is not 1 to 24 letters, digits, - and _, with . and a time or without");
      }
      final long time =
          rid.group(2) == null ? RevocationList.ANY_TIME : Long.parseLong(rid.group(2));
      entries.merge(hash(rid.group(1)), time, Math::max);
    }
    if (!entries.isEmpty()) {
      into.add(
          new RevocationScope(EnumSet.of(RevocationType.RID), "", OptionalLong.of(kid), 0),
          entries);
    }
  }

  private static Hash hash(String rid) {
    return Hash.of(GatheredLists.digest(rid.getBytes(StandardCharsets.US_ASCII)), 0);
  }

  private static long kid(String text) throws RevocationException {
    try {
      final byte[] kid = Base64.getUrlDecoder().decode(text);
      if (kid.length == THUMBPRINT_BYTES) {
        return ByteBuffer.wrap(kid).getLong();
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw new RevocationException("", "kid", "is not the thumbprint of a key, 43 characters");
  }
}
