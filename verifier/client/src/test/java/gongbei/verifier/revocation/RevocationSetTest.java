package gongbei.verifier.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.testing.Seeds;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.revocation.RevocationList.Hash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the set of revoked hashes answers, and what of a list is refused. */
final class RevocationSetTest {
  private static final long NOW = 1_650_000_000L;
  private static final long KID = 0xc8b1cb36f4a5e36fL;

  private static RevocationScope scope(RevocationType type, long kid, long expires) {
    return new RevocationScope(Set.of(type), "", OptionalLong.of(kid), expires);
  }

  private static RevocationList list(String name, RevocationScope scope, Hash... hashes)
      throws RevocationException {
    final TreeMap<Hash, Long> entries = new TreeMap<>();
    for (final Hash hash : hashes) {
      entries.put(hash, RevocationList.ANY_TIME);
    }
    return RevocationList.read(name, RevocationList.write(scope, entries));
  }

  private static Presented code() {
    return new Presented().of(KID, "DE", NOW - 100, NOW);
  }

  private static boolean isRevoked(RevocationSet set, Hash hash, Presented code) {
    return set.contains(RevocationType.UCI, hash.high(), hash.low(), code);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 5, 9, 10, 1_000, 50_000})
  void everyHashOfTheListsIsFoundAndNoOther(int size) throws RevocationException {
    final Random random = Seeds.random("revocations " + size);
    final Set<Hash> model = new HashSet<>();
    final List<RevocationList> lists = new ArrayList<>();
    while (model.size() < size) {
      final TreeMap<Hash, Long> entries = new TreeMap<>();
      final int most = Math.min(size - model.size(), RevocationList.maxEntries(false));
      for (int i = 0; i < most; i++) {
        final Hash hash = new Hash(random.nextLong(), random.nextLong());
        model.add(hash);
        entries.put(hash, RevocationList.ANY_TIME);
      }
      lists.add(
          RevocationList.read(
              "eu." + lists.size(),
              RevocationList.write(scope(RevocationType.UCI, KID, 0), entries)));
    }
    final RevocationSet set = RevocationSet.of(lists, List.of());
    assertEquals(model.size(), set.size());
    for (final Hash hash : model) {
      assertTrue(isRevoked(set, hash, code()));
      for (int bit = 0; bit < Long.SIZE; bit++) {
        assertFalse(isRevoked(set, new Hash(hash.high() ^ 1L << bit, hash.low()), code()));
        assertFalse(isRevoked(set, new Hash(hash.high(), hash.low() ^ 1L << bit), code()));
      }
    }
    for (int i = 0; i < 100_000; i++) {
      assertFalse(isRevoked(set, new Hash(random.nextLong(), random.nextLong()), code()));
    }
  }

  @Test
  void hashesThatDifferInTheirLastBitAreToldApart() throws RevocationException {
    final List<Hash> even = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      even.add(new Hash(0x1234_5678_9abc_def0L, 2L * i));
    }
    final RevocationSet set =
        RevocationSet.of(
            List.of(list("eu.a", scope(RevocationType.UCI, KID, 0), even.toArray(Hash[]::new))),
            List.of());
    for (int i = 0; i < 1_000; i++) {
      assertEquals(i % 2 == 0, isRevoked(set, new Hash(0x1234_5678_9abc_def0L, i), code()));
    }
  }

  @Test
  void nothingIsRevokedWithoutLists() {
    assertFalse(isRevoked(RevocationSet.NONE, new Hash(0, 0), code()));
    assertFalse(isRevoked(RevocationSet.NONE, new Hash(-1, -1), code()));
    assertFalse(RevocationSet.NONE.isExpired(CodeFormat.HC1, Long.MAX_VALUE - 1));
  }

  @Test
  void aListCountsForItsTypeItsKeyAndUntilItExpires() throws RevocationException {
    final Hash hash = new Hash(7, 8);
    final RevocationSet set =
        RevocationSet.of(
            List.of(list("eu.a", scope(RevocationType.UCI, KID, NOW), hash)), List.of());
    final Presented before = code().of(KID, "DE", 0, NOW - 1);
    assertTrue(isRevoked(set, hash, before));
    assertFalse(isRevoked(set, hash, code().of(KID, "DE", 0, NOW)), "expired at this second");
    assertFalse(isRevoked(set, hash, code().of(KID + 1, "DE", 0, NOW - 1)), "another key");
    assertFalse(set.contains(RevocationType.SIGNATURE, 7, 8, before), "another type");
  }

  @Test
  void aListWithoutAKeyIsAboutTheCodesOfItsCountry() throws RevocationException {
    final Hash hash = new Hash(7, 8);
    final RevocationScope german =
        new RevocationScope(Set.of(RevocationType.UCI), "DE", OptionalLong.empty(), 0);
    final RevocationScope any =
        new RevocationScope(Set.of(RevocationType.UCI), "", OptionalLong.empty(), 0);
    final RevocationSet ofGermany =
        RevocationSet.of(List.of(list("eu.a", german, hash)), List.of());
    assertTrue(isRevoked(ofGermany, hash, code()));
    assertFalse(isRevoked(ofGermany, hash, code().of(KID, "FR", 0, NOW)));
    assertTrue(
        isRevoked(
            RevocationSet.of(List.of(list("own.a", any, hash)), List.of()),
            hash,
            code().of(KID, "FR", 0, NOW)));
  }

  @Test
  void aHashOfTwoListsIsRevokedWhileOneOfThemCounts() throws RevocationException {
    final Hash hash = new Hash(-1, -1);
    final RevocationSet set =
        RevocationSet.of(
            List.of(
                list("eu.a", scope(RevocationType.UCI, KID, NOW), hash),
                list("eu.b", scope(RevocationType.UCI, KID, NOW + 50), hash)),
            List.of());
    assertTrue(isRevoked(set, hash, code()));
    assertFalse(isRevoked(set, hash, code().of(KID, "DE", 0, NOW + 50)));
  }

  @Test
  void anEntryWithATimeRevokesWhatWasIssuedBeforeIt() throws RevocationException {
    final TreeMap<Hash, Long> entries = new TreeMap<>();
    entries.put(new Hash(1, 1), NOW - 100);
    entries.put(new Hash(2, 2), RevocationList.ANY_TIME);
    final RevocationSet set =
        RevocationSet.of(
            List.of(
                RevocationList.read(
                    "shc.a", RevocationList.write(scope(RevocationType.UCI, KID, 0), entries))),
            List.of());
    assertFalse(isRevoked(set, new Hash(1, 1), code()), "issued at that second");
    assertTrue(isRevoked(set, new Hash(1, 1), code().of(KID, "DE", NOW - 101, NOW)));
    assertTrue(isRevoked(set, new Hash(2, 2), code()));
  }

  @Test
  void whatTheLogHasIsReadAndWhatIsTheSameIsTakenOver() throws RevocationException {
    final Map<String, byte[]> documents = new HashMap<>();
    documents.put(
        "eu",
        "{\"format\":\"dgc-batches\",\"importedAt\":5,\"expiresAt\":9}"
            .getBytes(StandardCharsets.UTF_8));
    documents.put(
        "eu.a", list("eu.a", scope(RevocationType.UCI, KID, 0), new Hash(1, 2)).content());
    documents.put("eu.b", new byte[0]);
    final RevocationSet set = RevocationSet.of(documents, RevocationSet.NONE);
    assertEquals(1, set.lists().size(), "a list of no bytes is withdrawn");
    assertEquals(9, set.sources().get(0).expiresAtEpochSeconds());
    assertEquals(
        new RevocationSource("eu", RevocationFormat.DGC_BATCHES, 5, 9),
        RevocationSource.read("eu", set.sources().get(0).content()));
    assertFalse(set.isExpired(CodeFormat.HC1, 8));
    assertTrue(set.isExpired(CodeFormat.HC1, 9));
    assertFalse(set.isExpired(CodeFormat.SHC, 9), "the list is not about cards");
    documents.put(
        "eu.c", list("eu.c", scope(RevocationType.UCI, KID, 0), new Hash(3, 4)).content());
    final RevocationSet after = RevocationSet.of(documents, set);
    assertEquals(2, after.size());
    assertSame(set.lists().get(0), after.lists().get(0));
  }

  @Test
  void aListIsOfWhatItWasWrittenOf() throws RevocationException {
    final RevocationScope scope =
        new RevocationScope(
            Set.of(RevocationType.UCI, RevocationType.SIGNATURE),
            "FR",
            OptionalLong.of(-2),
            1_700_000_000L);
    final RevocationList list =
        list("eu.a", scope, new Hash(3, 1), new Hash(-1, 0), new Hash(3, 0));
    assertEquals(scope, list.scope());
    assertEquals(
        List.of(new Hash(3, 0), new Hash(3, 1), new Hash(-1, 0)),
        List.of(list.hash(0), list.hash(1), list.hash(2)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 88 | content | does not begin as a revocation list",
        "1 | 2 | version | is 2, not 1",
        "2 | 0 | types | are none that are known",
        "2 | 32 | types | are none that are known",
        "3 | 4 | flags | are none that are known",
        "3 | 3 | entries | are none, or not whole",
        "4 | 97 | country | is not two capitals",
        "6 | 1 | flags | are none that are known",
        "16 | -128 | expiresAt | is before 1970",
        "24 | 1 | entries[1] | is not over the hash before it"
      })
  void aListThatIsBrokenIsRefusedByField(int at, byte value, String field, String reason)
      throws RevocationException {
    final byte[] content =
        list("eu.a", scope(RevocationType.UCI, KID, 0), new Hash(1, 2), new Hash(1, 3)).content();
    content[at] = value;
    final RevocationException fault =
        assertThrows(RevocationException.class, () -> RevocationList.read("eu.a", content));
    assertEquals("eu.a: " + field + " " + reason, fault.getMessage());
  }

  @Test
  void aListThatIsCutShortIsRefused() throws RevocationException {
    final byte[] content =
        list("eu.a", scope(RevocationType.UCI, KID, 0), new Hash(1, 2)).content();
    for (int length = 1; length < content.length; length++) {
      final byte[] cut = Arrays.copyOf(content, length);
      assertThrows(RevocationException.class, () -> RevocationList.read("eu.a", cut));
    }
  }

  @Test
  void aDocumentOfTheLogHasRoomForAListOfTheGreatestLength() {
    assertEquals(3_748, RevocationList.maxEntries(false));
    assertTrue(
        RevocationList.HEAD_BYTES + 16 * RevocationList.maxEntries(false)
            <= ClientLimits.MAX_REVOCATION_LIST_BYTES);
    assertThrows(
        IllegalArgumentException.class,
        () -> RevocationList.write(scope(RevocationType.UCI, KID, 0), new TreeMap<>()));
  }

  @Test
  void namesThatAreNoneAreRefused() {
    for (final String name : List.of("EU", "eu/a", "eu.", ".a", "eu.a.b", "e-very-long-name-x")) {
      assertEquals(
          name + ": name is none of a source or its list",
          assertThrows(
                  RevocationException.class,
                  () -> RevocationSet.of(Map.of(name, new byte[] {1}), RevocationSet.NONE))
              .getMessage());
    }
  }
}
