package gongbei.verifier.cli.revocation;

import gongbei.verifier.revocation.RevocationException;
import gongbei.verifier.revocation.RevocationList;
import gongbei.verifier.revocation.RevocationSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Inputs to the parsers of revocation lists, as they are published and as the log keeps them. */
public final class RevocationInputs {
  private static final long NOW = 1_650_000_000L;

  private RevocationInputs() {}

  /** Returns how many hashes a denylist has. */
  public static long hashesOfDenylist(byte[] list) throws RevocationException {
    final GatheredLists into = new GatheredLists("own");
    Denylist.take(list, into);
    return into.hashes();
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what);
    }
  }

  /** Reads something that may be refused by field, and nothing else. */
  private interface Reading {
    void read(GatheredLists into) throws RevocationException;
  }

  private static void take(Reading reading) {
    final GatheredLists into = new GatheredLists("eu");
    try {
      reading.read(into);
    } catch (RevocationException e) {
      require(!e.field().isEmpty() && !e.reason().isEmpty(), "a refusal says nothing");
      return;
    }
    try {
      long hashes = 0;
      for (final Map.Entry<String, byte[]> each : into.documents().entrySet()) {
        hashes += RevocationList.read(each.getKey(), each.getValue()).size();
      }
      require(hashes <= into.hashes(), "hashes come from nowhere");
      require(
          RevocationSet.of(into.documents(), RevocationSet.NONE).size() == hashes,
          "a set has other hashes than its lists");
    } catch (RevocationException e) {
      throw new IllegalStateException("what was read is not kept: " + e.getMessage(), e);
    }
  }

  /** A batch of the gateway, signed or not, or a list of batches. */
  public static void batch(byte[] input) {
    take(
        into -> {
          final GatewayBatches batches = new GatewayBatches(into, List.of(), NOW);
          batches.take("b", input);
          batches.end(true);
        });
  }

  public static List<byte[]> batches() throws IOException {
    return List.of(
        resource("batch.json"),
        resource("batch-ec.cms"),
        ascii(
            "{\"more\":false,\"batches\":[{\"batchId\":\"3f0c1d2e-0000-4000-8000-00000000000a\","
                + "\"country\":\"DE\",\"date\":\"2022-05-02T00:00:00Z\",\"deleted\":true}]}"));
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = RevocationInputs.class.getResourceAsStream("/revocations/" + name)) {
      return in.readAllBytes();
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** A list of keys and partitions, one a line. */
  public static void partition(byte[] input) {
    take(
        into -> {
          final PartitionedLists lists = new PartitionedLists(into, NOW);
          for (final byte[] slice : slices()) {
            lists.takeSlice(slice);
          }
          int start = 0;
          for (int i = 0; i <= input.length; i++) {
            if (i == input.length || input[i] == '\n') {
              lists.takeJson("line", Arrays.copyOfRange(input, start, i));
              start = i + 1;
            }
          }
          lists.end();
        });
  }

  public static List<byte[]> partitions() {
    return List.of(
        ascii(
            "[{\"kid\":\"yLHLNvSl428=\",\"mode\":\"VECTOR\",\"hashTypes\":[\"UCI\"]}]\n"
                + "[{\"kid\":\"yLHLNvSl428=\",\"id\":\"a\",\"chunks\":{\"b\":{\"2099-08-01T00:00:00Z\":"
                + "{\"type\":\"VARHASHLIST\",\"version\":\"1.0\",\"hash\":\""
                + GatheredLists.sha256(slices().get(0))
                + "\"}}}}]"));
  }

  /** A slice of a partition. */
  public static void slice(byte[] input) {
    for (final String prefix : List.of("a", "ff", "0bc")) {
      try {
        require(
            !PartitionedLists.entries("slice", input, prefix).isEmpty(), "a slice has no hashes");
      } catch (RevocationException e) {
        require(!e.field().isEmpty() && !e.reason().isEmpty(), "a refusal says nothing");
      }
    }
  }

  public static List<byte[]> slices() {
    return List.of(
        slice("abc00000000000000000000000000002"), slice("0000c000000000000000000000000002"));
  }

  private static byte[] slice(String hash) {
    final ByteBuffer slice = ByteBuffer.allocate(27);
    slice.putShort((short) 1).putFloat(1e-12f).putInt(1).put((byte) 16);
    return slice.put(HexFormat.of().parseHex(hash)).array();
  }

  /** An archive of slices, deflated. */
  public static void archive(byte[] input) {
    try {
      require(TarReader.files(input) != null, "there are no files");
    } catch (RevocationException e) {
      require(!e.field().isEmpty() && !e.reason().isEmpty(), "a refusal says nothing");
    }
  }

  public static List<byte[]> archives() {
    return List.of(
        RevocationReaderTest.archive("kid/null/a/x", slices().get(0)),
        RevocationReaderTest.archive("kid/null/a/y", new byte[0]));
  }

  /** A card revocation list. */
  public static void cards(byte[] input) {
    take(into -> CardLists.take(input, into));
  }

  public static List<byte[]> cardLists() {
    return List.of(
        ascii(
            "{\"kid\":\"3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s\",\"method\":\"rid\",\"ctr\":1,"
                + "\"rids\":[\"vwAjHdarZuc.1664492124\",\"FKDIxsTCGlU\"]}"));
  }

  /** A denylist. */
  public static void denied(byte[] input) {
    take(into -> Denylist.take(input, into));
  }

  public static List<byte[]> denylists() {
    return List.of(
        ascii(
            "{\"revoked\":[{\"code\":\"HC1:BB8\"},{\"identifier\":\"VB0009990012\"},"
                + "{\"signed\":\"00112233445566778899aabbccddeeff\"}]}"));
  }

  /** A list or a source as the log keeps it. */
  public static void kept(byte[] input) {
    try {
      final RevocationSet set =
          RevocationSet.of(Map.of("eu", input, "eu.a", input), RevocationSet.NONE);
      require(input.length == 0 && set.size() == 0, "a list is a source too");
    } catch (RevocationException e) {
      require(!e.field().isEmpty() && !e.reason().isEmpty(), "a refusal says nothing");
    }
    try {
      final RevocationList list = RevocationList.read("eu.a", input);
      require(list.size() > 0 && !list.scope().types().isEmpty(), "a list of nothing");
    } catch (RevocationException e) {
      require(e.getMessage().startsWith("eu.a: "), "a refusal names no list");
    }
  }

  public static List<byte[]> keptLists() throws RevocationException {
    final GatheredLists into = new GatheredLists("eu");
    CardLists.take(cardLists().get(0), into);
    return List.of(
        into.documents().values().iterator().next(),
        ascii("{\"format\":\"shc-crl\",\"importedAt\":1,\"expiresAt\":2}"));
  }
}
