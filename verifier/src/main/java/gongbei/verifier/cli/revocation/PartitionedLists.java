package gongbei.verifier.cli.revocation;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.verifier.revocation.RevocationException;
import gongbei.verifier.revocation.RevocationList;
import gongbei.verifier.revocation.RevocationList.Hash;
import gongbei.verifier.revocation.RevocationScope;
import gongbei.verifier.revocation.RevocationType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads the lists of the EU's revocation distribution service: the list of keys ({@code GET
 * /lists}), their partitions ({@code GET /lists/{kid}/partitions}) and the slices that the
 * partitions' chunks name by their SHA-256. Only slices of whole hashes are taken: a Bloom filter,
 * or hashes that were cut shorter, would revoke others too. For one thread.
 */
final class PartitionedLists {
  private static final String HASH_LIST = "VARHASHLIST";
  private static final String BLOOM_FILTER = "BLOOMFILTER";
  private static final int SLICE_VERSION = 1;
  private static final int SLICE_HEAD_BYTES = Short.BYTES + Float.BYTES + Integer.BYTES + 1;
  private static final Map<String, Integer> ID_DIGITS =
      Map.of("POINT", 0, "VECTOR", 1, "COORDINATE", 2);

  private final GatheredLists into;
  private final long now;
  private final Map<String, Key> keys = new HashMap<>();
  private final List<Partition> partitions = new ArrayList<>();
  private final Map<String, byte[]> slices = new HashMap<>();

  /** What the list of keys says of one. */
  private record Key(Set<RevocationType> types, OptionalLong kid, int idDigits) {}

  /** A partition, to be read when all files are there. */
  private record Partition(String source, JsonNode json) {}

  PartitionedLists(GatheredLists into, long now) {
    this.into = into;
    this.now = now;
  }

  /** Takes a JSON file: the list of keys, a partition or several. */
  void takeJson(String source, byte[] file) throws RevocationException {
    final JsonNode json = ListJson.parse(file);
    if (json.isObject() && json.has("chunks")) {
      partitions.add(new Partition(source, json));
      return;
    }
    if (!json.isArray()) {
      throw new RevocationException("", "JSON", "is neither a list of keys nor one of partitions");
    }
    for (int i = 0; i < json.size(); i++) {
      final JsonNode each = json.get(i);
      if (each.has("chunks")) {
        partitions.add(new Partition(source + "[" + i + "]", each));
      } else {
        takeKey("[" + i + "].", each);
      }
    }
  }

  private void takeKey(String path, JsonNode json) throws RevocationException {
    final String kid = ListJson.text(json, path, "kid");
    final String mode = ListJson.text(json, path, "mode");
    final Integer digits = ID_DIGITS.get(mode);
    if (digits == null) {
      throw new RevocationException("", path + "mode", "is none of POINT, VECTOR, COORDINATE");
    }
    final Set<RevocationType> types = EnumSet.noneOf(RevocationType.class);
    for (final JsonNode each : json.path("hashTypes")) {
      types.add(
          RevocationType.ofWireName(each.asText())
              .filter(type -> type != RevocationType.RID && type != RevocationType.SIGNED)
              .orElseThrow(
                  () ->
                      new RevocationException(
                          "",
                          path + "hashTypes",
                          "has other than UCI, COUNTRYCODEUCI, SIGNATURE")));
    }
    if (types.isEmpty()) {
      throw new RevocationException("", path + "hashTypes", "are no array that has one");
    }
    keys.put(kid, new Key(types, ListJson.kid(kid, path + "kid"), digits));
  }

  /** Takes a slice, which a chunk will name by its SHA-256. */
  void takeSlice(byte[] slice) {
    slices.put(GatheredLists.sha256(slice), slice);
  }

  /** Ends the import: reads the partitions, each slice of which must be there. */
  void end() throws RevocationException {
    if (keys.isEmpty()) {
      throw new RevocationException("", "lists", "are missing: no file is a list of keys");
    }
    final Set<String> seen = new HashSet<>();
    for (final Partition each : partitions) {
      try {
        takePartition(each.json());
      } catch (RevocationException e) {
        throw e.in(each.source());
      }
      seen.add(each.json().path("kid").asText());
    }
    for (final String kid : keys.keySet()) {
      if (!seen.contains(kid)) {
        throw new RevocationException("", "partitions", "of the key " + kid + " are missing");
      }
    }
  }

