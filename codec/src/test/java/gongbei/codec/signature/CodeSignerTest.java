package gongbei.codec.signature;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.trust.Curves;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.testing.Patience;
import gongbei.testing.Seeds;
import java.lang.ref.WeakReference;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.junit.jupiter.api.Test;

final class CodeSignerTest {
  private static final byte[] MESSAGE = "message digest".getBytes(StandardCharsets.US_ASCII);

  private final Random random = Seeds.random(1);

  private static SigningKey key(SignatureAlgorithm algorithm, BigInteger d) {
    final ECNamedDomainParameters curve =
        algorithm == SignatureAlgorithm.SM2 ? Curves.SM2 : Curves.P256;
    return new SigningKey(
        new IssuerKey(
            algorithm == SignatureAlgorithm.SM2 ? "GD" : "MO",
            d.longValue(),
            algorithm,
            new ECPublicKeyParameters(curve.getG().multiply(d), curve),
            Set.of(algorithm == SignatureAlgorithm.SM2 ? CodeFormat.GD1 : CodeFormat.MO1),
            7,
            0,
            Long.MAX_VALUE),
        new byte[0],
        new ECPrivateKeyParameters(d, curve));
  }

  private static WeakReference<EllipticSigner> used(SignatureAlgorithm algorithm) {
    final EllipticSigner signer = new EllipticSigner(key(algorithm, BigInteger.TEN));
    assertNotNull(signer.sign(MESSAGE, 0, MESSAGE.length));
    return new WeakReference<>(signer);
  }

  @Test
  void aSignerThatNobodyNeedsIsGoneThoughItsThreadLivesOn() throws InterruptedException {
    for (final SignatureAlgorithm algorithm :
        List.of(SignatureAlgorithm.SM2, SignatureAlgorithm.ES256)) {
      final WeakReference<EllipticSigner> signer = used(algorithm);
      Patience.await(
          "a signer of " + algorithm + " is kept, and its private key",
          () -> {
            System.gc();
            return signer.get() == null;
          });
    }
  }

  private BigInteger scalar(ECDomainParameters curve) {
    return new BigInteger(256, random)
        .mod(curve.getN().subtract(BigInteger.TWO))
        .add(BigInteger.ONE);
  }

  private byte[] randomMessage() {
    final byte[] message = new byte[random.nextInt(400)];
    random.nextBytes(message);
    return message;
  }

  private static byte[] bytes(BigInteger value) {
    final byte[] bytes = new byte[32];
    final byte[] all = value.toByteArray();
    final int length = Math.min(all.length, 32);
    System.arraycopy(all, all.length - length, bytes, 32 - length, length);
    return bytes;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().withUpperCase().formatHex(bytes);
  }

  /** RFC 6979 appendix A.2.5, SHA-256. */
  @Test
  void signsTheSamplesOfRfc6979() {
    final CodeSigner signer =
        new CodeSigner(
            key(
                SignatureAlgorithm.ES256,
                new BigInteger(
                    "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721", 16)));
    assertEquals(
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
            + "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
        hex(signer.sign("sample".getBytes(StandardCharsets.US_ASCII), 0, 6)));
    assertEquals(
        "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367"
            + "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083",
        hex(signer.sign("a test".getBytes(StandardCharsets.US_ASCII), 2, 4)));
  }

  @Test
  void es256IsTheLibrarysByteForByte() throws Exception {
    for (int i = 0; i < 300; i++) {
      final SigningKey key = key(SignatureAlgorithm.ES256, scalar(Curves.P256));
      final CodeSigner signer = new CodeSigner(key);
      for (int j = 0; j < 5; j++) {
        final byte[] message = randomMessage();
        final ECDSASigner library = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
        library.init(true, key.privateKey());
        final BigInteger[] rs =
            library.generateSignature(MessageDigest.getInstance("SHA-256").digest(message));
        assertEquals(
            hex(bytes(rs[0])) + hex(bytes(rs[1])), hex(signer.sign(message, 0, message.length)));
      }
    }
  }

