package gongbei.codec.transparency;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the tree to the vectors of certificate-transparency's reference tests (RFC 6962). */
final class MerkleTreeTest {
  private static final HexFormat HEX = HexFormat.of();

  private static final List<String> ENTRIES =
      List.of(
          "",
          "00",
          "10",
          "2021",
          "3031",
          "40414243",
          "5051525354555657",
          "606162636465666768696a6b6c6d6e6f");

  private static final List<String> ROOTS =
      List.of(
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

  private static final List<String> LEAVES =
      List.of(
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
          "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
          "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
          "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658",
          "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
          "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1");

  private final TreeHash hash = new TreeHash();

  private byte[] leaf(byte[] entry) {
    final byte[] made = new byte[TreeHash.BYTES];
    hash.leaf(entry, 0, entry.length, made, 0);
    return made;
  }

  private List<byte[]> reference() {
    return ENTRIES.stream().map(entry -> leaf(HEX.parseHex(entry))).toList();
  }

  private static List<byte[]> hashes(String hex) {
    return hex == null ? List.of() : Arrays.stream(hex.split(" ")).map(HEX::parseHex).toList();
  }

  private static List<String> hex(List<byte[]> hashes) {
    return hashes.stream().map(HEX::formatHex).toList();
  }

  /** The nodes of a tree, computed from its leaves alone. */
  private NodeSource nodes(List<byte[]> leaves) {
    return (level, index, into, at) -> {
      final int count = 1 << level;
      final byte[] all = new byte[count * TreeHash.BYTES];
      for (int i = 0; i < count; i++) {
        System.arraycopy(
            leaves.get((int) index * count + i), 0, all, i * TreeHash.BYTES, TreeHash.BYTES);
      }
      hash.fold(all, 0, count, into, at);
    };
  }

  private static Frontier frontier(List<byte[]> leaves) {
    final Frontier frontier = new Frontier();
    leaves.forEach(leaf -> frontier.append(leaf, 0, NodeSink.NONE));
    return frontier;
  }

  @Test
  void leavesAndRootsAreThoseOfTheReferenceTests() throws TransparencyException {
    final List<byte[]> leaves = reference();
    assertEquals(LEAVES, hex(leaves));
    for (int size = 0; size <= leaves.size(); size++) {
      assertEquals(ROOTS.get(size), HEX.formatHex(Proofs.root(nodes(leaves), size)));
      assertEquals(ROOTS.get(size), HEX.formatHex(frontier(leaves.subList(0, size)).root()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1,",
    "0, 8, 96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
        + " 5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
        + " 6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "5, 8, bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
        + " ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
        + " d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "2, 3, fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "1, 5, 6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        + " 5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
        + " bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
  })
  void inclusionProofsAreThoseOfTheReferenceTests(int index, int size, String path)
      throws TransparencyException {
    assertEquals(hex(hashes(path)), hex(Proofs.inclusion(nodes(reference()), index, size)));
    assertTrue(
        Proofs.isIncluded(
            reference().get(index), index, size, hashes(path), HEX.parseHex(ROOTS.get(size))));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1,",
    "1, 8, 96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
        + " 5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
        + " 6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "6, 8, 0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
        + " ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
        + " d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "2, 5, 5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
        + " bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "6, 7, 0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
        + " b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
        + " d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
  })
  void consistencyProofsAreThoseOfTheReferenceTests(int first, int second, String path)
      throws TransparencyException {
    assertEquals(hex(hashes(path)), hex(Proofs.consistency(nodes(reference()), first, second)));
    assertTrue(
        Proofs.isConsistent(
            first,
            HEX.parseHex(ROOTS.get(first)),
            second,
            HEX.parseHex(ROOTS.get(second)),
            hashes(path)));
  }

  @Test
  void everyProofOfSmallTreesLeadsToItsRootAndToNoOther() throws TransparencyException {
    final Random random = Seeds.random(1);
    final List<byte[]> leaves = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      final byte[] entry = new byte[HistoryEntry.BYTES];
      random.nextBytes(entry);
      leaves.add(leaf(entry));
    }
    final NodeSource nodes = nodes(leaves);
    for (int size = 1; size <= leaves.size(); size++) {
      final byte[] root = Proofs.root(nodes, size);
      final byte[] other = Proofs.root(nodes, size - 1);
      for (int index = 0; index < size; index++) {
        final List<byte[]> path = Proofs.inclusion(nodes, index, size);
        assertTrue(Proofs.isIncluded(leaves.get(index), index, size, path, root));
        assertFalse(Proofs.isIncluded(leaves.get(index), index, size, path, other));
        assertFalse(Proofs.isIncluded(leaves.get(index), index ^ 1, size, path, root) && size > 1);
        assertFalse(Proofs.isIncluded(leaves.get(index), index, size, plus(path), root));
      }
      for (int first = 1; first <= size; first++) {
        final byte[] firstRoot = Proofs.root(nodes, first);
        final List<byte[]> path = Proofs.consistency(nodes, first, size);
        assertTrue(Proofs.isConsistent(first, firstRoot, size, root, path));
        assertFalse(Proofs.isConsistent(first, firstRoot, size, other, path));
        assertFalse(Proofs.isConsistent(first, other, size, root, path) && first != size - 1);
        assertFalse(Proofs.isConsistent(first, firstRoot, size, root, plus(path)));
      }
    }
  }

  private static List<byte[]> plus(List<byte[]> path) {
    final List<byte[]> longer = new ArrayList<>(path);
    longer.add(new byte[TreeHash.BYTES]);
    return longer;
  }

  @Test
  void aFrontierComesBackFromItsBytesAndFromTheTreesNodes() throws TransparencyException {
    final List<byte[]> leaves = reference();
    for (int size = 0; size <= leaves.size(); size++) {
      final Frontier frontier = frontier(leaves.subList(0, size));
      final Frontier read = Frontier.of(frontier.toBytes());
      final Frontier made = new Frontier();
      made.set(nodes(leaves), size);
      assertEquals(frontier, read);
      assertEquals(frontier, made);
      assertArrayEquals(frontier.root(), read.root());
    }
    for (final int length : new int[] {0, 7, 9, 40}) {
      final TransparencyException fault =
          assertThrows(TransparencyException.class, () -> Frontier.of(new byte[length]));
      assertEquals(TransparencyException.Reason.FRONTIER_MALFORMED, fault.reason());
    }
  }

  @Test
  void whatWasBeforeTheHistoryNeedsNoEntries() throws TransparencyException {
    final byte[] none = leaf(new byte[HistoryEntry.BYTES]);
    for (final int size : new int[] {0, 1, 5, 300}) {
      final Frontier appended = new Frontier();
      for (int i = 0; i < size; i++) {
        appended.append(none, 0, NodeSink.NONE);
      }
      assertEquals(appended, Frontier.ofBeforeHistory(size));
    }
  }

  @Test
  void anInclusionProofInATreeOfTwoThousandMillionEntriesIsAtMost1100Bytes()
      throws TransparencyException {
    final long size = 1L << 31;
    final NodeSource beforeHistory =
        (level, index, into, at) -> BeforeHistory.node(level, into, at);
    for (final long index : new long[] {0, size / 2, size / 3, size - 1}) {
      final List<byte[]> path = Proofs.inclusion(beforeHistory, index, size);
      final byte[] bytes = new Proof(-1, size, index, path).toBytes();
      assertTrue(bytes.length <= 1_100, () -> bytes.length + " bytes");
      Proof.of(bytes)
          .requireIncludes(
              new byte[HistoryEntry.BYTES],
              index + 1,
              new TreeHead("gongbei-history/GD", size, Proofs.root(beforeHistory, size), 0));
    }
  }

  @Test
  void aProofThatIsChangedInOneByteProvesNothing() throws TransparencyException {
    final List<byte[]> leaves = reference();
    final byte[] entry = HEX.parseHex(ENTRIES.get(5));
    final TreeHead head = new TreeHead("gongbei-history/GD", 8, HEX.parseHex(ROOTS.get(8)), 0);
    final byte[] bytes = new Proof(0, 8, 5, Proofs.inclusion(nodes(leaves), 5, 8)).toBytes();
    Proof.of(bytes).requireIncludes(entry, 6, head);
    for (int at = 0; at < bytes.length; at++) {
      final byte[] changed = bytes.clone();
      changed[at] ^= 1;
      if (at >= 1 && at <= Long.BYTES) {
        // The log's id names whose head is meant; what proves is the head.
        continue;
      }
      assertThrows(
          TransparencyException.class, () -> Proof.of(changed).requireIncludes(entry, 6, head));
    }
  }
}
