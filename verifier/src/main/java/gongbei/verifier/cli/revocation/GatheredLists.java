package gongbei.verifier.cli.revocation;

import gongbei.verifier.revocation.RevocationList;
import gongbei.verifier.revocation.RevocationList.Hash;
import gongbei.verifier.revocation.RevocationScope;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The lists that an import has read, as the log will keep them. A list that publishers number is
 * named by its number; others by their content, so that one that is the same has the same name and
 * a changed one stands beside the one before until that is withdrawn.
 */
final class GatheredLists {
  private static final int NAME_DIGITS = 32;

  private final String source;
  private final Map<String, byte[]> documents = new LinkedHashMap<>();
  private final Set<String> withdrawn = new TreeSet<>();
  private long hashes;
  private long expired;

  /**
   * @param source the name of where they come from
   */
  GatheredLists(String source) {
    this.source = source;
  }

  /** Adds a list under its publisher's number. */
  void add(String number, RevocationScope scope, SortedMap<Hash, Long> entries) {
    final List<byte[]> parts = parts(scope, entries);
    for (int i = 0; i < parts.size(); i++) {
      documents.put(source + "." + number + (i == 0 ? "" : "-" + i), parts.get(i));
    }
  }

  /** Adds a list that is named by its content. */
  void add(RevocationScope scope, SortedMap<Hash, Long> entries) {
    for (final byte[] part : parts(scope, entries)) {
      documents.put(source + "." + sha256(part).substring(0, NAME_DIGITS), part);
    }
  }

  private List<byte[]> parts(RevocationScope scope, SortedMap<Hash, Long> entries) {
    hashes += entries.size();
    final boolean withTimes =
        entries.values().stream().anyMatch(time -> time != RevocationList.ANY_TIME);
    final int most = RevocationList.maxEntries(withTimes);
    final List<byte[]> parts = new ArrayList<>();
    SortedMap<Hash, Long> part = new TreeMap<>();
    for (final Map.Entry<Hash, Long> entry : entries.entrySet()) {
      if (part.size() == most) {
        parts.add(RevocationList.write(scope, part));
        part = new TreeMap<>();
      }
      part.put(entry.getKey(), entry.getValue());
    }
    if (!part.isEmpty()) {
      parts.add(RevocationList.write(scope, part));
    }
    return parts;
  }

  /** Returns the hexadecimal digits of the SHA-256 of bytes. */
  static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest(bytes));
  }

  /** Returns the SHA-256 of bytes. */
  static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /** Notes that the publisher has withdrawn the list of that number. */
  void withdraw(String number) {
    withdrawn.add(source + "." + number);
  }

  /** Notes that a list is over and not taken. */
  void passOver() {
    expired++;
  }

  /** The lists by name. */
  Map<String, byte[]> documents() {
    return documents;
  }

  /** The names of lists that the publisher has withdrawn. */
  Set<String> withdrawn() {
    return withdrawn;
  }

  /** How many hashes there are. */
  long hashes() {
    return hashes;
  }

  /** How many lists were over when they were read. */
  long expired() {
    return expired;
  }
}