  private void takePartition(JsonNode json) throws RevocationException {
    final String kid = ListJson.text(json, "", "kid");
    final Key key = keys.get(kid);
    if (key == null) {
      throw new RevocationException("", "kid", "is " + kid + ", which the list of keys has not");
    }
    final JsonNode idNode = json.path("id");
    final String id =
        idNode.isNull() || idNode.isMissingNode() ? "" : ListJson.text(json, "", "id");
    if (!id.matches("[0-9a-f]{" + key.idDigits() + "}")) {
      throw new RevocationException(
          "",
          "id",
          "is not of " + key.idDigits() + " hexadecimal digits, as the key's mode has it");
    }
    if (!json.path("chunks").isObject()) {
      throw new RevocationException("", "chunks", "are not an object");
    }
    for (final Map.Entry<String, JsonNode> chunk : json.path("chunks").properties()) {
      if (!chunk.getKey().matches("[0-9a-f]")) {
        throw new RevocationException(
            "", "chunks." + chunk.getKey(), "is not named by a hexadecimal digit");
      }
      for (final Map.Entry<String, JsonNode> slice : chunk.getValue().properties()) {
        final String path = "chunks." + chunk.getKey() + "." + slice.getKey();
        takeSlice(path, slice, key, id + chunk.getKey());
      }
    }
  }

  private void takeSlice(String path, Map.Entry<String, JsonNode> slice, Key key, String prefix)
      throws RevocationException {
    final long expires = ListJson.time(slice.getKey(), path);
    final String type = ListJson.text(slice.getValue(), path + ".", "type");
    if (type.equals(BLOOM_FILTER)) {
      throw new RevocationException(
          "",
          path + ".type",
          "is a Bloom filter, which would revoke others too: only " + HASH_LIST);
    }
    if (!type.equals(HASH_LIST)) {
      throw new RevocationException("", path + ".type", "is not " + HASH_LIST);
    }
    final byte[] bytes = slices.get(ListJson.text(slice.getValue(), path + ".", "hash"));
    if (bytes == null) {
      throw new RevocationException("", path + ".hash", "is that of no slice that is there");
    }
    final SortedMap<Hash, Long> entries = entries(path, bytes, prefix);
    if (expires <= now) {
      into.passOver();
      return;
    }
    into.add(new RevocationScope(key.types(), "", key.kid(), expires), entries);
  }

  /** Reads a slice: version, a rate of no use here, the number of hashes, their length, hashes. */
  static SortedMap<Hash, Long> entries(String path, byte[] slice, String prefix)
      throws RevocationException {
    if (slice.length < SLICE_HEAD_BYTES) {
      throw new RevocationException("", path, "is a slice that is cut short");
    }
    final ByteBuffer bytes = ByteBuffer.wrap(slice);
    final int version = bytes.getShort();
    final float unused = bytes.getFloat();
    final int count = bytes.getInt();
    final int length = bytes.get();
    if (version != SLICE_VERSION) {
      throw new RevocationException(
          "", path + ".version", "is " + version + ", not " + SLICE_VERSION);
    }
    if (length != RevocationList.HASH_BYTES) {
      throw new RevocationException(
          "",
          path,
          "has hashes cut to " + length + " bytes, which would revoke others too: only 16");
    }
    if (count < 1 || bytes.remaining() != (long) count * length) {
      throw new RevocationException("", path, "has not the " + count + " hashes that it says");
    }
    final SortedMap<Hash, Long> entries = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      final byte[] hash = new byte[length];
      bytes.get(hash);
      if (prefix.charAt(0) == 'f') {
        restoreOnes(hash);
      }
      if (!HexFormat.of().formatHex(hash).startsWith(prefix)) {
        throw new RevocationException(
            "",
            path + ".hashes[" + i + "]",
            "does not begin with " + prefix + ", as its place has it");
      }
      entries.put(Hash.of(hash, 0), RevocationList.ANY_TIME);
    }
    return entries;
  }

  /**
   * Restores the ones that a hash begins with. The publisher writes hashes as signed numbers: of
   * one below zero it drops the leading bytes of ones, and fills up with zeros.
   */
  private static void restoreOnes(byte[] hash) {
    for (int i = 0; i < hash.length && hash[i] == 0; i++) {
      hash[i] = (byte) 0xFF;
    }
  }
}
