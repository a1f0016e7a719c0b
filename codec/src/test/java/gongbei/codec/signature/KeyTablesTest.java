package gongbei.codec.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.curve.Curve;
import gongbei.codec.curve.FixedBaseTable;
import gongbei.codec.curve.ReferenceCurve;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustList;
import gongbei.testing.Seeds;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class KeyTablesTest {
  private static final int WIDE = 6;
  private static final int NARROW = 5;
  private static final long WIDE_BYTES = FixedBaseTable.memoryBytesOf(WIDE);
  private static final long NARROW_BYTES = FixedBaseTable.memoryBytesOf(NARROW);
  private static final byte[] MESSAGE = {1, 2, 3};

  private final Random random = Seeds.random(9);

  private static IssuerKey key(ReferenceCurve curve, int secret, CodeFormat format) {
    return TestSignatures.key(curve, curve.times(BigInteger.valueOf(secret)), format);
  }

  private boolean verifies(SignatureEngine engine, IssuerKey key, int secret) {
    final ReferenceCurve curve =
        key.algorithm() == SignatureAlgorithm.SM2 ? ReferenceCurve.SM2 : ReferenceCurve.P256;
    final BigInteger number = BigInteger.valueOf(secret);
    final byte[] signature =
        TestSignatures.sign(curve, number, curve.times(number), MESSAGE, random);
    final boolean valid = engine.verify(key, MESSAGE, 0, 3, signature, 0, 64);
    signature[9] ^= 1;
    return valid && !engine.verify(key, MESSAGE, 0, 3, signature, 0, 64);
  }

  @Test
  void regionsKeysHaveWideWindowsAndOthersNarrowOnes() {
    final IssuerKey guangdong = key(ReferenceCurve.SM2, 11, CodeFormat.GD1);
    final IssuerKey macau = key(ReferenceCurve.P256, 12, CodeFormat.MO1);
    final IssuerKey foreign = key(ReferenceCurve.P256, 13, CodeFormat.HC1);
    final KeyTables tables = new KeyTables(WIDE, NARROW, 1 << 20);
    assertEquals(0, tables.size());
    assertNull(tables.find(macau));
    tables.prepare(new TrustList(List.of(guangdong, macau, foreign)));
    assertEquals(3, tables.size());
    assertEquals(2 * WIDE_BYTES + NARROW_BYTES, tables.memoryBytes());
    assertEquals(WIDE_BYTES, tables.find(guangdong).table().memoryBytes());
    assertSame(Curve.SM2, tables.find(guangdong).table().curve());
    assertNotNull(tables.find(guangdong).sm2Prefix());
    assertEquals(WIDE_BYTES, tables.find(macau).table().memoryBytes());
    assertSame(Curve.P256, tables.find(macau).table().curve());
    assertEquals(NARROW_BYTES, tables.find(foreign).table().memoryBytes());
    assertSame(Curve.SM2, tables.generator(Curve.SM2).curve());
    assertSame(Curve.P256, tables.generator(Curve.P256).curve());
  }

  @Test
  void keysOverTheBoundHaveNoTableAndVerifyAllTheSame() {
    final IssuerKey first = key(ReferenceCurve.P256, 21, CodeFormat.HC1);
    final IssuerKey second = key(ReferenceCurve.P256, 22, CodeFormat.HC1);
    final IssuerKey third = key(ReferenceCurve.SM2, 23, CodeFormat.GD1);
    final KeyTables tables = new KeyTables(WIDE, NARROW, WIDE_BYTES + NARROW_BYTES);
    tables.prepare(new TrustList(List.of(first, second, third)));
    assertEquals(2, tables.size());
    assertEquals(WIDE_BYTES + NARROW_BYTES, tables.memoryBytes());
    final FixedBaseEngine engine = new FixedBaseEngine(tables);
    assertTrue(verifies(engine, first, 21));
    assertTrue(verifies(engine, second, 22));
    assertTrue(verifies(engine, third, 23));
    final KeyTables none = new KeyTables(WIDE, NARROW, 0);
    none.prepare(new TrustList(List.of(first, third)));
    assertEquals(0, none.size());
    assertTrue(verifies(new FixedBaseEngine(none), third, 23));
  }

  /** Whatever came before: a region's key that is new takes the memory of other issuers' keys. */
  @Test
  void regionsKeysComeFirstHoweverFullTheMemoryIs() {
    final IssuerKey first = key(ReferenceCurve.P256, 31, CodeFormat.HC1);
    final IssuerKey second = key(ReferenceCurve.P256, 32, CodeFormat.HC1);
    final IssuerKey guangdong = key(ReferenceCurve.SM2, 33, CodeFormat.GD1);
    final KeyTables tables = new KeyTables(WIDE, NARROW, WIDE_BYTES + NARROW_BYTES - 1);
    tables.prepare(new TrustList(List.of(first, second)));
    assertEquals(2, tables.size());
    tables.prepare(new TrustList(List.of(first, second, guangdong)));
    assertNotNull(tables.find(guangdong));
    assertEquals(1, tables.size());
    assertTrue(tables.memoryBytes() < WIDE_BYTES + NARROW_BYTES);
  }

  @Test
  void oldKeysAreLetGoAndThoseThatStayAreNotComputedAgain() {
    final IssuerKey old = key(ReferenceCurve.SM2, 41, CodeFormat.GD1);
    final IssuerKey staying = key(ReferenceCurve.P256, 42, CodeFormat.MO1);
    final IssuerKey next = key(ReferenceCurve.SM2, 43, CodeFormat.GD1);
    final KeyTables tables = new KeyTables(WIDE, NARROW, 1 << 20);
    tables.prepare(new TrustList(List.of(old, staying)));
    final FixedBaseEngine engine = new FixedBaseEngine(tables);
    assertTrue(verifies(engine, old, 41));
    assertTrue(verifies(engine, staying, 42));
    final FixedBaseTable table = tables.find(staying).table();
    final long generation = tables.generation();
    tables.prepare(new TrustList(List.of(staying, next)));
    assertNotEquals(generation, tables.generation());
    assertSame(table, tables.find(staying).table());
    assertNull(tables.find(old));
    assertNotNull(tables.find(next));
    assertEquals(2 * WIDE_BYTES, tables.memoryBytes());
    assertTrue(verifies(engine, next, 43));
    assertTrue(verifies(engine, staying, 42));
    assertTrue(verifies(engine, old, 41), "still asked for until the new list is in force");
    tables.prepare(TrustList.EMPTY);
    assertEquals(0, tables.size());
    assertEquals(0, tables.memoryBytes());
  }

  /** The point counts, not the certificate: one that was renewed keeps its table. */
  @Test
  void oneTableServesAllCertificatesOfAKey() {
    final IssuerKey one = key(ReferenceCurve.P256, 51, CodeFormat.HC1);
    final IssuerKey renewed = key(ReferenceCurve.P256, 51, CodeFormat.HC1);
    final IssuerKey regional = key(ReferenceCurve.P256, 51, CodeFormat.MO1);
    final KeyTables tables = new KeyTables(WIDE, NARROW, 1 << 20);
    tables.prepare(new TrustList(List.of(one)));
    final FixedBaseTable table = tables.find(one).table();
    tables.prepare(new TrustList(List.of(renewed)));
    assertSame(table, tables.find(renewed).table());
    tables.prepare(new TrustList(List.of(renewed, regional)));
    assertEquals(1, tables.size());
    assertEquals(WIDE_BYTES, tables.memoryBytes(), "the wider one, now that a region uses it");
    final FixedBaseEngine engine = new FixedBaseEngine(tables);
    assertTrue(verifies(engine, renewed, 51));
    assertTrue(verifies(engine, regional, 51));
  }

  @Test
  void keysThatAreNotWhatTheirAlgorithmSaysHaveNone() {
    final IssuerKey honest = key(ReferenceCurve.P256, 61, CodeFormat.HC1);
    final IssuerKey pretender =
        new IssuerKey(
            "XX",
            0,
            SignatureAlgorithm.SM2,
            honest.publicKey(),
            Set.of(CodeFormat.GD1),
            7,
            0,
            Long.MAX_VALUE);
    final KeyTables tables = new KeyTables(WIDE, NARROW, 1 << 20);
    tables.prepare(new TrustList(List.of(pretender)));
    assertEquals(0, tables.size());
    assertNull(tables.find(pretender));
  }

  /** As when certificates are renewed for years; what an engine remembers is bounded. */
  @Test
  void anEngineMeetsAnyNumberOfCertificatesOfAKey() {
    final KeyTables tables = new KeyTables(WIDE, NARROW, 1 << 20);
    tables.prepare(new TrustList(List.of(key(ReferenceCurve.P256, 71, CodeFormat.HC1))));
    final FixedBaseEngine engine = new FixedBaseEngine(tables);
    final BigInteger secret = BigInteger.valueOf(71);
    final byte[] signature =
        TestSignatures.sign(
            ReferenceCurve.P256, secret, ReferenceCurve.P256.times(secret), MESSAGE, random);
    for (int i = 0; i < 5_000; i++) {
      final IssuerKey renewed = key(ReferenceCurve.P256, 71, CodeFormat.HC1);
      assertTrue(engine.verify(renewed, MESSAGE, 0, 3, signature, 0, 64));
    }
  }

  @Test
  void widthsOutOfRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new KeyTables(5, 6, 0));
    assertThrows(IllegalArgumentException.class, () -> new KeyTables(3, 3, 0));
    assertThrows(IllegalArgumentException.class, () -> new KeyTables(17, 4, 0));
  }
}
