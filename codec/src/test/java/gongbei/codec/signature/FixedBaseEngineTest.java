package gongbei.codec.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.code.TestCodes;
import gongbei.codec.curve.RandomRuns;
import gongbei.codec.curve.ReferenceCurve;
import gongbei.codec.trust.Certificates;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustList;
import gongbei.testing.Allocations;
import gongbei.testing.Seeds;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FixedBaseEngineTest {
  /** How many triples of both curves together are held against the library. */
  private static final int DIFFERENTIAL = Integer.getInteger("gongbei.differential", 10_000);

  private static final int MAX_BATCH = 150;
  private static final BigInteger ONE = BigInteger.ONE;

  private final BouncyCastleEngine library = new BouncyCastleEngine();
  private final Random random = Seeds.random(8);

  /** A key whose secret the test knows. */
  private record Pair(ReferenceCurve curve, BigInteger secret, ECPoint point, IssuerKey key) {
    static Pair of(ReferenceCurve curve, BigInteger secret, CodeFormat... formats) {
      final ECPoint point = curve.times(secret);
      return new Pair(curve, secret, point, TestSignatures.key(curve, point, formats));
    }

    byte[] sign(byte[] message, Random random) {
      return TestSignatures.sign(curve, secret, point, message, random);
    }
  }

  private static KeyTables tables(List<IssuerKey> keys, int wideBits, int narrowBits) {
    final KeyTables tables = new KeyTables(wideBits, narrowBits, KeyTables.DEFAULT_MAX_BYTES);
    tables.prepare(new TrustList(keys));
    return tables;
  }

  private static boolean verify(
      SignatureEngine engine, IssuerKey key, byte[] message, byte[] signature) {
    return engine.verify(key, message, 0, message.length, signature, 0, signature.length);
  }

  /** GB/T 32918.5-2017 appendix A.2, the sample of a signature over "message digest". */
  @Test
  void verifiesTheStandardsOwnSm2Sample() {
    final byte[] point =
        HexFormat.of()
            .parseHex(
                "04"
                    + "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
                    + "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13");
    final IssuerKey key =
        TestSignatures.key(
            ReferenceCurve.SM2,
            ReferenceCurve.SM2.library().getCurve().decodePoint(point),
            CodeFormat.GD1);
    final byte[] message = "message digest".getBytes(StandardCharsets.US_ASCII);
    final byte[] signature =
        HexFormat.of()
            .parseHex(
                "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
                    + "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA");
    final FixedBaseEngine engine = new FixedBaseEngine(KeyTables.of(new TrustList(List.of(key))));
    assertTrue(verify(engine, key, message, signature));
    signature[63] ^= 1;
    assertFalse(verify(engine, key, message, signature));
    signature[63] ^= 1;
    message[0] ^= 1;
    assertFalse(verify(engine, key, message, signature));
  }

  /**
   * Random keys and tiny ones, whose multiples meet the generator's; valid signatures and every way
   * to spoil one; batches of any size. {@code -Dgongbei.differential=1000000} takes as many.
   */
  @Test
  void agreesWithTheLibraryOnRandomAndAdversarialSignatures() {
    final List<Pair> pairs = new ArrayList<>();
    for (final ReferenceCurve curve : ReferenceCurve.values()) {
      for (int secret = 1; secret <= 4; secret++) {
        final BigInteger tiny = BigInteger.valueOf(secret);
        pairs.add(Pair.of(curve, tiny, CodeFormat.GD1));
        pairs.add(Pair.of(curve, curve.n().subtract(tiny), CodeFormat.HC1));
        pairs.add(Pair.of(curve, curve.scalar(random), CodeFormat.MO1));
        pairs.add(Pair.of(curve, curve.scalar(random), CodeFormat.HC1));
      }
      pairs.add(Pair.of(curve, ONE.shiftLeft(8), CodeFormat.HC1));
      pairs.add(Pair.of(curve, ONE.shiftLeft(255), CodeFormat.HC1));
    }
    final KeyTables tables = tables(pairs.stream().map(Pair::key).toList(), 8, 5);
    assertEquals(pairs.size(), tables.size());
    final FixedBaseEngine engine = new FixedBaseEngine(tables);
    final SignatureBatch batch = new SignatureBatch(MAX_BATCH);
    int valid = 0;
    int done = 0;
    while (done < DIFFERENTIAL) {
      final int size = Math.min(DIFFERENTIAL - done, 1 + random.nextInt(MAX_BATCH));
      batch.clear();
      for (int i = 0; i < size; i++) {
        add(batch, pairs.get(random.nextInt(pairs.size())), pairs);
      }
      engine.verify(batch);
      final boolean[] outcomes = new boolean[size];
      for (int i = 0; i < size; i++) {
        outcomes[i] = batch.outcome(i);
        library.verify(batch, i);
        final int index = i;
        assertEquals(batch.outcome(i), outcomes[i], () -> describe(batch, index));
        valid += outcomes[i] ? 1 : 0;
      }
      done += size;
    }
    assertTrue(valid > done / 3 && valid < done * 2 / 3, valid + " of " + done + " are valid");
  }

  private static String describe(SignatureBatch batch, int index) {
    return batch.key(index)
        + " message "
        + HexFormat.of()
            .formatHex(
                batch.message(index),
                batch.messageOffset(index),
                batch.messageOffset(index) + batch.messageLength(index))
        + " signature "
        + HexFormat.of()
            .formatHex(
                batch.signature(index),
                batch.signatureOffset(index),
                batch.signatureOffset(index) + batch.signatureLength(index));
  }

  /** Adds one triple of the pair's, every other of them spoilt. */
  private void add(SignatureBatch batch, Pair pair, List<Pair> pairs) {
    final byte[] message = new byte[random.nextInt(300)];
    random.nextBytes(message);
    byte[] signature = pair.sign(message, random);
    IssuerKey key = pair.key();
    final ReferenceCurve curve = pair.curve();
    final BigInteger n = curve.n();
    final BigInteger r = new BigInteger(1, Arrays.copyOf(signature, 32));
    final BigInteger s = new BigInteger(1, Arrays.copyOfRange(signature, 32, 64));
    switch (random.nextInt(24)) {
      case 0 -> signature = TestSignatures.raw(edge(curve), s);
      case 1 -> signature = TestSignatures.raw(r, edge(curve));
      case 2 -> signature = TestSignatures.raw(edge(curve), edge(curve));
      case 3 -> signature = TestSignatures.raw(r, n.subtract(r));
      case 4 -> signature = TestSignatures.raw(r, n.subtract(s));
      case 5 -> signature = TestSignatures.raw(s, r);
      case 6 -> signature[random.nextInt(64)] ^= (byte) (1 << random.nextInt(8));
      case 7 -> key = pairs.get(random.nextInt(pairs.size())).key();
      case 8 -> {
        if (message.length > 0) {
          message[random.nextInt(message.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case 9 -> signature = Arrays.copyOf(signature, random.nextInt(64));
      case 10 -> signature = Arrays.copyOf(signature, 65 + random.nextInt(10));
      case 11 -> {
        final BigInteger scalar = curve.scalar(random);
        signature = TestSignatures.raw(scalar, scalar);
      }
      case 12 -> signature = atInfinity(pair, message);
      case 13 -> signature = TestSignatures.raw(r.add(n), s);
      case 14 -> signature = TestSignatures.raw(r, s.add(n));
      default -> {
        // As it was signed: valid. With n added an r or s this rarely is, for lack of room.
      }
    }
    // What lies before and behind is not to be looked at.
    final int shift = random.nextInt(5);
    final byte[] shiftedMessage = new byte[message.length + shift + random.nextInt(5)];
    random.nextBytes(shiftedMessage);
    System.arraycopy(message, 0, shiftedMessage, shift, message.length);
    final byte[] shiftedSignature = new byte[signature.length + shift + random.nextInt(5)];
    random.nextBytes(shiftedSignature);
    System.arraycopy(signature, 0, shiftedSignature, shift, signature.length);
    batch.add(
        key, shiftedMessage, shift, message.length, shiftedSignature, shift, signature.length);
  }

  private BigInteger edge(ReferenceCurve curve) {
    final BigInteger n = curve.n();
    return switch (random.nextInt(11)) {
      case 0 -> BigInteger.ZERO;
      case 1 -> ONE;
      case 2 -> n.subtract(ONE);
      case 3 -> n;
      case 4 -> n.add(ONE);
      case 5 -> curve.p();
      case 6 -> curve.p().subtract(ONE);
      case 7 -> ONE.shiftLeft(256).subtract(ONE);
      case 8 -> BigInteger.valueOf(2 + random.nextInt(100));
      case 9 -> RandomRuns.next(random, 256);
      default -> curve.scalar(random);
    };
  }

  /** A signature whose two multiples are opposite points, so that their sum has no x. */
  private byte[] atInfinity(Pair pair, byte[] message) {
    final BigInteger n = pair.curve().n();
    final BigInteger d = pair.secret();
    final BigInteger e = TestSignatures.digest(pair.curve(), pair.point(), message);
    if (pair.curve() == ReferenceCurve.P256) {
      // e/s + r·d/s = 0
      final BigInteger r = e.negate().multiply(d.modInverse(n)).mod(n);
      return TestSignatures.raw(r, pair.curve().scalar(random));
    }
    // s + (r + s)·d = 0
    final BigInteger plusOne = d.add(ONE).mod(n);
    if (plusOne.signum() == 0) {
      return TestSignatures.raw(pair.curve().scalar(random), pair.curve().scalar(random));
    }
    final BigInteger r = pair.curve().scalar(random);
    return TestSignatures.raw(r, r.negate().multiply(d).multiply(plusOne.modInverse(n)).mod(n));
  }

  @ParameterizedTest
  @EnumSource
  void aSumAtInfinityIsNoSignatureAloneOrAmongOthers(ReferenceCurve curve) {
    final Pair pair = Pair.of(curve, curve.scalar(random), CodeFormat.GD1);
    final FixedBaseEngine engine = new FixedBaseEngine(tables(List.of(pair.key()), 8, 8));
    final SignatureBatch batch = new SignatureBatch(100);
    for (int i = 0; i < 100; i++) {
      final byte[] message = {(byte) i};
      final byte[] signature = i % 2 == 0 ? atInfinity(pair, message) : pair.sign(message, random);
      assertEquals(i % 2 != 0, verify(engine, pair.key(), message, signature));
      assertEquals(i % 2 != 0, verify(library, pair.key(), message, signature));
      batch.add(pair.key(), message, 0, 1, signature, 0, 64);
    }
    engine.verify(batch);
    for (int i = 0; i < 100; i++) {
      assertEquals(i % 2 != 0, batch.outcome(i));
    }
  }

  /**
   * GB/T 32918.2 §7.1 step B4 forbids r + s to be 0. No message is known for which the steps after
   * it would not refuse as well; that they are not taken shows in the coverage.
   */
  @Test
  void sm2RefusesWhereRAndSAddUpToTheOrder() {
    final Pair pair = Pair.of(ReferenceCurve.SM2, curveScalar(), CodeFormat.GD1);
    final FixedBaseEngine engine = new FixedBaseEngine(tables(List.of(pair.key()), 6, 6));
    final byte[] message = {7};
    final byte[] good = pair.sign(message, random);
    final SignatureBatch batch = new SignatureBatch(40);
    for (int i = 0; i < 40; i++) {
      final BigInteger s = curveScalar();
      final byte[] signature =
          i % 2 == 0 ? TestSignatures.raw(ReferenceCurve.SM2.n().subtract(s), s) : good;
      batch.add(pair.key(), message, 0, 1, signature, 0, 64);
    }
    engine.verify(batch);
    for (int i = 0; i < 40; i++) {
      assertEquals(i % 2 != 0, batch.outcome(i), "a lane given up leaves the others as they are");
    }
  }

  private BigInteger curveScalar() {
    return ReferenceCurve.SM2.scalar(random);
  }

  /** Valid signatures whose two multiples are one and the same point, which is to be doubled. */
  @Test
  void es256DoublesWhereTheTwoMultiplesAreEqual() {
    final ReferenceCurve curve = ReferenceCurve.P256;
    final BigInteger n = curve.n();
    for (int i = 0; i < 20; i++) {
      final byte[] message = {(byte) i};
      final BigInteger e = TestSignatures.digest(curve, null, message);
      final BigInteger k = curve.scalar(random);
      final BigInteger r = ReferenceCurve.x(curve.times(k)).mod(n);
      final BigInteger s = e.shiftLeft(1).multiply(k.modInverse(n)).mod(n);
      final Pair pair = Pair.of(curve, e.multiply(r.modInverse(n)).mod(n), CodeFormat.HC1);
      final FixedBaseEngine engine = new FixedBaseEngine(tables(List.of(pair.key()), 6, 4 + i % 3));
      final byte[] signature = TestSignatures.raw(r, s);
      assertTrue(verify(library, pair.key(), message, signature));
      assertTrue(verify(engine, pair.key(), message, signature));
    }
  }

  /** A valid signature whose point has an x of the order or more, of which r is the rest. */
  @Test
  void es256TakesAnXOfTheOrderOrMoreModuloTheOrder() {
    final ReferenceCurve curve = ReferenceCurve.P256;
    final BigInteger n = curve.n();
    final ECPoint beyond = curve.beyondOrder();
    final BigInteger r = ReferenceCurve.x(beyond).subtract(n);
    assertTrue(r.signum() > 0);
    final byte[] message = {9};
    final BigInteger e = TestSignatures.digest(curve, null, message);
    final BigInteger s = curve.scalar(random);
    // The key for which r and s are a signature: (s·R − e·G)/r.
    final ECPoint point =
        beyond
            .multiply(s)
            .subtract(curve.library().getG().multiply(e))
            .multiply(r.modInverse(n))
            .normalize();
    final IssuerKey key = TestSignatures.key(curve, point, CodeFormat.HC1);
    final FixedBaseEngine engine = new FixedBaseEngine(tables(List.of(key), 7, 7));
    assertTrue(verify(library, key, message, TestSignatures.raw(r, s)));
    assertTrue(verify(engine, key, message, TestSignatures.raw(r, s)));
    assertFalse(verify(engine, key, message, TestSignatures.raw(r.add(n), s)), "r is not reduced");
    assertFalse(verify(engine, key, message, TestSignatures.raw(r.add(ONE), s)));
  }

  /** The EU's 278 test codes, each by the key of its certificate and by the row before's. */
  @Test
  void agreesWithTheLibraryOnTheEuropeanCorpus() throws Exception {
    final HealthCode code = new HealthCode();
    final List<IssuerKey> keys = new ArrayList<>();
    for (final JsonNode row : TestCodes.corpus()) {
      final byte[] der = Base64.getDecoder().decode(row.get("certificate").textValue());
      keys.add(Certificates.anchor("row", der));
    }
    final FixedBaseEngine engine = new FixedBaseEngine(tables(keys, 6, 4));
    int valid = 0;
    int index = 0;
    for (final JsonNode row : TestCodes.corpus()) {
      final byte[] text = TestCodes.ascii(row.get("code").textValue());
      if (code.wrap(text, 0, text.length)) {
        for (final IssuerKey key : List.of(keys.get(index), keys.get(Math.max(0, index - 1)))) {
          final boolean expected = verify(library, key, code);
          assertEquals(expected, verify(engine, key, code), row.get("file").textValue());
          valid += expected ? 1 : 0;
        }
      }
      index++;
    }
    assertTrue(valid > 200, "valid: " + valid);
  }

  private static boolean verify(SignatureEngine engine, IssuerKey key, HealthCode code) {
    return code.cose().algorithm() == key.algorithm()
        && engine.verify(
            key,
            code.cose().signed(),
            0,
            code.cose().signedLength(),
            code.buffer(),
            code.cose().signatureOffset(),
            code.cose().signatureLength());
  }

  @Test
  void aBatchVerifiedAgainHasItsOutcomesAnew() {
    final Pair pair = Pair.of(ReferenceCurve.SM2, curveScalar(), CodeFormat.GD1);
    final FixedBaseEngine engine = new FixedBaseEngine(tables(List.of(pair.key()), 6, 6));
    final byte[] message = {1};
    final byte[] signature = pair.sign(message, random);
    final SignatureBatch batch = new SignatureBatch(1);
    batch.add(pair.key(), message, 0, 1, signature, 0, 64);
    engine.verify(batch);
    assertTrue(batch.outcome(0));
    Arrays.fill(signature, (byte) 0);
    engine.verify(batch);
    assertFalse(batch.outcome(0));
  }

  @Test
  void whatHasNoTableTheLibraryVerifiesAmongTheRest() throws Exception {
    final KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    final KeyPair rsa = generator.generateKeyPair();
    final RSAPublicKey open = (RSAPublicKey) rsa.getPublic();
    final IssuerKey ps256 =
        new IssuerKey(
            "XX",
            1,
            SignatureAlgorithm.PS256,
            new RSAKeyParameters(false, open.getModulus(), open.getPublicExponent()),
            Set.of(CodeFormat.HC1),
            7,
            0,
            Long.MAX_VALUE);
    final byte[] message = {1, 2, 3};
    final Signature signer = Signature.getInstance("RSASSA-PSS");
    signer.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    signer.initSign(rsa.getPrivate());
    signer.update(message);
    final byte[] block = signer.sign();
    final List<Pair> known = new ArrayList<>();
    final List<Pair> unknown = new ArrayList<>();
    final List<IssuerKey> listed = new ArrayList<>(List.of(ps256));
    for (final ReferenceCurve curve : ReferenceCurve.values()) {
      known.add(Pair.of(curve, curve.scalar(random), CodeFormat.GD1));
      unknown.add(Pair.of(curve, curve.scalar(random), CodeFormat.GD1));
    }
    known.forEach(pair -> listed.add(pair.key()));
    final KeyTables tables = tables(listed, 6, 6);
    assertEquals(2, tables.size());
    final FixedBaseEngine engine = new FixedBaseEngine(tables);
    assertTrue(verify(engine, ps256, message, block));
    final SignatureBatch batch = new SignatureBatch(200);
    for (int i = 0; i < 40; i++) {
      for (final Pair pair : List.of(known.get(0), unknown.get(0), known.get(1), unknown.get(1))) {
        batch.add(pair.key(), message, 0, 3, spoilt(pair.sign(message, random), i), 0, 64);
      }
      batch.add(ps256, message, 0, 3, spoilt(block.clone(), i), 0, block.length);
    }
    engine.verify(batch);
    for (int i = 0; i < batch.size(); i++) {
      assertEquals(i / 5 % 3 != 0, batch.outcome(i), "entry " + i);
    }
  }

  private static byte[] spoilt(byte[] signature, int i) {
    signature[20] ^= (byte) (i % 3 == 0 ? 1 : 0);
    return signature;
  }

  /** In batches and one by one. */
  @ParameterizedTest
  @EnumSource
  void verificationAllocatesNothing(ReferenceCurve curve) {
    final Pair pair = Pair.of(curve, curve.scalar(random), CodeFormat.GD1);
    final FixedBaseEngine engine = new FixedBaseEngine(tables(List.of(pair.key()), 8, 8));
    final byte[] message = new byte[232];
    final byte[] signature = pair.sign(message, random);
    final SignatureBatch batch = new SignatureBatch(64);
    for (int i = 0; i < 64; i++) {
      batch.add(pair.key(), message, 0, message.length, signature, 0, 64);
    }
    Allocations.assertNone(
        "signatures", 8_400, () -> verifyMany(engine, batch, pair.key(), message, signature));
  }

  private static void verifyMany(
      FixedBaseEngine engine,
      SignatureBatch batch,
      IssuerKey key,
      byte[] message,
      byte[] signature) {
    for (int i = 0; i < 2_000; i++) {
      assertTrue(engine.verify(key, message, 0, message.length, signature, 0, 64));
    }
    for (int i = 0; i < 100; i++) {
      engine.verify(batch);
      assertTrue(batch.outcome(63));
    }
  }
}