  /** GB/T 32918.5-2017 appendix A.2. */
  @Test
  void signsTheSampleOfTheSm2StandardWithItsNonce() {
    final SigningKey key =
        key(
            SignatureAlgorithm.SM2,
            new BigInteger("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8", 16));
    final ECPublicKeyParameters publicKey = (ECPublicKeyParameters) key.issuerKey().publicKey();
    final byte[] prefix = Sm2Identity.prefixOf(publicKey.getQ());
    assertEquals("B2E14C5C79C6DF5B85F4FE7ED8DB7A262B9DA7E07CCB0EA9F4747B8CCDA8A4F3", hex(prefix));
    final Sm3 sm3 = new Sm3();
    sm3.update(prefix, 0, prefix.length);
    sm3.update(MESSAGE, 0, MESSAGE.length);
    final byte[] hash = new byte[32];
    sm3.digest(hash, 0);
    assertEquals("F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640", hex(hash));
    assertEquals(
        "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
            + "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA",
        hex(
            new EllipticSigner(key)
                .signHash(
                    hash,
                    new BigInteger(
                        "59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21", 16))));
  }

  @Test
  void whatIsSignedIsValidToTheLibraryAndToBothEngines() {
    final BouncyCastleEngine library = new BouncyCastleEngine();
    final List<SigningKey> keys = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      keys.add(key(SignatureAlgorithm.SM2, scalar(Curves.SM2)));
      keys.add(key(SignatureAlgorithm.ES256, scalar(Curves.P256)));
    }
    keys.add(key(SignatureAlgorithm.SM2, BigInteger.ONE));
    keys.add(key(SignatureAlgorithm.SM2, Curves.SM2.getN().subtract(BigInteger.TWO)));
    keys.add(key(SignatureAlgorithm.ES256, BigInteger.ONE));
    keys.add(key(SignatureAlgorithm.ES256, Curves.P256.getN().subtract(BigInteger.ONE)));
    final KeyTables tables = new KeyTables(8, 8, KeyTables.DEFAULT_MAX_BYTES);
    tables.prepare(new TrustList(keys.stream().map(SigningKey::issuerKey).toList()));
    final FixedBaseEngine fixedBase = new FixedBaseEngine(tables);
    for (final SigningKey key : keys) {
      final CodeSigner signer = new CodeSigner(key);
      for (int i = 0; i < 20; i++) {
        final byte[] message = randomMessage();
        final byte[] signature = signer.sign(message, 0, message.length);
        assertEquals(64, signature.length);
        for (final SignatureEngine engine : new SignatureEngine[] {library, fixedBase}) {
          assertTrue(
              engine.verify(
                  key.issuerKey(), message, 0, message.length, signature, 0, signature.length));
        }
        if (key.issuerKey().algorithm() == SignatureAlgorithm.SM2) {
          final SM2Signer verifier = new SM2Signer(PlainDSAEncoding.INSTANCE, new SM3Digest());
          verifier.init(
              false, new ParametersWithID(key.issuerKey().publicKey(), Sm2Identity.userId()));
          verifier.update(message, 0, message.length);
          assertTrue(verifier.verifySignature(signature));
        }
      }
    }
  }

  @Test
  void whatIsSignedTogetherIsWhatIsSignedAlone() {
    final BouncyCastleEngine library = new BouncyCastleEngine();
    for (final SignatureAlgorithm algorithm :
        new SignatureAlgorithm[] {SignatureAlgorithm.SM2, SignatureAlgorithm.ES256}) {
      final SigningKey key =
          key(algorithm, scalar(algorithm == SignatureAlgorithm.SM2 ? Curves.SM2 : Curves.P256));
      final CodeSigner signer = new CodeSigner(key);
      final SigningBatch batch = signer.batch(SigningBatch.MAX_CAPACITY);
      for (int size = 0; size <= SigningBatch.MAX_CAPACITY; size++) {
        batch.clear();
        final byte[][] messages = new byte[size][];
        for (int i = 0; i < size; i++) {
          messages[i] = randomMessage();
          assertEquals(i, batch.add(messages[i], 0, messages[i].length));
        }
        batch.sign();
        for (int i = 0; i < size; i++) {
          final byte[] signature = new byte[batch.signatureLength(i)];
          batch.signature(i, signature, 0);
          assertTrue(
              library.verify(key.issuerKey(), messages[i], 0, messages[i].length, signature, 0, 64),
              size + " " + algorithm);
          if (algorithm == SignatureAlgorithm.ES256) {
            assertArrayEquals(signer.sign(messages[i], 0, messages[i].length), signature);
          }
        }
      }
    }
  }

  @Test
  void equalMessagesOfAnSm2BatchHaveNoncesOfTheirOwn() {
    final CodeSigner sm2 = new CodeSigner(key(SignatureAlgorithm.SM2, scalar(Curves.SM2)));
    final SigningBatch batch = sm2.batch(30);
    final Set<String> seen = new HashSet<>();
    final byte[] signature = new byte[64];
    for (int round = 0; round < 2; round++) {
      batch.clear();
      for (int i = 0; i < batch.capacity(); i++) {
        batch.add(MESSAGE, 0, MESSAGE.length);
      }
      batch.sign();
      for (int i = 0; i < batch.size(); i++) {
        batch.signature(i, signature, 0);
        assertTrue(seen.add(hex(signature)));
      }
    }
  }

  @Test
  void aBatchOfNoSizeOrOverTheGreatestIsRefused() {
    final CodeSigner signer = new CodeSigner(key(SignatureAlgorithm.SM2, BigInteger.TEN));
    assertThrows(IllegalArgumentException.class, () -> signer.batch(0));
    assertThrows(IllegalArgumentException.class, () -> signer.batch(SigningBatch.MAX_CAPACITY + 1));
  }

  /** By both hashes, with and without bytes added. */
  @Test
  void noncesAreTheLibrarys() {
    for (final boolean isSm3 : new boolean[] {true, false}) {
      final BigInteger n = (isSm3 ? Curves.SM2 : Curves.P256).getN();
      for (int i = 0; i < 200; i++) {
        final BigInteger d = scalar(isSm3 ? Curves.SM2 : Curves.P256);
        final byte[] hash = new byte[32];
        random.nextBytes(hash);
        final byte[] hedge = new byte[i % 2 == 0 ? 0 : 33];
        random.nextBytes(hedge);
        final HMacDSAKCalculator library =
            new HMacDSAKCalculator(isSm3 ? new SM3Digest() : new SHA256Digest()) {
              @Override
              protected void initAdditionalInput0(HMac hmac) {
                hmac.update(hedge, 0, hedge.length);
              }

              @Override
              protected void initAdditionalInput1(HMac hmac) {
                hmac.update(hedge, 0, hedge.length);
              }
            };
        library.init(n, d, hash);
        final HmacNonces nonces = new HmacNonces(isSm3, bytes(d), words(n));
        nonces.start(words(new BigInteger(1, hash).mod(n)), 0, hedge);
        final long[] k = new long[4];
        nonces.next(k, 0);
        assertArrayEquals(words(library.nextK()), k);
        nonces.clear();
      }
    }
  }

  /** Under an order just over half of the nonces are out of range. */
  @Test
  void noncesOutOfRangeArePassedOver() {
    final BigInteger order = BigInteger.ONE.shiftLeft(255).add(BigInteger.ONE);
    final HmacNonces nonces = new HmacNonces(true, bytes(BigInteger.TEN), words(order));
    final long[] k = new long[4];
    for (int i = 0; i < 50; i++) {
      final byte[] hash = bytes(BigInteger.valueOf(i));
      final HMacDSAKCalculator library = new HMacDSAKCalculator(new SM3Digest());
      library.init(order, BigInteger.TEN, hash);
      nonces.start(words(BigInteger.valueOf(i)), 0, new byte[0]);
      nonces.next(k, 0);
      assertArrayEquals(words(library.nextK()), k);
    }
  }

  private static long[] words(BigInteger value) {
    final long[] words = new long[4];
    for (int i = 0; i < 4; i++) {
      words[i] = value.shiftRight(64 * i).longValue();
    }
    return words;
  }

  @Test
  void sm2NoncesAreNewEveryTimeAndThoseOfEs256AreNot() {
    final CodeSigner sm2 = new CodeSigner(key(SignatureAlgorithm.SM2, scalar(Curves.SM2)));
    assertFalse(Arrays.equals(sm2.sign(MESSAGE, 0, 14), sm2.sign(MESSAGE, 0, 14)));
    final CodeSigner es256 = new CodeSigner(key(SignatureAlgorithm.ES256, scalar(Curves.P256)));
    assertArrayEquals(es256.sign(MESSAGE, 0, 14), es256.sign(MESSAGE, 0, 14));
  }

  /** The hash is chosen so that each condition of GB/T 32918.2 §6.1 A5 and A6 comes about. */
  @Test
  void anSm2NonceThatTheStandardRefusesIsRefused() {
    final BigInteger n = Curves.SM2.getN();
    final BigInteger d = scalar(Curves.SM2);
    final EllipticSigner signer = new EllipticSigner(key(SignatureAlgorithm.SM2, d));
    final BigInteger k = scalar(Curves.SM2);
    final BigInteger x = Curves.SM2.getG().multiply(k).normalize().getAffineXCoord().toBigInteger();
    final BigInteger noR = x.negate().mod(n);
    final BigInteger oppositeR = k.add(x).negate().mod(n);
    final BigInteger noS = k.multiply(d.modInverse(n)).subtract(x).mod(n);
    for (final BigInteger e : new BigInteger[] {noR, oppositeR, noS}) {
      assertNull(signer.signHash(bytes(e), k));
      assertNotNull(signer.signHash(bytes(e.add(BigInteger.ONE).mod(n)), k));
      assertNotNull(signer.signHash(bytes(e), k.add(BigInteger.ONE)));
    }
  }

  /** The hash is chosen so that s is 0 (FIPS 186-5 §6.4.1, step 11). */
  @Test
  void anEs256NonceThatLeavesNoSIsRefused() {
    final BigInteger n = Curves.P256.getN();
    final BigInteger d = scalar(Curves.P256);
    final EllipticSigner signer = new EllipticSigner(key(SignatureAlgorithm.ES256, d));
    final BigInteger k = scalar(Curves.P256);
    final BigInteger x =
        Curves.P256.getG().multiply(k).normalize().getAffineXCoord().toBigInteger();
    final BigInteger e = x.multiply(d).negate().mod(n);
    assertNull(signer.signHash(bytes(e), k));
    assertNotNull(signer.signHash(bytes(e.add(BigInteger.ONE).mod(n)), k));
  }

  @Test
  void privateKeysOutOfTheirRangeOrOfAnotherCurveAreRefused() {
    final BigInteger sm2 = Curves.SM2.getN().subtract(BigInteger.ONE);
    assertThrows(
        IllegalArgumentException.class,
        () -> new CodeSigner(key(SignatureAlgorithm.SM2, sm2)),
        "1 + d has no inverse");
    final SigningKey p256 = key(SignatureAlgorithm.ES256, BigInteger.TEN);
    final SigningKey mixed =
        new SigningKey(
            key(SignatureAlgorithm.SM2, BigInteger.TEN).issuerKey(),
            new byte[0],
            p256.privateKey());
    assertThrows(IllegalArgumentException.class, () -> new CodeSigner(mixed));
  }

  @Test
  void oneSignerServesManyThreads() throws Exception {
    final CodeSigner signer = new CodeSigner(key(SignatureAlgorithm.ES256, scalar(Curves.P256)));
    final byte[] expected = signer.sign(MESSAGE, 0, MESSAGE.length);
    final ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      final List<Callable<byte[]>> tasks = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        tasks.add(() -> signer.sign(MESSAGE, 0, MESSAGE.length));
      }
      for (final Future<byte[]> each : threads.invokeAll(tasks)) {
        assertArrayEquals(expected, each.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  /** Verification's code takes a time that depends on its numbers. */
  @Test
  void aSecretNeverMeetsTheCodeOfVerification() {
    noClasses()
        .that()
        .haveNameMatching(
            ".*\\.(CodeSigner|SigningBatch|EllipticSigner|HmacNonces|Sm2Identity|GeneratorComb|"
                + "SigningScalars|FermatInverse|LaneSums|LaneField)"
                + "(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            ".*\\.(FixedBaseTable|PointSums|ModularInverse|ScalarInverses|KeyTables|"
                + "FixedBaseEngine|BouncyCastleEngine)(\\$.*)?")
        .because("those take a time that depends on their numbers")
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("gongbei.codec"));
  }
}
